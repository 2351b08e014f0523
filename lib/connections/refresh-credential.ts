import type { StoredLive } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { openLive } from "#lib/credentials/live-credential.ts";
import { grantOf } from "#lib/credentials/obtain-credential.ts";
import { obtainLive } from "#lib/requests/obtain-live.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { type ActResult, type CredentialAct, gone, sourceOf, takeUpCredential } from "./take-up-credential.ts";

/** Renews a credential's token now. */
export async function refreshCredential(spine: Spine, scope: Scope, act: CredentialAct): Promise<ActResult> {
  const credential = await takeUpCredential(spine, scope, act, "credential.refresh");
  if (!credential) return gone();
  return await refreshStored(spine, credential, act.cause, act.actor?.kind === "member" ? act.actor.id : undefined);
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
  const obtained = await obtainLive(spine, { scope, resourceId, definition, credential, source: sourceOf(force), force, memberId });
  if (obtained.ok) return { ok: true };
  const { message, fix } = obtained.failure;
  return { ok: false, message, fix };
}
