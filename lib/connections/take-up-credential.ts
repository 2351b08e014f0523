import { findLiveCredential, type StoredLive } from "#db/queries/live-credentials.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import type { Spine } from "#lib/requests/perform-request.ts";

export type CredentialAct = { credentialId: string; cause: "manual" | "bulk" | "schedule"; actor?: Actor };
/** What made the calls of an act, for the activity log: a member, or the schedule. */
export const sourceOf = (cause: CredentialAct["cause"]) => (cause === "schedule" ? "schedule" : "manual");

/** `null`: nothing of that kind can be done for this credential. */
export type ActResult = { ok: true } | { ok: false | null; message: string; fix: string };

/** The credential that an act is for, or null when it is gone. An act of a member is audited, whatever comes of it. */
export async function takeUpCredential(
  { sql, db }: Spine,
  scope: Scope,
  { credentialId, cause, actor }: CredentialAct,
  action: "credential.refresh" | "credential.verify",
): Promise<StoredLive | null> {
  const credential = await findLiveCredential(scope, sql, credentialId);
  if (credential && actor) {
    const { resourceId } = credential;
    await recordAudit(db, { ...scope, actor, action, subject: `credential:${credentialId}`, detail: { resourceId, cause } });
  }
  return credential;
}

export const gone = (): ActResult => ({
  ok: false,
  message: "This credential is gone: the user was disconnected, or the resource isn't live.",
  fix: "Load the page again.",
});
