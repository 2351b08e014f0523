/** Which connected users are meant, and what is done to many of them at once. Browser-safe. */
import { z } from "zod";
import { storableText } from "#lib/storable.ts";
import { type BULK_KINDS, SHOWN_STATUSES, type TIMELINE_VIEWS } from "./words.ts";

export type ShownStatus = (typeof SHOWN_STATUSES)[number];
export type BulkKind = (typeof BULK_KINDS)[number];
/** Which events of a timeline are shown. */
export type TimelineView = (typeof TIMELINE_VIEWS)[number];

/** The list's filters. Status and resource speak of the same credential: invalid for TaskLab. */
export const UserFilter = z.object({
  /** What an id, a name or an email begins with, in any case. */
  q: z
    .string()
    .max(255, "Search by at most 255 characters.")
    .transform((text) => storableText(text.trim())),
  status: z.enum(SHOWN_STATUSES).nullable(),
  resourceId: z.uuid().nullable(),
});
export type UserFilter = z.infer<typeof UserFilter>;

/** Lists count to here and then say "1,000+"; a set that isn't larger is sorted whole, and kept by its ids. */
export const COUNT_LIMIT = 1_000;

/** A moment to the microsecond and an id: what a page of something newest first ended with. */
export const TimelineCursor = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z~[0-9a-f-]{36}$/)
  .refine((text) => !Number.isNaN(Date.parse(text.split("~")[0]!)) && z.uuid().safeParse(text.split("~")[1]).success);

/**
 * After which row the next page begins: the last one's time and id where the newest stand first, and where a set is too large to sort
 * the text by which a search found it and its id, or its id alone.
 */
export const UserCursor = z.union([
  TimelineCursor.transform((text) => ({ order: "newest" as const, at: text.split("~")[0]!, id: text.split("~")[1]! })),
  z.uuid().transform((id) => ({ order: "id" as const, id })),
  z
    .string()
    .max(1_100)
    .regex(/~[0-9a-f-]{36}$/)
    .refine((place) => z.uuid().safeParse(place.slice(-36)).success)
    .transform((place) => ({ order: "text" as const, text: storableText(place.slice(0, -37)), id: place.slice(-36) })),
]);
export type UserCursor = z.infer<typeof UserCursor>;

/** Whom a bulk task is for: these users, or all that match. Either way only credentials that fit status and resource are touched. */
export const BulkFilter = UserFilter.extend({
  userIds: z.array(z.uuid()).min(1, "Select at least one user.").max(COUNT_LIMIT).nullable(),
});
export type BulkFilter = z.infer<typeof BulkFilter>;

export type BulkProgress = {
  id: string;
  kind: BulkKind;
  state: "running" | "done" | "stopped";
  /** 0 while it isn't counted yet. */
  total: number;
  /** Users that were gone through, the failed ones included. They are worked off in the order of their ids, up to `cursor`. */
  done: number;
  failed: number;
  /** The first 100. */
  failures: { id: string; message: string }[];
  cursor: string | null;
  /** Null: all that match, too many to name. */
  userIds: string[] | null;
};

/** What a preview may show of a connected user. */
export type PreviewPerson = {
  /** The `sub` of their user token. */
  id: string;
  metadata: Record<string, unknown>;
  profile: Record<string, unknown> | null;
  /** Reading the profile again fails: what is here is from before. */
  isProfileStale: boolean;
  /** Values of Required Inputs and keys that aren't secret. */
  plain: Record<string, string>;
  isConnected: boolean;
};
export type PreviewAs = { found: { id: string; label: string }[]; chosen: PreviewPerson | null };
