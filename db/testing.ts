import { randomBytes } from "node:crypto";
import postgres, { type Sql } from "postgres";
import { afterAll, inject } from "vitest";
import { createDatabase, type Database } from "./client.ts";

export type TestDatabase = { url: string; db: Database; sql: Sql; close: () => Promise<void> };

/**
 * A migrated, empty database of this test file's own, dropped after its last test. Call it at the top of the file:
 *
 *     const { db, sql, url } = await testDatabase();
 *
 * `DATABASE_URL` is set to it, for code that reads the environment.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const { adminUrl, template } = inject("testServer");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await asAdmin(adminUrl, (admin) => admin`create database ${admin(name)} template ${admin(template)}`);

  const address = new URL(adminUrl);
  address.pathname = `/${name}`;
  const url = address.href;
  process.env.DATABASE_URL = url;
  const { db, sql, close: disconnect } = createDatabase(url);

  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= disconnect().then(() => asAdmin(adminUrl, (admin) => admin`drop database if exists ${admin(name)} with (force)`));
    return closing;
  };
  afterAll(close);
  return { url, db, sql, close };
}

async function asAdmin(url: string, run: (admin: Sql) => Promise<unknown>): Promise<void> {
  const admin = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await run(admin);
  } finally {
    await admin.end({ timeout: 5 });
  }
}
