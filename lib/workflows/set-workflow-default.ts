import { and, eq, isNull, ne, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { workflow } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";

/**
 * Whether a workflow is on for connected users who have no switch of their own, from the next event on. Own switches stay as they are.
 * Setting what is set already changes nothing.
 */
export async function setWorkflowDefault(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, isOn }: { workflowId: string; isOn: boolean },
): Promise<void> {
  await db.transaction(async (tx) => {
    const mine = and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt));
    const changed = await tx
      .update(workflow)
      .set({ isOnByDefault: isOn, updatedAt: sql`now()` })
      .where(and(mine, ne(workflow.isOnByDefault, isOn)))
      .returning({ id: workflow.id });
    if (changed.length === 0) {
      const [found] = await tx.select({ id: workflow.id }).from(workflow).where(mine);
      if (!found) throw new AppError("not_found", "This workflow was deleted. Go back to Workflows.");
      return;
    }
    await recordAudit(tx, { ...scope, actor, action: "workflow.set-default", subject: `workflow:${workflowId}`, detail: { isOn } });
  });
}
