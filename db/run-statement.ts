import { sql as chunk, type SQL } from "drizzle-orm";
import type postgres from "postgres";
import type { Database, Sql } from "./client.ts";

/** A pool of postgres.js, or a transaction of it. */
export type RawSql = Pick<Sql, "unsafe">;
/** Of either kind: what must be kept together with its caller's writes takes whichever the caller has. */
export type Transaction = Pick<Database, "execute"> | RawSql;

/** Runs one statement with `$1`, `$2`, ... in it. postgres.js keeps it prepared; Drizzle has every statement parsed anew. */
export async function runStatement<Row>(tx: Transaction, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const rows =
    "unsafe" in tx
      ? await tx.unsafe(text, values as postgres.ParameterOrJSON<never>[], { prepare: values.length > 0 })
      : await tx.execute(withValues(text, values));
  return rows as unknown as Row[];
}

function withValues(text: string, values: readonly unknown[]): SQL {
  const parts = text.split(/\$(\d+)/);
  return chunk.join(parts.map((part, index) => (index % 2 === 0 ? chunk.raw(part) : chunk`${chunk.param(values[Number(part) - 1])}`)));
}
