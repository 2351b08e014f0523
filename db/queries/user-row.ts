/** What the lists of connected users read of each, and how far they count. */
import type { Sql } from "#db/client.ts";

/** Counts stop one above this; lists say "1,000+". */
export const COUNT_LIMIT = 1_000;

export type UserRow = {
  id: string;
  externalId: string;
  name: string | null;
  email: string | null;
  createdAt: Date;
  lastSeenAt: Date | null;
};

/** `place`: the cursor of the page that begins after this row. */
export type Placed = UserRow & { place: string };

export const userColumns = (sql: Sql) =>
  sql`u.id, u.external_id as "externalId", u.name, u.email, u.created_at as "createdAt", u.last_seen_at as "lastSeenAt"`;
