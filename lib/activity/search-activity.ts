import type { Database } from "#db/client.ts";
import {
  ACTIVITY_PAGE,
  type ActivityKey,
  type ActivityListRow,
  type ActivityPage,
  type CallingRun,
  type FoundActivity,
  findActivity,
  findCallingRun,
  findDeliveryOf,
  findTimelineCause,
  findUserByExternalId,
  listActivity,
  listSameRequest,
} from "#db/queries/activity.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { ActivityFilter } from "./schema.ts";
import { isRequestId, RANGE_SECONDS, USUAL_RANGE } from "./words.ts";

/** What may come between two looks of a live tail before it tears. */
const TAIL_PAGE = 100;

/** `unknownUser`: nobody is known by that id, which is more than "none match". */
export type ActivityAnswer = ActivityPage & { unknownUser?: true };

/**
 * One page of what a filter asks for. `before` goes on from a page; `since` (microseconds, ISO) asks for what is newer only, for a
 * live tail. A request id without a range is looked for in all 30 days: who follows a link doesn't know when it was.
 */
export async function searchActivity(
  scope: Scope,
  db: Database,
  filter: ActivityFilter,
  { before, since, now = new Date() }: { before?: ActivityKey; since?: string; now?: Date } = {},
): Promise<ActivityAnswer> {
  const q = filter.q?.trim() ?? "";
  const user = filter.user ? await findUserByExternalId(scope, db, filter.user) : undefined;
  if (user === null) return { rows: [], next: null, unknownUser: true };
  const requestId = isRequestId(q) ? q : undefined;
  const seconds = RANGE_SECONDS[filter.range ?? (requestId ? "month" : USUAL_RANGE)];
  const begin = filter.from ? new Date(filter.from) : filter.to ? new Date(0) : new Date(now.getTime() - seconds * 1000);
  return listActivity(
    scope,
    db,
    {
      from: since && Date.parse(since) > begin.getTime() ? new Date(since) : begin,
      to: filter.to ? new Date(filter.to) : undefined,
      resourceId: filter.resource ?? undefined,
      userId: user,
      kind: filter.kind ?? undefined,
      source: filter.source ?? undefined,
      end: filter.status ?? undefined,
      requestId,
      path: requestId ? undefined : q || undefined,
    },
    { before, limit: since ? TAIL_PAGE : ACTIVITY_PAGE },
  );
}

/** One row with why it happened, as far as it is known. */
export type ActivityStory = {
  row: FoundActivity;
  /** What else the same request brought about, oldest first. */
  sameRequest: ActivityListRow[];
  /** A sentence of the credential's timeline. */
  cause: string | null;
  /** Whose step made the call. */
  run: CallingRun | null;
  /** What came in by a webhook. */
  delivery: (ActivityKey & { triggerId: string }) | null;
};

const TIMELINE_OF: Partial<Record<ActivityListRow["kind"], readonly string[]>> = {
  token: ["refreshed", "refresh_failed", "refresh_gave_up"],
  verify: ["verified", "verify_failed"],
  call: ["refused"],
};

export async function tellActivity(scope: Scope, db: Database, key: ActivityKey): Promise<ActivityStory | null> {
  const row = await findActivity(scope, db, key);
  if (!row) return null;
  const { credentialId, requestId, kind } = row;
  const kinds = TIMELINE_OF[kind];
  const [sameRequest, event, run, delivery] = await Promise.all([
    requestId ? listSameRequest(scope, db, { ...key, requestId }) : [],
    credentialId && kinds ? findTimelineCause(scope, db, { at: row.at, credentialId, requestId, kinds }) : null,
    row.runId ? findCallingRun(scope, db, { runId: row.runId, step: row.step }) : null,
    kind === "webhook" && requestId ? findDeliveryOf(scope, db, { at: row.at, requestId }) : null,
  ]);
  return { row, sameRequest, cause: event?.cause ?? null, run, delivery };
}
