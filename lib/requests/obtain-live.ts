/**
 * Tokens of a stored credential, kept alive: refresh, exactly once (architecture.md). Fresh enough → as stored. Else one call in this
 * process, then a lease row in Postgres; whoever doesn't get it waits for the holder and looks again. No transaction is held across
 * HTTP; what comes back is stored by compare-and-set.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { databaseNow } from "#db/clock.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { ActivityRow } from "#lib/activity/record-activity.ts";
import { endLease, takeLease } from "#lib/credentials/lease.ts";
import { holdSame, type LiveCredential, openLive, type RenewableCredential, readRenewable } from "#lib/credentials/live-credential.ts";
import { noteRefresh } from "#lib/credentials/note-refresh.ts";
import { grantOf } from "#lib/credentials/obtain-credential.ts";
import { readClaimedProfile } from "#lib/credentials/read-profile.ts";
import { afterFailure, isFresh, isPassing, JUST_REFRESHED_MS, readRetryAfter } from "#lib/credentials/refresh-policy.ts";
import { type StoredSecrets, satisfies } from "#lib/credentials/schema.ts";
import { explainStatus } from "#lib/credentials/status.ts";
import { storeProfile } from "#lib/credentials/store-profile.ts";
import { checkSoon, type RenewalCause, storeFailure, storeRefreshed, storeRejected } from "#lib/credentials/store-refresh.ts";
import type { TokenFailureKind } from "#lib/credentials/token-endpoint.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { obtainToken, type Spine } from "./perform-request.ts";

export type ObtainLiveInput = {
  scope: Scope;
  resourceId: string;
  definition: ResourceDefinition;
  credential: LiveCredential;
  source: ActivityRow["source"];
  requestId?: string;
  run?: ActivityRow["run"];
  /** The access token that the API has just refused: anything but this one is good to try. */
  rejected?: string;
  /** Renew although the token is fresh: by the schedule before its end, or because a member asked. */
  force?: "schedule" | "manual" | "bulk";
  memberId?: string;
};

export type LiveFailure = {
  kind: "deleted" | "needs_input" | "reconnect" | "invalid" | "busy" | TokenFailureKind;
  message: string;
  fix: string;
  /** Names that a `needs_input` lacks. */
  missing?: string[];
};

export type ObtainedLive =
  | { ok: true; secrets: StoredSecrets; refreshed: boolean }
  /** No call can be made. Nothing in it is secret. */
  | { ok: false; failure: LiveFailure };

/** Waiters look again so often, and less often after a second. */
const POLL_MS = 12;
const SLOW_POLL_MS = 60;
/** As long as a lease and a token call after it. */
const LONGEST_WAIT_MS = 70_000;

const flights = new Map<string, Promise<ObtainedLive>>();

export async function obtainLive(spine: Spine, input: ObtainLiveInput): Promise<ObtainedLive> {
  const { scope, credential } = input;
  const at = stand(input, credential);
  if (at.kind === "settled") return at.result;
  const key = `${scope.projectId}/${credential.id}`;
  const flight = flights.get(key);
  if (!flight) {
    const mine = renew(spine, input).finally(() => flights.delete(key));
    flights.set(key, mine);
    return await mine;
  }
  // Somebody else's renewal serves as well, unless it came to the very token that was refused to us.
  const joined = await flight;
  if (!joined.ok) return stillUsable(input, at.secrets) ?? joined;
  if (joined.secrets.accessToken !== input.rejected) return joined;
  return await obtainLive(spine, { ...input, credential: (await readRenewable(scope, spine.sql, credential.id)) ?? credential });
}

