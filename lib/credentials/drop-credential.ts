import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { dropLeases } from "#db/queries/leases.ts";
import type { Scope } from "#db/queries/scope.ts";
import { credential, credentialEvent } from "#db/schema/credentials.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";

/**
 * Ends one connected user's credential: its secrets, what a failed reconnect left beside it and its lease are gone at once, the user
 * stays. `cause` is a sentence for the timeline. A refresh in flight finds no row and is dropped (rules.md, Credentials 8). `actor` is the member who did it; null for the end
 * user's own uninstall, which isn't audited. False when there is no such credential of a user in this project.
 */
export async function disconnectCredential(
  scope: Scope,
  db: Database,
  actor: Actor | null,
  { credentialId, cause }: { credentialId: string; cause: string },
): Promise<boolean> {
  const { projectId } = scope;
  return await db.transaction(async (tx) => {
    const [found] = await tx
      .select({ userId: credential.userId, resourceId: credential.resourceId })
      .from(credential)
      .where(and(eq(credential.projectId, projectId), eq(credential.id, credentialId), eq(credential.owner, "user")))
      .for("update");
    if (!found?.userId) return false;
    const { userId, resourceId } = found;
    const gone = await tx
      .delete(credential)
      .where(
        and(
          eq(credential.projectId, projectId),
          eq(credential.userId, userId),
          eq(credential.resourceId, resourceId),
          inArray(credential.owner, ["user", "candidate"]),
        ),
      )
      .returning({ id: credential.id });
    await dropLeases(scope, tx, gone);
    const by = actor?.kind === "member" ? { by: "manual", memberId: actor.id } : {};
    await tx
      .insert(credentialEvent)
      .values({ projectId, credentialId, kind: "disconnected", cause, detail: { ...by, userId, resourceId } });
    if (actor) {
      const subject = `credential:${credentialId}` as const;
      await recordAudit(tx, { ...scope, actor, action: "credential.disconnect", subject, detail: { owner: "user", userId, resourceId } });
    }
    return true;
  });
}
