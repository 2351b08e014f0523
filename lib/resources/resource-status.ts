/** How a resource is doing, as the list and its page say it. Pure and browser-safe. */

export const RESOURCE_STATUSES = ["live", "draft", "degraded", "failing"] as const;
export type ResourceStatus = (typeof RESOURCE_STATUSES)[number];

export const RESOURCE_STATUS_LABELS: Record<ResourceStatus, string> = {
  live: "Live",
  draft: "Draft",
  degraded: "Degraded",
  failing: "Failing",
};

/** Calls of the last 24 hours. */
export type CallCount = { calls: number; failed: number };

/** Fewer calls than this say nothing. */
export const LEAST_CALLS = 20;
const DEGRADED_BELOW = 0.98;
const FAILING_BELOW = 0.8;

export function resourceStatus(liveRevision: number | null, { calls, failed }: CallCount): ResourceStatus {
  if (liveRevision === null) return "draft";
  if (calls < LEAST_CALLS) return "live";
  const success = (calls - failed) / calls;
  return success < FAILING_BELOW ? "failing" : success < DEGRADED_BELOW ? "degraded" : "live";
}

export const sumOfCalls = (hours: readonly CallCount[]): CallCount =>
  hours.reduce((sum, hour) => ({ calls: sum.calls + hour.calls, failed: sum.failed + hour.failed }), { calls: 0, failed: 0 });

/** "99.8 %", or null without calls. Rounded down, so that "100 %" means that nothing failed. */
export function formatSuccess({ calls, failed }: CallCount): string | null {
  if (calls === 0) return null;
  const tenths = Math.floor(((calls - failed) * 1000) / calls);
  return `${tenths % 10 === 0 ? tenths / 10 : (tenths / 10).toFixed(1)} %`;
}

const HOUR_MS = 3_600_000;
/** One for all: what is the same thing goes to the browser once, however many resources rest. */
const QUIET_DAY: readonly CallCount[] = Array.from({ length: 24 }, () => ({ calls: 0, failed: 0 }));

/** One entry for each of the last 24 hours, oldest first; hours without calls are zero. */
export function fillHours(hours: readonly ({ bucket: Date } & CallCount)[], now: Date): readonly CallCount[] {
  if (hours.length === 0) return QUIET_DAY;
  const byHour = new Map(hours.map((hour) => [Math.floor(hour.bucket.getTime() / HOUR_MS), hour]));
  const last = Math.floor(now.getTime() / HOUR_MS);
  return Array.from({ length: 24 }, (_, index) => {
    const hour = byHour.get(last - 23 + index);
    return { calls: hour?.calls ?? 0, failed: hour?.failed ?? 0 };
  });
}
