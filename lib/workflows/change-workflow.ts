import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findWorkflowVersion } from "#db/queries/workflows.ts";
import { workflow } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { clockFromNow } from "./clock-from-now.ts";

/** Days in which Undo brings a workflow back. */
export const WORKFLOW_UNDO_DAYS = 7;

const live = (scope: Scope, workflowId: string) =>
  and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt));

/** Takes effect at once: identity isn't versioned. */
export async function renameWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, name }: { workflowId: string; name: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .update(workflow)
      .set({ name, updatedAt: sql`now()` })
      .where(live(scope, workflowId))
      .returning({ id: workflow.id });
    if (!found) throw new AppError("not_found", "This workflow doesn’t exist any more. Go back to Workflows.");
    await recordAudit(tx, { ...scope, actor, action: "workflow.rename", subject: `workflow:${workflowId}`, detail: { name } });
  });
}

/** Nothing starts it from the next event on; runs that have begun go on. Undo is open for 7 days. */
export async function deleteWorkflow(scope: Scope, db: Database, actor: Actor, { workflowId }: { workflowId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [deleted] = await tx
      .update(workflow)
      .set({ deletedAt: sql`now()` })
      .where(live(scope, workflowId))
      .returning({ name: workflow.name });
    if (!deleted) throw new AppError("not_found", "This workflow is already gone. Go back to Workflows.");
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "workflow.delete",
      subject: `workflow:${workflowId}`,
      detail: { name: deleted.name },
    });
  });
}

/** Brings a deleted workflow back, enabled or not as it was. A schedule goes on with its next tick. */
export async function undeleteWorkflow(scope: Scope, db: Database, actor: Actor, { workflowId }: { workflowId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [restored] = await tx
      .update(workflow)
      .set({ deletedAt: null, updatedAt: sql`now()` })
      .where(
        and(
          eq(workflow.projectId, scope.projectId),
          eq(workflow.id, workflowId),
          gt(workflow.deletedAt, sql`now() - make_interval(days => ${WORKFLOW_UNDO_DAYS})`),
        ),
      )
      .returning({ name: workflow.name, liveVersion: workflow.liveVersion });
    if (!restored) {
      throw new AppError(
        "not_found",
        `This workflow can’t be brought back: ${WORKFLOW_UNDO_DAYS} days have passed, or it was restored already.`,
      );
    }
    const version = restored.liveVersion ? await findWorkflowVersion(scope, tx, workflowId, restored.liveVersion) : null;
    if (version?.body.trigger.type === "schedule")
      await tx.update(workflow).set(clockFromNow(version.body.trigger)).where(live(scope, workflowId));
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "workflow.undelete",
      subject: `workflow:${workflowId}`,
      detail: { name: restored.name },
    });
  });
}
