import type { ResourceTroubleRow } from "#db/queries/overview.ts";
import { type CallCount, LEAST_CALLS, type ResourceStatus, resourceStatus, sumOfCalls } from "#lib/resources/resource-status.ts";

type About = { resourceId: string; resource: string };

/** One thing that somebody has to look at. Times as RFC 3339; counts above 1,000 mean more than that. */
export type Attention =
  | ({ kind: "client_refused"; count: number } & About)
  | ({ kind: "failing" | "degraded"; since: string; failed: number; calls: number; answer: string | null; others: boolean } & About)
  | ({ kind: "outage"; since: string; failure: string | null } & About)
  | ({ kind: "app_credential"; status: "INVALID" | "PENDING" | null; reason: string | null } & About)
  | ({ kind: "invalid"; count: number; reason: string | null; since: string | null } & About)
  | ({ kind: "pending"; count: number } & About)
  | ({ kind: "draft"; since: string } & About)
  | { kind: "runs_failed"; workflowId: string; workflow: string; count: number; since: string }
  | ({ kind: "deliveries_refused"; triggerId: string; trigger: string; count: number } & About);

export type TroubledResource = ResourceTroubleRow & {
  /** Of the last 24 hours. */
  hours: readonly ({ bucket: Date } & CallCount)[];
};

/** Worst first: what stops everybody, then what stops some, then what only waits. */
const ORDER = [
  "client_refused",
  "failing",
  "outage",
  "app_credential",
  "invalid",
  "deliveries_refused",
  "runs_failed",
  "degraded",
  "pending",
  "draft",
] as const;
/** Drafts that were begun and never published: more of them teach nothing. */
const MOST_DRAFTS = 3;

/** What needs attention in a project; `beside`: what isn't a resource's own. Pure. */
export function listAttention(
  resources: readonly TroubledResource[],
  now: Date,
  answerOf: (resourceId: string) => string | null,
  beside: readonly Attention[] = [],
): Attention[] {
  const judged = resources.map((resource) => ({ resource, calls: judgeCalls(resource, now) }));
  const othersWork = (id: string) => judged.some(({ resource, calls }) => resource.id !== id && calls.status === "live" && calls.calls > 0);
  const found = judged.flatMap(({ resource, calls }): Attention[] => {
    const about = { resourceId: resource.id, resource: resource.name };
    if (resource.liveRevision === null) return [{ kind: "draft", since: resource.updatedAt.toISOString(), ...about }];
    const { status } = calls;
    return [
      resource.clientRefused > 0 && { kind: "client_refused" as const, count: resource.clientRefused, ...about },
      (status === "failing" || status === "degraded") && {
        kind: status,
        since: calls.since.toISOString(),
        failed: calls.failed,
        calls: calls.calls,
        answer: answerOf(resource.id),
        others: othersWork(resource.id),
        ...about,
      },
      resource.outageSince && {
        kind: "outage" as const,
        since: resource.outageSince.toISOString(),
        failure: resource.lastFailure,
        ...about,
      },
      resource.level === "app" &&
        resource.appStatus !== "VALID" && {
          kind: "app_credential" as const,
          status: resource.appStatus,
          reason: resource.appReason,
          ...about,
        },
      resource.invalid > 0 && {
        kind: "invalid" as const,
        count: resource.invalid,
        reason: resource.reason,
        since: resource.invalidAt?.toISOString() ?? null,
        ...about,
      },
      resource.pending > 0 && { kind: "pending" as const, count: resource.pending, ...about },
    ].filter((each) => each !== false && each !== null);
  });
  const drafts = found.filter(({ kind }) => kind === "draft").sort(newestFirst);
  const others = found.filter(({ kind }) => kind !== "draft");
  return [...others, ...beside, ...drafts.slice(0, MOST_DRAFTS)].sort(
    (a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || sizeOf(b) - sizeOf(a),
  );
}

const newestFirst = (a: Attention, b: Attention) => ("since" in a && "since" in b ? String(b.since).localeCompare(String(a.since)) : 0);
const sizeOf = (item: Attention): number => ("count" in item ? item.count : "failed" in item ? item.failed : 0);

export type CallVerdict = CallCount & { status: ResourceStatus; since: Date };

const HOUR_MS = 3_600_000;

/**
 * How a resource's calls end now: by the running and the last hour where these hold enough calls to tell, else by the whole day, so that
 * what has recovered asks for nothing, and what began to fail does at once. `since` is the start of the first hour of the present trouble.
 */
export function judgeCalls({ liveRevision, hours }: Pick<TroubledResource, "liveRevision" | "hours">, now: Date): CallVerdict {
  const lastHour = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  const recent = sumOfCalls(hours.filter(({ bucket }) => bucket.getTime() >= lastHour - HOUR_MS));
  const meant = recent.calls >= LEAST_CALLS ? recent : sumOfCalls(hours);
  const status = resourceStatus(liveRevision, meant);
  let since = new Date(lastHour);
  const newestFirst = hours.filter(({ calls }) => calls > 0).sort((a, b) => b.bucket.getTime() - a.bucket.getTime());
  for (const hour of newestFirst) {
    if (resourceStatus(1, { calls: hour.calls * LEAST_CALLS, failed: hour.failed * LEAST_CALLS }) === "live") break;
    since = hour.bucket;
  }
  return { ...meant, status, since };
}
