import { z } from "zod";
import { ACTIVITY_ENDS, ACTIVITY_KINDS, ACTIVITY_RANGES, ACTIVITY_SOURCES } from "./words.ts";

/** What an activity row keeps of a call, redacted. Bodies only of failures (8 KiB) and of tests (64 KiB). */
export type ActivityDetail = {
  request: SeenRequest;
  response?: SeenResponse;
  /** For a call that got no answer: what happened and what to do. */
  failure?: { kind: string; message: string; fix: string };
};

export type SeenRequest = { method: string; url: string; headers: [string, string][]; body?: string };
export type SeenResponse = {
  status: number;
  statusText: string;
  headers: [string, string][];
  body?: string;
  size: number;
  truncated?: boolean;
};

/** Upper bounds of the latency histogram, in milliseconds; one more bucket holds the rest. */
export const LATENCY_BOUNDS = [5, 10, 20, 35, 50, 75, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 30_000] as const;

const Moment = z.iso.datetime();

/** What the Activity page is asked for. All of it may be left out. */
export const ActivityFilter = z.object({
  resource: z.guid().nullish(),
  /** The id that the customer's app knows a user by. */
  user: z.string().max(255).nullish(),
  kind: z.enum(ACTIVITY_KINDS).nullish(),
  source: z.enum(ACTIVITY_SOURCES).nullish(),
  status: z.enum(ACTIVITY_ENDS).nullish(),
  range: z.enum(ACTIVITY_RANGES).nullish(),
  /** Instead of a range. */
  from: Moment.nullish(),
  to: Moment.nullish(),
  /** A request id, or a part of a path. */
  q: z.string().max(200).nullish(),
});
export type ActivityFilter = z.infer<typeof ActivityFilter>;

/** Where a row stands: its time to the microsecond, as several share a millisecond, and its id. */
export const ActivityKey = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.guid() });
export type ActivityKey = z.infer<typeof ActivityKey>;
