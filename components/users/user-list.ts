import { parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { BulkKind, BulkProgress, ShownStatus, UserFilter } from "#lib/users/schema.ts";
import { SHOWN_STATUSES } from "#lib/users/words.ts";
import { STATUS_LABELS } from "./credential-words.tsx";

export interface UserListRow {
  id: string;
  externalId: string;
  name: string | null;
  email: string | null;
  /** ISO. */
  lastSeenAt: string | null;
  credentials: readonly { resourceId: string; resource: string; status: ShownStatus }[];
}

/** The filters as they stand in the address. The server reads the same names. */
export const USER_FILTERS = {
  q: parseAsString.withDefault(""),
  status: parseAsStringLiteral(SHOWN_STATUSES.map((status) => status.toLowerCase() as Lowercase<ShownStatus>)),
  resource: parseAsString,
  after: parseAsString,
};

export const displayName = ({ name, externalId }: { name: string | null; externalId: string }): string => name || externalId;

/** "48 users", "1 user", "More than 1,000 users". */
export const countOf = (total: number | null): string =>
  total === null ? "More than 1,000 users" : `${total.toLocaleString("en")} ${total === 1 ? "user" : "users"}`;

export interface BulkWords {
  /** The button. */
  verb: string;
  /** "Refreshing 6 of 12". */
  doing: string;
  /** "Refreshed 12 of 12", and a row's result. */
  done: string;
}

export const BULK_WORDS: Record<BulkKind, BulkWords> = {
  refresh: { verb: "Refresh", doing: "Refreshing", done: "Refreshed" },
  verify: { verb: "Re-verify", doing: "Verifying", done: "Verified" },
  disconnect: { verb: "Disconnect", doing: "Disconnecting", done: "Disconnected" },
  delete_users: { verb: "Delete users", doing: "Deleting", done: "Deleted" },
};

/** Which credentials of the users are meant: "invalid TaskLab credentials". */
export function credentialsOf({ status }: Pick<UserFilter, "status">, resource: string | null): string {
  return [status && STATUS_LABELS[status].toLowerCase(), resource, "credentials"].filter(Boolean).join(" ");
}

export type RowResult = { state: "waiting" | "done" | "failed" | "left"; text: string };

/** What a bulk task did with one user, or null where it isn't for them, or can't be told. Users are gone through in the order of ids. */
export function resultOf(task: BulkProgress, userId: string): RowResult | null {
  if (task.userIds && !task.userIds.includes(userId)) return null;
  const failure = task.failures.find((each) => each.id === userId);
  if (failure) return { state: "failed", text: failure.message };
  const isPast = task.state === "done" || (task.cursor !== null && userId <= task.cursor);
  if (isPast) return task.failed > task.failures.length ? null : { state: "done", text: BULK_WORDS[task.kind].done };
  return task.state === "running" ? { state: "waiting", text: "Waiting" } : { state: "left", text: "Not done" };
}
