/**
 * When a token is renewed, and what a failed renewal means (architecture.md, Refresh, exactly once). Pure: times in milliseconds since
 * 1970, by the database's clock.
 */
import type { Outcome } from "#lib/transport/schema.ts";
import type { StoredSecrets } from "./schema.ts";
import type { TokenFailureKind } from "./token-endpoint.ts";

const MOST_MARGIN_MS = 300_000;
const MOST_CALL_MARGIN_MS = 30_000;
/** A token that was renewed so lately isn't renewed again for being refused: the API refuses the call, not the token. */
export const JUST_REFRESHED_MS = 10_000;
const FIRST_RETRY_MS = 5_000;
const LONGEST_RETRY_MS = 900_000;
const MISCONFIGURED_RETRY_MS = 300_000;
const OUTAGE_RETRY_MS = 30_000;
/** So many failures in a row, and so long: then the user is asked to reconnect. Failures during an outage don't count. */
const GIVE_UP_FAILURES = 20;
const GIVE_UP_AFTER_MS = 86_400_000;

const lifetimeMs = (secrets: StoredSecrets, now: number): number =>
  (secrets.lifetimeSeconds ?? Math.max(0, (Date.parse(secrets.expiresAt ?? "") - now) / 1000)) * 1000;

/**
 * When the schedule renews the token: min(5 min, a quarter of the lifetime) before its end, and up to a tenth of that earlier, so that
 * tokens issued together don't end together. Null when nothing told a lifetime, or when there is nothing to renew it by.
 */
export function refreshAtOf(secrets: StoredSecrets, canRenew: boolean, now: number, random = Math.random()): Date | null {
  if (!canRenew || !secrets.expiresAt) return null;
  const margin = Math.min(MOST_MARGIN_MS, lifetimeMs(secrets, now) / 4);
  return new Date(Date.parse(secrets.expiresAt) - margin * (1 + random / 10));
}

/**
 * Whether a call may go out with the stored token: it lives for another 30 s, or a quarter of its lifetime if that is less. The schedule
 * renews earlier than that; while it can't, a token that still lives stays in use.
 */
export function isFresh({ expiresAt, lifetimeSeconds }: StoredSecrets, now: number): boolean {
  if (!expiresAt) return true;
  const margin = Math.min(MOST_CALL_MARGIN_MS, ((lifetimeSeconds ?? 120) * 1000) / 4);
  return Date.parse(expiresAt) - now > margin;
}

/** Whether the failure is the API's or the network's, and may pass by itself. */
export const isPassing = (kind: TokenFailureKind): boolean => kind !== "invalid_grant" && kind !== "invalid_client";

export type AfterFailure =
  /** The user must connect again: no token call any more. */
  | { kind: "reconnect" }
  /** Given up after a day of failures: the same for the user, another sentence. */
  | { kind: "gave_up" }
  | { kind: "retry"; afterMs: number; counts: boolean };

/**
 * What a failed renewal means. `invalid_grant` for a refresh token ends the credential at once; a refused client is the resource's fault
 * and waits for the admin; the rest is retried with growing gaps, at least as long as Retry-After asks. `failures` counts this one.
 */
export function afterFailure(
  kind: TokenFailureKind,
  grant: "refresh_token" | "client_credentials",
  {
    failures,
    failingForMs,
    isOutage,
    retryAfterMs = 0,
  }: { failures: number; failingForMs: number; isOutage: boolean; retryAfterMs?: number },
  random = Math.random(),
): AfterFailure {
  if (kind === "invalid_grant" && grant === "refresh_token") return { kind: "reconnect" };
  const jitter = 1 + random / 4;
  if (!isPassing(kind)) return { kind: "retry", afterMs: MISCONFIGURED_RETRY_MS * jitter, counts: false };
  if (isOutage) return { kind: "retry", afterMs: Math.max(OUTAGE_RETRY_MS * jitter, retryAfterMs), counts: false };
  if (failures >= GIVE_UP_FAILURES && failingForMs >= GIVE_UP_AFTER_MS) return { kind: "gave_up" };
  const gap = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 12));
  return { kind: "retry", afterMs: Math.max(gap * jitter, retryAfterMs), counts: true };
}

/** Retry-After in milliseconds (RFC 9110, section 10.2.3: seconds or a date), at most an hour. Undefined when there is none. */
export function readRetryAfter(headers: readonly (readonly [string, string])[], now: number): number | undefined {
  const value = headers.find(([name]) => name.toLowerCase() === "retry-after")?.[1].trim();
  if (!value) return undefined;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(0, ms), 3_600_000) : undefined;
}

const PAUSE_MS = 30_000;

/** How long an API that answered 429 asks to be left alone; undefined where it doesn't. */
export function pauseAskedFor(outcome: Outcome | null): number | undefined {
  if (outcome?.kind !== "answer" || outcome.status !== 429) return undefined;
  return readRetryAfter(outcome.headers, Date.now()) ?? PAUSE_MS;
}
