import { findLiveCredential, type StoredLive } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { openLive } from "#lib/credentials/live-credential.ts";
import { grantOf } from "#lib/credentials/obtain-credential.ts";
import { obtainLive } from "#lib/requests/obtain-live.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";

export type CredentialAct = { credentialId: string; cause: "manual" | "bulk" | "schedule"; actor?: Actor };
/** `null`: nothing of that kind can be done for this credential. */
export type ActResult = { ok: true } | { ok: false | null; message: string; fix: string };

/** Renews a credential's token now. An act of a member is audited, whatever comes of it. */
export async function refreshCredential(spine: Spine, scope: Scope, { credentialId, cause, actor }: CredentialAct): Promise<ActResult> {
  const credential = await findLiveCredential(scope, spine.sql, credentialId);
  if (!credential) return gone();
  if (actor) {
    const subject = `credential:${credentialId}` as const;
    await recordAudit(spine.db, {
      ...scope,
      actor,
      action: "credential.refresh",
      subject,
      detail: { resourceId: credential.resourceId, cause },
    });
  }
  return await refreshStored(spine, credential, cause, actor?.kind === "member" ? actor.id : undefined);
}

/** The same for a row that was read already. */
export async function refreshStored(
  spine: Spine,
  credential: StoredLive,
  force: CredentialAct["cause"],
  memberId?: string,
): Promise<ActResult> {
  const { projectId, resourceId } = credential;
  const scope = { projectId };
  const definition = await loadRevision(scope, spine.sql, resourceId, credential.liveRevision);
  if (definition.authType === "api_key" || !grantOf(definition, openLive(scope, credential))) {
    await spine.sql`update credential set refresh_at = null where project_id = ${projectId} and id = ${credential.id} and generation = ${credential.generation}`;
    return {
      ok: null,
      message: "There is nothing to renew: this credential has no refresh token.",
      fix: "Re-verify checks whether the API still takes it.",
    };
  }
  const obtained = await obtainLive(spine, { scope, resourceId, definition, credential, source: "schedule", force, memberId });
  if (obtained.ok) return { ok: true };
  const { message, fix } = obtained.failure;
  return { ok: false, message, fix };
}

export const gone = (): ActResult => ({
  ok: false,
  message: "This credential is gone: the user was disconnected, or the resource isn't live.",
  fix: "Load the page again.",
});
