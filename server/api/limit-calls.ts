import { AppError } from "#lib/errors.ts";
import { RateLimiter } from "./rate-limit.ts";

/** Calls a second, in the long run; twice as many at once. 0: no limit. */
export type CallLimits = { user: number; project: number };

export type LimitCalls = (projectId: string, userId: string) => void;

/**
 * Counts a verified call against its user and its project, in this process. Throws `rate_limited` with what RFC 9110 and the RateLimit
 * headers draft (draft-ietf-httpapi-ratelimit-headers) say: which policy, and when to come again.
 */
export function createCallLimits(limits: CallLimits, now: () => number = () => performance.now()): LimitCalls {
  const users = new RateLimiter({ perSecond: limits.user, burst: limits.user * 2 });
  const projects = new RateLimiter({ perSecond: limits.project, burst: limits.project * 2 });
  return (projectId, userId) => {
    const at = now();
    refuse(users.take(`${projectId}/${userId}`, at), "user", users.limit, "This user makes more calls than allowed.");
    refuse(projects.take(projectId, at), "project", projects.limit, "This project makes more calls than allowed.");
  };
}

function refuse(taken: ReturnType<RateLimiter["take"]>, policy: string, { perSecond, burst }: RateLimiter["limit"], what: string): void {
  if (taken.ok) return;
  const seconds = Math.max(1, Math.ceil(taken.retryAfterMs / 1000));
  throw new AppError(
    "rate_limited",
    `${what} Try again in ${seconds === 1 ? "a second" : `${seconds} seconds`}, or ask your admin to raise RATE_LIMIT_${policy.toUpperCase()}.`,
    {
      retryAfter: seconds,
      headers: {
        "RateLimit-Policy": `"${policy}";q=${burst};w=${Math.ceil(burst / perSecond)}`,
        RateLimit: `"${policy}";r=0;t=${seconds}`,
      },
    },
  );
}
