/** Connected users whose id, name or email begins with a text, in any case. */
import type { Sql } from "#db/client.ts";
import type { Scope } from "./scope.ts";
import { COUNT_LIMIT, type Placed, type UserRow, userColumns } from "./user-row.ts";

/** Hits read at once where most are known from an earlier text. */
const MOST_AT_ONCE = 5_000;

const SEARCHED = ["external_id", "name", "email"] as const;
type Searched = (typeof SEARCHED)[number];

/** The users whose id, name or email begins so, or null where they are more than a thousand. Each part is read from its index alone. */
export async function searchIds({ projectId }: Scope, sql: Sql, q: string): Promise<string[] | null> {
  const part = (column: Searched) => sql`
    (select u.id from connected_user u where u.project_id = ${projectId} and u.kind = 'user' and ${inRange(sql, column, q)}
    order by lower(u.${sql(column)}) using ~<~ limit ${COUNT_LIMIT + 1})`;
  const [row] = await sql<[{ ids: string[] | null }]>`
    select case when count(*) <= ${COUNT_LIMIT} then coalesce(array_agg(id), '{}') end as ids from (
      select id from (${part("external_id")} union ${part("name")} union ${part("email")}) hits limit ${COUNT_LIMIT + 1}) counted`;
  return row.ids;
}

/** Between the text and the last that begins with it, byte by byte: unlike LIKE, an index serves it in a prepared statement too. */
const inRange = (sql: Sql, column: Searched, q: string) =>
  sql`(lower(u.${sql(column)}) ~>=~ lower(${q}::text) and lower(u.${sql(column)}) ~<~ lower(${`${q}\u{10ffff}`}::text))`;

export const beginsWith = (sql: Sql, q: string) =>
  sql`(${inRange(sql, "external_id", q)} or ${inRange(sql, "name", q)} or ${inRange(sql, "email", q)})`;

type Hit = UserRow & { text: string; isFirst: boolean };
type HitCursor = Pick<Hit, "text" | "id">;

const placeOf = ({ text, id }: HitCursor): string => `${text}~${id}`;

const inOrder = (one: HitCursor, other: HitCursor) =>
  Buffer.compare(Buffer.from(one.text), Buffer.from(other.text)) || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);

/**
 * A page of those who begin so, by the first of their texts that does. Each index gives its next few and they are merged here: told to
 * do both, Postgres sorts all that match, and to leave out whom another text found before, it reads an index until somebody is new.
 * Where thousands in a row were found before, the page ends short, and `rest` says where the next one begins.
 */
export async function searchUsers(
  scope: Scope,
  sql: Sql,
  q: string,
  after: HitCursor | null,
  limit: number,
): Promise<{ rows: Placed[]; rest: string | null }> {
  const found = new Map<string, Placed>();
  let from = after;
  for (let batch = limit; batch <= MOST_AT_ONCE; batch *= 4) {
    const parts = await Promise.all(SEARCHED.map((column) => nextHits(scope, sql, q, column, from, batch)));
    const merged = parts.flat().sort(inOrder).slice(0, batch);
    for (const { isFirst, text, ...row } of merged) if (isFirst) found.set(row.id, { ...row, place: placeOf({ text, id: row.id }) });
    if (found.size >= limit || merged.length < batch) return { rows: [...found.values()].slice(0, limit), rest: null };
    from = merged.at(-1)!;
  }
  return { rows: [...found.values()], rest: from && placeOf(from) };
}

async function nextHits(
  { projectId }: Scope,
  sql: Sql,
  q: string,
  column: Searched,
  after: HitCursor | null,
  limit: number,
): Promise<Hit[]> {
  const text = (each: Searched) => sql`case when ${inRange(sql, each, q)} then lower(u.${sql(each)}) collate "C" end`;
  const beyond = after
    ? sql`and lower(u.${sql(column)}) ~>=~ ${after.text}::text and (lower(u.${sql(column)}) ~>~ ${after.text}::text or u.id > ${after.id}::uuid)`
    : sql``;
  return await sql<Hit[]>`
    select ${userColumns(sql)}, lower(u.${sql(column)}) as text,
      lower(u.${sql(column)}) collate "C" = least(${text("external_id")}, ${text("name")}, ${text("email")}) as "isFirst"
    from connected_user u where u.project_id = ${projectId} and u.kind = 'user' and ${inRange(sql, column, q)} ${beyond}
    order by lower(u.${sql(column)}) using ~<~, u.id limit ${limit}`;
}
