import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrateDatabase } from "./migrate.ts";
import { testDatabase } from "./testing.ts";

const { url, sql } = await testDatabase();
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "migrations-"));
  await mkdir(path.join(folder, "meta"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** `at` is when the migration was generated: far in the past, so as not to collide with real ones. */
async function writeMigrations(migrations: { at: number; tag: string; sql: string }[]): Promise<void> {
  const entries = migrations.map(({ at, tag }, idx) => ({ idx, version: "7", when: at, tag, breakpoints: true }));
  await writeFile(path.join(folder, "meta/_journal.json"), JSON.stringify({ version: "7", dialect: "postgresql", entries }));
  for (const migration of migrations) await writeFile(path.join(folder, `${migration.tag}.sql`), migration.sql);
}

test("of eight replicas booting at once, one migrates and the others find nothing to do", async () => {
  const slow = { at: 1000, tag: "0000_boot", sql: "select pg_sleep(0.2);--> statement-breakpoint\ncreate table boot (id int)" };
  await writeMigrations([slow]);
  const ran = await Promise.all(Array.from({ length: 8 }, () => migrateDatabase(url, { folder })));
  expect(ran.filter((names) => names.length > 0)).toEqual([["0000_boot"]]);
  expect(await sql`select * from boot`).toEqual([]);
});

test("a failing migration leaves nothing behind, and the earlier ones of the same start neither", async () => {
  const first = { at: 1000, tag: "0000_boot", sql: "select 1" };
  const good = { at: 2000, tag: "0001_good", sql: "create table good (id int)" };
  const bad = { at: 3000, tag: "0002_bad", sql: "create table bad (id int);--> statement-breakpoint\nselect nonsense" };
  await writeMigrations([first, good, bad]);
  await expect(migrateDatabase(url, { folder })).rejects.toThrow(/nonsense/);
  const [tables] = await sql`select to_regclass('good') as good, to_regclass('bad') as bad`;
  expect(tables).toEqual({ good: null, bad: null });
});

test("a migration that a merge brought in late still runs", async () => {
  const first = { at: 1000, tag: "0000_boot", sql: "select 1" };
  const late = { at: 1500, tag: "0001_late", sql: "create table late (id int)" };
  const newest = { at: 4000, tag: "0002_newest", sql: "create table newest (id int)" };
  await writeMigrations([first, newest]);
  expect(await migrateDatabase(url, { folder })).toEqual(["0002_newest"]);
  await writeMigrations([first, late, newest]);
  expect(await migrateDatabase(url, { folder })).toEqual(["0001_late"]);
});

test("a test file's database is migrated, and empty", async () => {
  expect(await migrateDatabase(url)).toEqual([]);
});