/** One flight in this process: rounds of looking, leasing and calling until something is settled. */
async function renew(spine: Spine, input: ObtainLiveInput): Promise<ObtainedLive> {
  const { scope, credential } = input;
  const owner = randomUUID();
  const began = performance.now();
  for (;;) {
    const row = await readRenewable(scope, spine.sql, credential.id);
    if (!row) return gone();
    const at = stand(input, row);
    if (at.kind === "settled") {
      if (input.rejected !== undefined && at.result.ok && !at.result.refreshed) await checkSoon(scope, spine.sql, row.id);
      return at.result;
    }
    const settled = row.isLeased ? null : await underLease(spine, input, owner);
    if (settled) return settled;
    const waited = performance.now() - began;
    if (waited > LONGEST_WAIT_MS) return busy();
    await sleep(waited > 1_000 ? SLOW_POLL_MS : POLL_MS);
  }
}

/** Takes the lease, looks again, makes the token call, stores what came of it. Null: somebody else was faster. */
async function underLease(spine: Spine, input: ObtainLiveInput, owner: string): Promise<ObtainedLive | null> {
  const { scope, credential } = input;
  const lease = await takeLease(scope, spine.sql, credential.id, owner);
  if (!lease) return null;
  try {
    const row = await readRenewable(scope, spine.sql, credential.id);
    if (!row) return gone();
    const at = stand(input, row);
    return at.kind === "settled" ? at.result : await call(spine, input, row, at.secrets);
  } finally {
    await endLease(scope, spine.sql, lease);
  }
}

async function call(spine: Spine, input: ObtainLiveInput, row: RenewableCredential, secrets: StoredSecrets): Promise<ObtainedLive | null> {
  const { scope, resourceId, definition, source, requestId, run } = input;
  const cause = causeOf(input);
  const grant = grantOf(definition, secrets);
  if (!grant) {
    // An access token alone: used until the API refuses it. Keys have nothing to renew, and one refused call doesn't condemn them.
    if (input.rejected && definition.authType === "oauth2_refresh_token") {
      await storeRejected(scope, spine.sql, row, cause);
      return refusal(definition, { ...row, status: "INVALID", reason: "rejected" });
    }
    return { ok: true, secrets, refreshed: false };
  }
  const obtained = await obtainToken(
    spine,
    { scope, resourceId, definition, secrets, source, requestId, run, userId: row.userId ?? undefined, credentialId: row.id },
    "always",
  );
  if (obtained.ok) {
    noteRefresh(scope.projectId, resourceId, null);
    const isStored = await storeRefreshed(scope, spine.sql, row, obtained.secrets, cause);
    // The API has just issued the token, so it stands behind the claims.
    const profile = isStored && readClaimedProfile(definition, obtained.secrets);
    if (profile) await storeProfile(scope, spine.sql, row, profile, { begunAt: databaseNow(), cause });
    // Somebody connected again or disconnected meanwhile: what they left counts.
    return isStored ? { ok: true, secrets: obtained.secrets, refreshed: true } : null;
  }
  const { failure } = obtained;
  if (isPassing(failure.kind)) noteRefresh(scope.projectId, resourceId, failure.kind);
  const outcome = obtained.call?.outcome;
  const after = afterFailure(failure.kind, grant.type, {
    failures: row.refreshFailures + 1,
    failingForMs: row.failingSince ? databaseNow() - row.failingSince.getTime() : 0,
    isOutage: row.isOutage,
    retryAfterMs: outcome?.kind === "answer" ? readRetryAfter(outcome.headers, Date.now()) : undefined,
  });
  const isStored = await storeFailure(scope, spine.sql, row, failure, after, cause);
  if (!isStored) return null;
  if (after.kind === "retry") return stillUsable(input, secrets) ?? { ok: false, failure };
  return refusal(definition, {
    ...row,
    status: "INVALID",
    reason: after.kind === "reconnect" ? "reconnect" : "refresh_failed",
    lastFailure: failure.kind,
  });
}

type Stand = { kind: "settled"; result: ObtainedLive } | { kind: "due"; secrets: StoredSecrets };

/**
 * How a row stands for this caller: settled, or due for a token call. What was written since the caller read the credential is as good
 * as a renewal of its own. Pure but for the clock.
 */
