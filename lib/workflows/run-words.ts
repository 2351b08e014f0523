import { type ActivityRange, RANGE_SECONDS } from "#lib/activity/words.ts";

/** The words of runs that pages, addresses and tables share. Light: no zod. */

export const RUN_STATUSES = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

/** Nothing more will happen in it. */
export const isOver = (status: RunStatus): boolean => status === "succeeded" || status === "failed" || status === "cancelled";

/** What started a run. A replay keeps what started the run that it repeats, and says that it is one. */
export const RUN_SOURCES = ["resource", "event", "request", "schedule", "user_connected", "replay"] as const;
export type RunSource = (typeof RUN_SOURCES)[number];

export const USUAL_RUN_RANGE: ActivityRange = "week";

/** Which runs. Null: any. */
export type RunFilter = {
  workflow: string | null;
  /** `open`: those that aren't over. */
  status: RunStatus | "open" | null;
  /** The id that the customer's app knows a user by. */
  user: string | null;
  range: ActivityRange | null;
  /** Instead of a range. ISO. */
  from: string | null;
  to: string | null;
};

/** The moments that a filter is about: those of its range end now. */
export function momentsOf({ range, from, to }: Pick<RunFilter, "range" | "from" | "to">, now: Date): { from: Date; to: Date | null } {
  const begin = from ? new Date(from) : to ? new Date(0) : new Date(now.getTime() - RANGE_SECONDS[range ?? USUAL_RUN_RANGE] * 1_000);
  return { from: begin, to: to ? new Date(to) : null };
}

/** Which version a replay takes: the one that ran, or the one that is live. */
export const REPLAY_VERSIONS = ["same", "newest"] as const;
export type ReplayVersion = (typeof REPLAY_VERSIONS)[number];
