import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import type { ActResult } from "#lib/bulk/run-bulk-task.ts";
import { refreshCredential } from "#lib/connections/refresh-credential.ts";
import type { ActResult as CredentialResult } from "#lib/connections/take-up-credential.ts";
import { verifyCredential } from "#lib/connections/verify-credential.ts";
import { disconnectCredential } from "#lib/credentials/drop-credential.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { deleteUser } from "./delete-user.ts";
import type { BulkActs } from "./walk-users.ts";

const CAUSE = "By a bulk action.";

/** The acts of a bulk task, for real. Whoever is gone already needs nothing more, and where nothing can be done nothing failed. */
export const bulkActs = (spine: Spine): BulkActs => ({
  refresh: async (scope: Scope, actor: Actor, { id }) =>
    resultOf(await refreshCredential(spine, scope, { credentialId: id, cause: "bulk", actor })),
  verify: async (scope: Scope, actor: Actor, { id }) =>
    resultOf(await verifyCredential(spine, scope, { credentialId: id, cause: "bulk", actor })),
  disconnect: async (scope: Scope, actor: Actor, { id }) => {
    await disconnectCredential(scope, spine.db, actor, { credentialId: id, cause: CAUSE });
    return { ok: true };
  },
  deleteUser: async (scope: Scope, actor: Actor, userId: string) => {
    await deleteUser(scope, spine.db, actor, { userId, cause: CAUSE });
    return { ok: true };
  },
});

const resultOf = (result: CredentialResult): ActResult =>
  result.ok === false ? { ok: false, message: `${result.message} ${result.fix}` } : { ok: true };
