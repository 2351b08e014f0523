import type { Sql } from "#db/client.ts";

/** A row's place in a list by time: to the microsecond (ISO, UTC), which a JavaScript date doesn't know, and its id. */
export type RowKey = { at: string; id: string };

/** A column's time as keys have it. */
export const keyTime = (sql: Sql, column: "r.at" | "d.at" | "e.at" | "u.created_at") =>
  sql`to_char(${sql.unsafe(column)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** One page of rows that were fetched with one more than `limit`; `next` is where to go on, null at the end. */
export function takePage<Row extends RowKey>(found: readonly Row[], limit: number): { rows: Row[]; next: RowKey | null } {
  const rows = found.slice(0, limit);
  const last = rows.at(-1);
  return { rows, next: found.length > limit && last ? { at: last.at, id: last.id } : null };
}
