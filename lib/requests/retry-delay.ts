import { readRetryAfter } from "#lib/credentials/refresh-policy.ts";
import { readHeader } from "#lib/transport/own-headers.ts";
import type { Failure, StreamedAnswer } from "#lib/transport/schema.ts";

const MOST_RETRIES = 2;
const FIRST_WAIT_MS = 150;
/** A caller waits no longer than this for one retry: else the answer goes back at once, with its own Retry-After. */
const LONGEST_WAIT_MS = 3_000;
/** Nothing is tried again when this much time has gone. */
const PATIENCE_MS = 10_000;

/** RFC 9110, section 9.2.2: made twice, they do what they do once. */
const IDEMPOTENT = new Set(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"]);
const PASSING_STATUS = new Set([429, 502, 503, 504]);
/** Nothing came back. Names and addresses that don't work now won't in a second. */
const PASSING_FAILURE = new Set(["connect_refused", "connect_timeout", "reset"]);

/**
 * Milliseconds until a call is made again, or null when it isn't. Full jitter, so that callers who failed together don't come back
 * together. Pure.
 */
export function retryDelay({
  method,
  headers,
  answer,
  retries,
  elapsedMs,
  now,
  random,
}: {
  method: string;
  headers: readonly [string, string][];
  answer: Pick<StreamedAnswer, "kind" | "status" | "headers"> | Pick<Failure, "kind" | "failure">;
  /** Made so far. */
  retries: number;
  elapsedMs: number;
  now: number;
  /** From 0 to 1. */
  random: number;
}): number | null {
  const isPassing = answer.kind === "failure" ? PASSING_FAILURE.has(answer.failure) : PASSING_STATUS.has(answer.status);
  if (!isPassing || retries >= MOST_RETRIES || elapsedMs >= PATIENCE_MS) return null;
  if (!IDEMPOTENT.has(method) && readHeader(headers, "idempotency-key") === undefined) return null;
  const backOff = FIRST_WAIT_MS * 2 ** retries * (0.5 + random);
  const asked = answer.kind === "failure" ? undefined : readRetryAfter(answer.headers, now);
  if (asked === undefined) return backOff;
  return asked > LONGEST_WAIT_MS ? null : asked + random * FIRST_WAIT_MS;
}
