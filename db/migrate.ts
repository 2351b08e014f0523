import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { prepareJobQueue } from "./job-queue.ts";

const migrationsFolder = fileURLToPath(new URL("./migrations", import.meta.url));

/** Any number will do, as long as every Patchbay uses the same one. */
const MIGRATION_LOCK = 7_463_920_118;

const SEPARATOR = "--> statement-breakpoint";

/**
 * Brings the database up to the newest migration and makes the partitions of the coming time. Gives the names of the
 * migrations that ran, none when it was up to date.
 *
 * All or nothing, in one transaction that first takes a transaction-level lock: of several replicas booting at once one
 * migrates and the others wait for it. No session state, so PgBouncer in transaction mode may stand between. Kept in
 * Drizzle's own table, but compared one by one: Drizzle looks at the newest only, and silently skips an older one that a
 * merge brought in late.
 */
export async function migrateDatabase(url: string, { folder = migrationsFolder }: { folder?: string } = {}): Promise<string[]> {
  const sql = postgres(url, { max: 1, prepare: false, connect_timeout: 10, onnotice: () => {} });
  try {
    return await sql.begin(async (tx) => {
      await tx`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
      await tx`create schema if not exists drizzle`;
      await tx`create table if not exists drizzle.__drizzle_migrations (id serial primary key, hash text not null, created_at bigint)`;
      const applied = new Set((await tx`select created_at from drizzle.__drizzle_migrations`).map((row) => Number(row.created_at)));

      const ran: string[] = [];
      for (const { name, at, statements } of await readMigrations(folder)) {
        if (applied.has(at)) continue;
        for (const statement of statements) await tx.unsafe(statement);
        const hash = createHash("sha256").update(statements.join(SEPARATOR)).digest("hex");
        await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${at})`;
        ran.push(name);
      }

      const [partitions] = await tx`select to_regprocedure('ensure_partitions()') is not null as exists`;
      if (partitions?.exists) await tx`select ensure_partitions()`;
      await prepareJobQueue(url);
      return ran;
    });
  } finally {
    await sql.end({ timeout: 5 });
  }
}

type Migration = { name: string; at: number; statements: string[] };

/** The files of drizzle-kit, in the order of its journal. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const journal = await readFile(path.join(folder, "meta/_journal.json"), "utf8");
  const { entries } = JSON.parse(journal) as { entries: { tag: string; when: number }[] };
  return Promise.all(
    entries.map(async ({ tag, when }) => {
      const text = await readFile(path.join(folder, `${tag}.sql`), "utf8");
      return { name: tag, at: when, statements: text.split(SEPARATOR) };
    }),
  );
}
