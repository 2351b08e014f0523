import type { Sql } from "#db/client.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";

/**
 * Ids of the keys that values of the database are sealed with, whichever those are. One look into an index for each column and key,
 * however many rows there are.
 */
export async function listUsedKeys(sql: Sql): Promise<string[]> {
  const found = new Set<string>();
  for (const { table, keyId } of SEALED_COLUMNS) {
    const rows = await sql<{ id: string }[]>`
      with recursive used(id) as (
        (select ${sql(keyId)} from ${sql(table)} where ${sql(keyId)} is not null order by 1 limit 1)
        union all
        select (select ${sql(keyId)} from ${sql(table)} where ${sql(keyId)} > used.id order by 1 limit 1) from used where used.id is not null
      )
      select id from used where id is not null`;
    for (const { id } of rows) found.add(id);
  }
  return [...found].sort();
}

/** How many values are sealed with a key, `most` at most. */
export async function countSealedWith(sql: Sql, id: string, most = Number.MAX_SAFE_INTEGER): Promise<number> {
  let n = 0;
  for (const { table, keyId } of SEALED_COLUMNS) {
    if (n >= most) break;
    const [row] = await sql<{ n: number }[]>`
      select count(*)::int as n from (select from ${sql(table)} where ${sql(keyId)} = ${id} limit ${most - n}) counted`;
    n += row!.n;
  }
  return n;
}
