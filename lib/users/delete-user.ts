import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { dropLeases } from "#db/queries/leases.ts";
import type { Scope } from "#db/queries/scope.ts";
import { credential, credentialEvent } from "#db/schema/credentials.ts";
import { connectedUser } from "#db/schema/users.ts";
import { workflowEnablement } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";

/**
 * Deletes a connected user with all their secrets, at once and for good; what they did stays in activity. Their app makes them anew
 * when it connects them again. `cause` is a sentence for the timelines. False when there is no such user: deleting twice is one deletion.
 */
export async function deleteUser(
  scope: Scope,
  db: Database,
  actor: Actor,
  { userId, cause }: { userId: string; cause: string },
): Promise<boolean> {
  const { projectId } = scope;
  return await db.transaction(async (tx) => {
    const ofUser = and(eq(connectedUser.projectId, projectId), eq(connectedUser.id, userId), eq(connectedUser.kind, "user"));
    // Whoever connects this user at the same moment comes before or after, never between.
    const [user] = await tx.select({ externalId: connectedUser.externalId }).from(connectedUser).where(ofUser).for("update");
    if (!user) return false;
    const gone = await tx
      .delete(credential)
      .where(and(eq(credential.projectId, projectId), eq(credential.userId, userId)))
      .returning({ id: credential.id, owner: credential.owner, resourceId: credential.resourceId });
    await dropLeases(scope, tx, gone);
    const held = gone.filter(({ owner }) => owner === "user");
    if (held.length > 0) {
      const memberId = actor.kind === "member" ? { memberId: actor.id } : {};
      await tx.insert(credentialEvent).values(
        held.map(({ id, resourceId }) => ({
          projectId,
          credentialId: id,
          kind: "disconnected",
          cause,
          detail: { by: "manual", userId, resourceId, ...memberId },
        })),
      );
    }
    await tx.delete(workflowEnablement).where(and(eq(workflowEnablement.projectId, projectId), eq(workflowEnablement.userId, userId)));
    await tx.delete(connectedUser).where(ofUser);
    const detail = { externalId: user.externalId, credentials: held.length };
    await recordAudit(tx, { ...scope, actor, action: "user.delete", subject: `user:${userId}`, detail });
    return true;
  });
}
