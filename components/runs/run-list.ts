import { type inferParserType, parseAsIsoDateTime, parseAsString, parseAsStringLiteral } from "nuqs/server";
import { ACTIVITY_RANGES, isRequestId } from "#lib/activity/words.ts";
import { RUN_STATUSES, type RunFilter, type RunSource, type RunStatus } from "#lib/workflows/run-words.ts";

/** A run as lists show it. */
export interface RunSummary {
  id: string;
  /** When it was asked for: ISO, to the microsecond. */
  at: string;
  workflowId: string;
  /** Null when the workflow was deleted. */
  workflowName: string | null;
  version: number;
  status: RunStatus;
  source: RunSource;
  isReplay: boolean;
  userId: string | null;
  userKind: "user" | "test" | null;
  externalId: string | null;
  userName: string | null;
  /** ISO; null before its first step. */
  startedAt: string | null;
  finishedAt: string | null;
  /** Why it failed, in words. */
  failure: string | null;
}

export type RunKey = { at: string; id: string };
export interface RunPage {
  rows: readonly RunSummary[];
  /** Where to go on, or null at the end. */
  next: RunKey | null;
  unknownUser?: boolean;
}

/** The filters as they stand in the address. */
export const RUN_PARAMS = {
  workflow: parseAsString.withDefault(""),
  status: parseAsStringLiteral(["open", ...RUN_STATUSES]),
  user: parseAsString.withDefault(""),
  range: parseAsStringLiteral(ACTIVITY_RANGES),
  from: parseAsIsoDateTime,
  to: parseAsIsoDateTime,
};
export type RunParams = inferParserType<typeof RUN_PARAMS>;

export const NO_RUN_FILTER = { workflow: null, status: null, user: null, range: null, from: null, to: null };

/** The filter that an address asks for; whatever in it can't be meant is left out. */
export function runFilterOf({ workflow, status, user, range, from, to }: RunParams): RunFilter {
  return {
    workflow: isRequestId(workflow) ? workflow.toLowerCase() : null,
    status,
    user: user.slice(0, 255) || null,
    range: from || to ? null : range,
    from: momentOf(from),
    to: momentOf(to),
  };
}

/** Years of four digits: others are written in a way that not everything reads. */
const momentOf = (date: Date | null): string | null =>
  date && date.getUTCFullYear() >= 1970 && date.getUTCFullYear() <= 9999 ? date.toISOString() : null;

export const isRunFilterNarrow = ({ workflow, status, user }: RunFilter): boolean => Boolean(workflow || status || user);

/** "Run 51d0": enough to tell the runs of a page apart. */
export const runName = ({ id }: { id: string }): string => `Run ${id.slice(0, 4)}`;

/** Newest first; of one moment, by id, as the database sorts them. */
const newestFirst = (a: RunKey, b: RunKey): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? 1 : -1);

/** What was listed, with what a later look saw of the same runs and of newer ones. */
export function freshen(listed: readonly RunSummary[], seen: readonly RunSummary[]): RunSummary[] {
  if (seen.length === 0) return [...listed];
  const rows = new Map([...listed, ...seen].map((row) => [row.id, row]));
  return [...rows.values()].sort(newestFirst);
}

/** Whether runs are missing between what was listed and a newer look at the head of the list. */
export function isTorn(listed: readonly RunKey[], head: RunPage): boolean {
  if (!head.next || listed.length === 0) return false;
  const known = new Set(listed.map(({ id }) => id));
  return !head.rows.some(({ id }) => known.has(id));
}
