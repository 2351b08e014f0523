import type { Db } from "pg-boss";
import type { Sql } from "#db/client.ts";
import { runStatement, type Transaction } from "#db/run-statement.ts";

/** How pg-boss speaks to Postgres through our clients. Its own adapter for Drizzle parses every statement anew, and fails on objects. */
export function through(tx: Transaction): Db {
  return { executeSql: async (text, values = []) => ({ rows: await runStatement(tx, text, values) }) };
}

/** For what pg-boss does by itself: some of it begins and commits, which wants one connection from end to end. */
export function throughPool(sql: Sql): Db {
  const plain = through(sql);
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
