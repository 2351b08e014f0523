import { and, eq, isNotNull, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { connectedUser } from "#db/schema/users.ts";
import { workflow, workflowEnablement } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";

/**
 * A member's hand on one user's switch of a workflow: on, off, or null, which gives it back to the workflow's default. The same row as
 * the SDK's `enableWorkflow` and `disableWorkflow` write: the last one counts. From the next event on; runs that have begun go on.
 */
export async function switchUserWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, userId, enabled }: { workflowId: string; userId: string; enabled: boolean | null },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .select({ id: workflow.id })
      .from(workflow)
      .where(
        and(
          eq(workflow.projectId, scope.projectId),
          eq(workflow.id, workflowId),
          isNull(workflow.deletedAt),
          isNotNull(workflow.liveVersion),
        ),
      );
    if (!found) throw new AppError("not_found", "This workflow was deleted or isn’t published. Reload the page.");
    const [user] = await tx
      .select({ externalId: connectedUser.externalId })
      .from(connectedUser)
      .where(and(eq(connectedUser.projectId, scope.projectId), eq(connectedUser.id, userId), eq(connectedUser.kind, "user")));
    if (!user) throw new AppError("not_found", "This user was deleted. Go back to Connected Users.");
    const { projectId } = scope;
    if (enabled === null) {
      await tx
        .delete(workflowEnablement)
        .where(
          and(
            eq(workflowEnablement.projectId, projectId),
            eq(workflowEnablement.workflowId, workflowId),
            eq(workflowEnablement.userId, userId),
          ),
        );
    } else {
      await tx
        .insert(workflowEnablement)
        .values({ projectId, workflowId, userId, enabled })
        .onConflictDoUpdate({
          target: [workflowEnablement.projectId, workflowEnablement.workflowId, workflowEnablement.userId],
          set: { enabled, updatedAt: sql`now()` },
        });
    }
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "workflow.switch-user",
      subject: `workflow:${workflowId}`,
      detail: { user: user.externalId, enabled },
    });
  });
}
