import type { ConnectFacts } from "#db/queries/connections.ts";
import type { Scope } from "#db/queries/scope.ts";
import { disconnectCredential } from "#lib/credentials/drop-credential.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";

export type DisconnectInput = {
  /** From the door's one statement, for the user of the verified token. */
  facts: Pick<ConnectFacts, "resource" | "credential">;
  requestId: string;
};

/**
 * Ends a user's connection to a resource: the credential goes with its secrets, its timeline keeps the event. Asking again changes
 * nothing. A refresh on its way finds no row to write to (rules.md, Credentials 8).
 */
export async function disconnectUser(spine: Spine, scope: Scope, { facts, requestId }: DisconnectInput): Promise<void> {
  if (!facts.resource)
    throw new AppError("not_found", "There is no such resource in this project, or it isn't published. The id to send is the Resource ID.");
  const { id: resourceId, liveRevision } = facts.resource;
  const { level } = await loadRevision(scope, spine.sql, resourceId, liveRevision);
  if (level === "app")
    throw new AppError(
      "conflict",
      "This resource has one credential for all users: a user can't disconnect it. An admin can, in its setup.",
    );
  const { credential } = facts;
  if (!credential) return;

  const started = performance.now();
  const dropped = await disconnectCredential(scope, spine.db, null, { credentialId: credential.id, cause: "Disconnect call" });
  if (!dropped) return;
  spine.record({
    ...scope,
    resourceId,
    userId: credential.userId,
    credentialId: credential.id,
    kind: "connect",
    source: "sdk",
    method: "DELETE",
    path: "/connect",
    status: 204,
    durationMs: performance.now() - started,
    requestId,
  });
}
