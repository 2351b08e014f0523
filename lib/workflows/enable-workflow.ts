import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findWorkflow, findWorkflowVersion } from "#db/queries/workflows.ts";
import { workflow } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { clockFromNow } from "./clock-from-now.ts";

/** On or off for the whole project, from the next event on. Runs that have begun go on. */
export async function enableWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, enabled }: { workflowId: string; enabled: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const found = await findWorkflow(scope, tx, workflowId);
    const live = found?.liveVersion ? await findWorkflowVersion(scope, tx, workflowId, found.liveVersion) : null;
    if (!live) throw new AppError("not_found", "This workflow was deleted or isn’t published. Publish it first.");
    await tx
      .update(workflow)
      .set({ isEnabled: enabled, updatedAt: sql`now()`, ...(enabled ? clockFromNow(live.body.trigger) : {}) })
      .where(and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt)));
    await recordAudit(tx, {
      ...scope,
      actor,
      action: enabled ? "workflow.enable" : "workflow.disable",
      subject: `workflow:${workflowId}`,
    });
  });
}
