import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { bulkTask } from "#db/schema/credentials.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";

/** Nothing further is begun; those at work are finished. False when it has ended already, or isn't this project's. */
export async function stopBulkTask(scope: Scope, db: Database, actor: Actor, { taskId }: { taskId: string }): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const stopped = await tx
      .update(bulkTask)
      .set({ state: "stopped", finishedAt: sql`now()` })
      .where(and(eq(bulkTask.projectId, scope.projectId), eq(bulkTask.id, taskId), eq(bulkTask.state, "running")))
      .returning({ done: bulkTask.done });
    if (stopped.length === 0) return false;
    const subject = `bulk_task:${taskId}` as const;
    await recordAudit(tx, { ...scope, actor, action: "bulk.stop", subject, detail: { done: stopped[0]!.done } });
    return true;
  });
}
