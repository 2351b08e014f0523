import type { Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import { areSameBytes, holdSame, type RenewableCredential, readRenewable } from "./live-credential.ts";
import { type AfterFailure, refreshAtOf } from "./refresh-policy.ts";
import { hintsOf, sealSecrets } from "./save-credential.ts";
import type { StoredSecrets } from "./schema.ts";
import type { TokenFailure } from "./token-endpoint.ts";

/** Why a renewal was made; kept in the timeline. */
export type RenewalCause = { by: "call" | "schedule" | "manual" | "bulk"; sentence: string; requestId?: string; memberId?: string };

export const detailOf = ({ by, requestId, memberId }: Omit<RenewalCause, "sentence">, failure?: string) => ({
  by,
  ...(failure ? { failure } : {}),
  ...(requestId ? { requestId } : {}),
  ...(memberId ? { memberId } : {}),
});

/**
 * Stores renewed tokens if the row still holds the ones that they were renewed from: compare-and-set on the sealed bytes, whose nonce
 * makes each writing unique. Whoever connected again, disconnected or deleted meanwhile wins; else the newest tokens are kept even by
 * a holder whose lease has lapsed, since dropping a rotated refresh token would end the grant. False when somebody else won.
 */
export const storeRefreshed = (
  scope: Scope,
  sql: Sql,
  renewed: RenewableCredential,
  secrets: StoredSecrets,
  cause: RenewalCause,
): Promise<boolean> => storeOver(scope, sql, renewed, (from) => writeRefreshed(scope, sql, from, secrets, cause));

/** Tries again where a change of keys has sealed the same values anew meanwhile: that is nobody else's win. */
async function storeOver(
  scope: Scope,
  sql: Sql,
  from: RenewableCredential,
  write: (from: RenewableCredential) => Promise<boolean>,
): Promise<boolean> {
  if (await write(from)) return true;
  const now = await readRenewable(scope, sql, from.id);
  if (!now || areSameBytes(now, from) || !holdSame(scope, now, from)) return false;
  return await storeOver(scope, sql, now, write);
}

async function writeRefreshed(
  scope: Scope,
  sql: Sql,
  from: RenewableCredential,
  secrets: StoredSecrets,
  cause: RenewalCause,
): Promise<boolean> {
  const { ciphertext, keyId } = sealSecrets(scope, from.id, secrets);
  const refreshAt = from.owner === "test" ? null : refreshAtOf(secrets, true, databaseNow());
  const rows = await sql`
    with stored as (
      update credential set ciphertext = ${ciphertext}, key_id = ${keyId}, hints = ${sql.json(hintsOf(secrets))},
        expires_at = ${secrets.expiresAt ?? null}, refresh_at = ${refreshAt}, refreshed_at = now(), checked_at = now(), updated_at = now(),
        refresh_failures = 0, failing_since = null, last_failure = null,
        status = case when reason in ('reconnect', 'refresh_failed', 'rejected') then 'VALID' else status end,
        reason = case when reason in ('reconnect', 'refresh_failed', 'rejected') then null else reason end
      where project_id = ${scope.projectId} and id = ${from.id} and generation = ${from.generation} and ciphertext = ${from.ciphertext}
      returning id)
    insert into credential_event (project_id, credential_id, kind, cause, detail)
    select ${scope.projectId}, id, 'refreshed', ${cause.sentence}, ${sql.json(detailOf(cause))} from stored
    returning credential_id`;
  return rows.length > 0;
}

/** Stores what a failed renewal means, under the same condition. The timeline gets a line when something changes for the user. */
export const storeFailure = (
  scope: Scope,
  sql: Sql,
  renewed: RenewableCredential,
  failure: TokenFailure,
  after: AfterFailure,
  cause: RenewalCause,
): Promise<boolean> => storeOver(scope, sql, renewed, (from) => writeFailure(scope, sql, from, failure, after, cause));

async function writeFailure(
  { projectId }: Scope,
  sql: Sql,
  from: RenewableCredential,
  failure: TokenFailure,
  after: AfterFailure,
  cause: RenewalCause,
): Promise<boolean> {
  const ends = after.kind !== "retry";
  const reason = after.kind === "reconnect" ? "reconnect" : "refresh_failed";
  const counts = after.kind === "retry" ? after.counts : true;
  const retryAt = after.kind === "retry" ? new Date(databaseNow() + after.afterMs) : null;
  const eventKind = after.kind === "gave_up" ? "refresh_gave_up" : "refresh_failed";
  // Of a row of like failures the first is told, and each that somebody asked for.
  const isTold = ends || from.lastFailure !== failure.kind || cause.by === "manual";
  const rows = await sql`
    with stored as (
      update credential set refresh_failures = refresh_failures + ${counts ? 1 : 0}, failing_since = coalesce(failing_since, now()),
        last_failure = ${failure.kind}, checked_at = now(), updated_at = now(), refresh_at = ${retryAt}
        ${ends ? sql`, status = 'INVALID', reason = ${reason}` : sql``}
      where project_id = ${projectId} and id = ${from.id} and generation = ${from.generation} and ciphertext = ${from.ciphertext}
      returning id),
    told as (
      insert into credential_event (project_id, credential_id, kind, cause, detail)
      select ${projectId}, id, ${eventKind}, ${`${failure.message} ${cause.sentence}`}, ${sql.json(detailOf(cause, failure.kind))}
      from stored where ${isTold})
    select id from stored`;
  return rows.length > 0;
}

/** A refused call may mean that the credential is dead, or that the call isn't allowed: the next check by the test request tells. */
export async function checkSoon({ projectId }: Scope, sql: Sql, id: string): Promise<void> {
  await sql`
    update credential set verify_at = now() where project_id = ${projectId} and id = ${id}
      and verify_at > now() + interval '10 seconds' and (checked_at is null or checked_at < now() - interval '1 minute')`;
}

/**
 * The API refused a credential that can't be renewed: an access token alone (rules.md, Credentials 7). Nothing to wait for, so the user
 * is asked to reconnect.
 */
export const storeRejected = (scope: Scope, sql: Sql, rejected: RenewableCredential, cause: RenewalCause): Promise<boolean> =>
  storeOver(scope, sql, rejected, (from) => writeRejected(scope, sql, from, cause));

async function writeRejected({ projectId }: Scope, sql: Sql, from: RenewableCredential, cause: RenewalCause): Promise<boolean> {
  const rows = await sql`
    with stored as (
      update credential set status = 'INVALID', reason = 'rejected', refresh_at = null, checked_at = now(), updated_at = now()
      where project_id = ${projectId} and id = ${from.id} and generation = ${from.generation} and ciphertext = ${from.ciphertext} and status = 'VALID'
      returning id)
    insert into credential_event (project_id, credential_id, kind, cause, detail)
    select ${projectId}, id, 'refused', ${cause.sentence}, ${sql.json(detailOf(cause))} from stored
    returning credential_id`;
  return rows.length > 0;
}
