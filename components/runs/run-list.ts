import { type inferParserType, parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { Key, Page } from "#components/history/merge-rows.ts";
import { RANGE_PARAMS, rangeOf } from "#components/history/range-params.ts";
import { isRequestId } from "#lib/activity/words.ts";
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

export type RunKey = Key;
export type RunPage = Page<RunSummary>;

/** The filters as they stand in the address. */
export const RUN_PARAMS = {
  workflow: parseAsString.withDefault(""),
  status: parseAsStringLiteral(["open", ...RUN_STATUSES]),
  user: parseAsString.withDefault(""),
  ...RANGE_PARAMS,
};
export type RunParams = inferParserType<typeof RUN_PARAMS>;

/** But the time: that stays when filters are cleared. */
export const NO_RUN_FILTER = { workflow: null, status: null, user: null };

/** The filter that an address asks for; whatever in it can't be meant is left out. */
export function runFilterOf({ workflow, status, user, ...range }: RunParams): RunFilter {
  return {
    workflow: isRequestId(workflow) ? workflow.toLowerCase() : null,
    status,
    user: user.slice(0, 255) || null,
    ...rangeOf(range),
  };
}

export const isRunFilterNarrow = ({ workflow, status, user }: RunFilter): boolean => Boolean(workflow || status || user);

/** "Run 51d0": enough to tell the runs of a page apart. */
export const runName = ({ id }: { id: string }): string => `Run ${id.slice(0, 4)}`;
