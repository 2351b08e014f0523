import { drizzle, type PostgresJsDatabase } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { env } from "#lib/env.ts";

export type Sql = postgres.Sql;
/** What queries take: the pool or a transaction of it. */
export type Database = Pick<
  PostgresJsDatabase,
  "select" | "selectDistinct" | "insert" | "update" | "delete" | "execute" | "transaction" | "$with" | "with"
>;

export type Connection = { db: Database; sql: Sql; close(): Promise<void> };

/**
 * Opens a pool. Works behind PgBouncer in transaction mode: no session state. Drizzle changes the type parsers of the client
 * it is given, so `sql` is a pool of its own kind sharing nothing but the address.
 */
export function createDatabase(url: string, options: { max?: number; applicationName?: string } = {}): Connection {
  const settings = {
    max: options.max ?? 10,
    idle_timeout: 60,
    // One that restarts refuses at once (quality.md, Reliability 5). This is for one whose host is gone without a word: no less, since
    // eight processes that open their pools at one moment keep a small machine's Postgres busy for over a second.
    connect_timeout: 5,
    // postgres.js counts the failures of all connections together and soon waits for 20 s, calls with it: a restart would be felt so long.
    backoff: () => 0.1 + Math.random() * 0.15,
    onnotice: () => {},
    connection: { application_name: options.applicationName ?? "patchbay" },
  };
  const forDrizzle = postgres(url, settings);
  const sql = postgres(url, settings);
  return {
    db: drizzle(forDrizzle, { casing: "snake_case" }),
    sql,
    close: async () => {
      await Promise.all([forDrizzle.end({ timeout: 5 }), sql.end({ timeout: 5 })]);
    },
  };
}

const shared = globalThis as unknown as { patchbayDatabase?: Connection };

/** The process's own pool, opened at first use. Survives hot reload. */
export function getDatabase(): Connection {
  shared.patchbayDatabase ??= createDatabase(env().DATABASE_URL);
  return shared.patchbayDatabase;
}