function stand(input: ObtainLiveInput, row: LiveCredential | RenewableCredential): Stand {
  const { scope, definition, force } = input;
  const isNews = !holdSame(scope, row, input.credential);
  const byHand = (force === "manual" || force === "bulk") && !isNews;
  const mayRevive = byHand && row.reason !== null && REVIVABLE.has(row.reason);
  if (!satisfies(definition, row).ok || (row.status !== "VALID" && !mayRevive)) return settled(refusal(definition, row));

  const secrets = openLive(scope, row);
  const now = databaseNow();
  if (definition.authType === "api_key") return settled({ ok: true, secrets, refreshed: false });
  if (isUsable(input, row, secrets, { isNews, now })) return settled({ ok: true, secrets, refreshed: isNews });
  // A failed renewal waits for its turn: a call before it uses a token that still lives, or is told what failed.
  const isWaiting = "lastFailure" in row && row.lastFailure !== null && row.refreshAt !== null && row.refreshAt.getTime() > now;
  if (isWaiting && !force) return settled(stillUsable(input, secrets) ?? { ok: false, failure: waiting(row, now) });
  return { kind: "due", secrets };
}

const settled = (result: ObtainedLive): Stand => ({ kind: "settled", result });

/** Reasons for which one more token call can bring a credential back. */
const REVIVABLE = new Set(["reconnect", "refresh_failed", "rejected", "verify_failed"]);

function isUsable(
  { definition, rejected, force }: ObtainLiveInput,
  row: LiveCredential | RenewableCredential,
  secrets: StoredSecrets,
  { isNews, now }: { isNews: boolean; now: number },
): boolean {
  if (!secrets.accessToken) return false;
  if (rejected !== undefined) {
    const refreshedAt = "refreshedAt" in row ? row.refreshedAt?.getTime() : undefined;
    return secrets.accessToken !== rejected || (refreshedAt !== undefined && now - refreshedAt < JUST_REFRESHED_MS);
  }
  if (force) return isNews;
  return isFresh(secrets, now) || !grantOf(definition, secrets);
}

/** A token that hasn't ended is used while it can't be renewed, unless it is the one that was refused. */
function stillUsable({ rejected, force }: ObtainLiveInput, secrets: StoredSecrets): ObtainedLive | null {
  if (force || !secrets.accessToken || secrets.accessToken === rejected) return null;
  const isAlive = !secrets.expiresAt || Date.parse(secrets.expiresAt) > databaseNow();
  return isAlive ? { ok: true, secrets, refreshed: false } : null;
}

const SENTENCES = {
  call: "The stored token had ended when a call needed it.",
  rejected: "The API answered a call with its sign of an expired token.",
  schedule: "Before its end, by schedule.",
  manual: "A member asked for it.",
  bulk: "A member asked for it, for many users.",
};

function causeOf({ rejected, force, requestId, memberId }: ObtainLiveInput): RenewalCause {
  return { by: force ?? "call", sentence: SENTENCES[force ?? (rejected === undefined ? "call" : "rejected")], requestId, memberId };
}

const refusal = (definition: ResourceDefinition, row: LiveCredential & { lastFailure?: string | null }): ObtainedLive => ({
  ok: false,
  failure: explainStatus(definition, row),
});

const gone = (): ObtainedLive => ({
  ok: false,
  failure: { kind: "deleted", message: "This user was disconnected meanwhile.", fix: "Connect again, then repeat the call." },
});

const busy = (): ObtainedLive => ({
  ok: false,
  failure: { kind: "busy", message: "The token is being renewed, and that takes too long.", fix: "Try again in a minute." },
});

function waiting({ lastFailure, refreshAt }: RenewableCredential, now: number): LiveFailure {
  const seconds = Math.max(1, Math.ceil(((refreshAt?.getTime() ?? now) - now) / 1000));
  return {
    kind: lastFailure as TokenFailureKind,
    message: "The token has ended, and the API's token endpoint failed when it was to be renewed.",
    fix: `It is tried again in ${seconds} s. If this goes on, see the credential's timeline.`,
  };
}
