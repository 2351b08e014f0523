import type { Sql } from "#db/client.ts";
import { runStatement } from "#db/run-statement.ts";
import type { KeyRing } from "./keys.ts";
import { open, seal } from "./seal.ts";
import type { SealedColumn } from "./sealed-columns.ts";

/** Opening and sealing take no more than a few milliseconds of a process that answers calls meanwhile. */
const BATCH = 50;

export type Place = { table: string; projectId: string; rowId: string; keyId: string };
export type SealedAgain = {
  /** Where the next batch begins; null at the end. */
  after: string[] | null;
  done: number;
  unopened: Place[];
};

type Row = { key: string[]; projectId: string; rowId: string; field: string; ciphertext: Uint8Array; keyId: string };

/**
 * Seals the next values of a column that are under `older` keys anew, with the same place, under the key that seals. A value that
 * anybody has written since it was read is left as it is, and one whose row is being written just now: nothing is waited for, and
 * nothing else of a row changes. Values that don't open are left, and told.
 */
export async function sealAgain(
  sql: Sql,
  keys: KeyRing,
  column: SealedColumn,
  older: readonly string[],
  after: string[] | null,
): Promise<SealedAgain> {
  const rows = await runStatement<Row>(sql, readStatement(column, after !== null), [JSON.stringify(older), ...(after ?? [])]);
  const unopened: Place[] = [];
  const fresh: Record<string, string>[] = [];
  for (const { key, field, ciphertext, keyId, projectId, rowId } of rows) {
    const place = { projectId, rowId, field };
    try {
      const sealed = seal(open({ ciphertext, keyId }, place, keys), place, keys);
      const keyed = Object.fromEntries(key.map((value, n) => [`k${n}`, value]));
      fresh.push({ ...keyed, held: hex(ciphertext), fresh: hex(sealed.ciphertext) });
    } catch {
      unopened.push({ table: column.table, projectId, rowId, keyId });
    }
  }
  const [stored] =
    fresh.length > 0 ? await runStatement<{ n: number }>(sql, writeStatement(column), [JSON.stringify(fresh), keys.sealing.id]) : [];
  return { after: rows.length === BATCH ? rows.at(-1)!.key : null, done: stored?.n ?? 0, unopened };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");

// Times as text keep their microseconds.
function readStatement({ table, ciphertext, keyId, rowId, field, key }: SealedColumn, continues: boolean): string {
  const columns = key.map(([name]) => name).join(", ");
  const from = key.map(([, type], n) => `$${n + 2}::text::${type}`).join(", ");
  return `
    select array[${key.map(([name]) => `${name}::text`).join(", ")}] as key, project_id as "projectId", ${rowId} as "rowId",
      ${"is" in field ? `'${field.is}'` : field.column} as field, ${ciphertext} as ciphertext, ${keyId} as "keyId"
    from ${table}
    where ${keyId} = any(array(select json_array_elements_text($1::text::json))) ${continues ? `and (${columns}) > (${from})` : ""}
    order by ${columns} limit ${BATCH}`;
}

function writeStatement({ table, ciphertext, keyId, key }: SealedColumn): string {
  const sameRow = (rows: string) => key.map(([name, type], n) => `t.${name} = ${rows}.k${n}::${type}`).join(" and ");
  const given = key.map((_, n) => `k${n} text`).join(", ");
  return `
    with given as (select * from json_to_recordset($1::text::json) as g(${given}, held text, fresh text)),
    held as (
      select g.* from ${table} t join given g on ${sameRow("g")} and t.${ciphertext} = decode(g.held, 'hex')
      for no key update of t skip locked
    ),
    stored as (
      update ${table} t set ${ciphertext} = decode(h.fresh, 'hex'), ${keyId} = $2 from held h where ${sameRow("h")} returning 1
    )
    select count(*)::int as n from stored`;
}
