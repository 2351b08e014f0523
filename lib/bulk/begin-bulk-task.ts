import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { bulkTask } from "#db/schema/credentials.ts";
import { project } from "#db/schema/members.ts";
import { type Actor, type AuditAction, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";

type NewTask = Pick<typeof bulkTask.$inferInsert, "kind" | "filter" | "total"> & {
  audit: { action: AuditAction; detail: Record<string, unknown> };
};

/** Writes down one act over many, for the worker (run-bulk-task). One at a time in a project: two would undo each other. */
export async function beginBulkTask(scope: Scope, db: Database, actor: Actor, { audit, ...task }: NewTask): Promise<{ id: string }> {
  return await db.transaction(async (tx) => {
    await tx.select({ id: project.id }).from(project).where(eq(project.id, scope.projectId)).for("update");
    const [running] = await tx
      .select({ id: bulkTask.id })
      .from(bulkTask)
      .where(and(eq(bulkTask.projectId, scope.projectId), eq(bulkTask.state, "running")))
      .limit(1);
    if (running) throw new AppError("conflict", "Another bulk action is still running in this project. Wait until it is done, or stop it.");
    const [made] = await tx
      .insert(bulkTask)
      .values({ ...scope, ...task, createdBy: actor.kind === "member" ? actor.id : null })
      .returning({ id: bulkTask.id });
    await recordAudit(tx, { ...scope, actor, ...audit, subject: `bulk_task:${made!.id}` });
    return made!;
  });
}
