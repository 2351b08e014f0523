import { AppError } from "#lib/errors.ts";
import { RateLimiter, type Taken } from "./rate-limit.ts";

/** Of each user and each project, in this process. 0: no limit. */
export type CallLimits = {
  /** Calls a second, in the long run; twice as many at once. */
  calls: { user: number; project: number };
  /** MiB a day that calls may leave as the inputs of runs; a quarter of it at once. */
  inputs: { user: number; project: number };
};

export type Limits = {
  /** Counts a verified call. */
  call: (projectId: string, userId: string) => void;
  /** Counts a body that is to be kept, before it is looked at. */
  keep: (projectId: string, userId: string, bytes: number) => void;
  /** Counts what was kept besides, when it is known: several workflows that listen keep it once each. Never refuses; later ones wait. */
  kept: (projectId: string, userId: string, bytes: number) => void;
};

export const NO_LIMITS: CallLimits = { calls: { user: 0, project: 0 }, inputs: { user: 0, project: 0 } };

const MIB = 1_048_576;
const DAY_S = 86_400;

/**
 * Throws `rate_limited` with what RFC 9110 and the RateLimit headers draft (draft-ietf-httpapi-ratelimit-headers) say: which policy, and
 * when to come again.
 */
export function createLimits({ calls, inputs }: CallLimits, now: () => number = () => performance.now()): Limits {
  const limiters = (of: { user: number; project: number }, { perSecond, atOnce }: { perSecond: number; atOnce: number }) => ({
    user: new RateLimiter({ perSecond: of.user * perSecond, burst: of.user * atOnce }),
    project: new RateLimiter({ perSecond: of.project * perSecond, burst: of.project * atOnce }),
  });
  const called = limiters(calls, { perSecond: 1, atOnce: 2 });
  const stored = limiters(inputs, { perSecond: MIB / DAY_S, atOnce: MIB / 4 });
  const take = (from: typeof called, projectId: string, userId: string, count: number, words: Words) => {
    const at = now();
    refuse(from.user.take(`${projectId}/${userId}`, at, count), "user", from.user, words);
    refuse(from.project.take(projectId, at, count), "project", from.project, words);
  };
  return {
    call: (projectId, userId) => take(called, projectId, userId, 1, CALLS),
    keep: (projectId, userId, bytes) => take(stored, projectId, userId, bytes, INPUTS),
    kept: (projectId, userId, bytes) => {
      stored.user.owe(`${projectId}/${userId}`, now(), bytes);
      stored.project.owe(projectId, now(), bytes);
    },
  };
}

type Words = { policy: string; does: string; setting: string };
const CALLS: Words = { policy: "", does: "makes more calls than allowed", setting: "RATE_LIMIT" };
const INPUTS: Words = { policy: "-inputs", does: "sends more to workflows than is kept", setting: "RUN_INPUTS" };

function refuse(taken: Taken, who: "user" | "project", { limit: { perSecond, burst } }: RateLimiter, words: Words): void {
  if (taken.ok) return;
  const seconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1000));
  const { policy, does, setting } = words;
  throw new AppError(
    "rate_limited",
    `This ${who} ${does}. Try again in ${seconds === 1 ? "a second" : `${seconds} seconds`}, or ask your admin to raise ${setting}_${who.toUpperCase()}.`,
    {
      retryAfter: seconds,
      headers: {
        "RateLimit-Policy": `"${who}${policy}";q=${Math.floor(burst)};w=${Math.ceil(burst / perSecond)}`,
        RateLimit: `"${who}${policy}";r=0;t=${seconds}`,
      },
    },
  );
}
