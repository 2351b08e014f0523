import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import { workflow } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { planNextTick } from "./plan-next-tick.ts";

/** On or off for the whole project, from the next event on. Runs that have begun go on. */
export async function enableWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, enabled }: { workflowId: string; enabled: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [changed] = await tx
      .update(workflow)
      .set({ isEnabled: enabled, updatedAt: sql`now()` })
      .where(
        and(
          eq(workflow.projectId, scope.projectId),
          eq(workflow.id, workflowId),
          isNull(workflow.deletedAt),
          isNotNull(workflow.liveVersion),
        ),
      )
      .returning({ id: workflow.id });
    if (!changed) throw new AppError("not_found", "This workflow was deleted or isn’t published. Publish it first.");
    if (enabled) await planNextTick(scope, tx, { workflowId, now: new Date(databaseNow()) });
    await recordAudit(tx, {
      ...scope,
      actor,
      action: enabled ? "workflow.enable" : "workflow.disable",
      subject: `workflow:${workflowId}`,
    });
  });
}
