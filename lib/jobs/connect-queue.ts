import { sql as chunk, type SQL } from "drizzle-orm";
import type { Db } from "pg-boss";
import type postgres from "postgres";
import type { Database, Sql } from "#db/client.ts";

/** A pool, or a transaction of it. */
export type RawSql = Pick<Sql, "unsafe">;

/** How pg-boss speaks to Postgres through our client. */
export function throughSql(sql: RawSql): Db {
  return {
    executeSql: async (text, values = []) => {
      const rows = await sql.unsafe(text, values as postgres.ParameterOrJSON<never>[], { prepare: values.length > 0 });
      return { rows: rows as unknown as unknown[] };
    },
  };
}

/** For what pg-boss does by itself: some of it begins and commits, which wants one connection from end to end. */
export function throughPool(sql: Sql): Db {
  const plain = throughSql(sql);
  return {
    executeSql: async (text, values) => {
      if (!/^\s*BEGIN\b/i.test(text)) return await plain.executeSql(text, values);
      const connection = await sql.reserve();
      try {
        return { rows: ((await connection.unsafe(text)) as unknown as unknown[][]).flat() };
      } finally {
        connection.release();
      }
    },
  };
}

/** The same in a transaction of Drizzle's. pg-boss's own adapter for it parses every statement anew. */
export function throughDrizzle(tx: Pick<Database, "execute">): Db {
  return {
    executeSql: async (text, values = []) => ({ rows: (await tx.execute(withValues(text, values))) as unknown as unknown[] }),
  };
}

function withValues(text: string, values: unknown[]): SQL {
  const parts = text.split(/\$(\d+)/);
  return chunk.join(parts.map((part, index) => (index % 2 === 0 ? chunk.raw(part) : chunk`${chunk.param(values[Number(part) - 1])}`)));
}
