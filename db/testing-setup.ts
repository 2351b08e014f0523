import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import postgres from "postgres";
import type { TestProject } from "vitest/node";
import { startEmbeddedPostgres } from "./embedded/start-embedded-postgres.ts";
import { migrateDatabase } from "./migrate.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** For the harness alone: tests call testDatabase(). */
    testServer: { adminUrl: string; template: string };
  }
}

/** One Postgres for the whole test run, with a migrated template that testDatabase() clones. `TEST_DATABASE_URL` uses yours instead. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const server = await startTestServer();
  const template = `patchbay_template_${randomBytes(4).toString("hex")}`;
  const admin = postgres(server.adminUrl, { max: 1, onnotice: () => {} });
  await admin`create database ${admin(template)}`;
  await migrateDatabase(onDatabase(server.adminUrl, template));
  // Cloning needs a template that nobody is connected to.
  await admin`alter database ${admin(template)} with allow_connections false is_template true`;
  project.provide("testServer", { adminUrl: server.adminUrl, template });

  return async () => {
    await admin`alter database ${admin(template)} with is_template false`;
    await admin`drop database ${admin(template)}`;
    await admin.end();
    await server.stop();
  };
}

async function startTestServer(): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { adminUrl: given, stop: async () => {} };

  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-test-"));
  await chmod(folder, 0o755);
  const server = await startEmbeddedPostgres({ folder, durable: false });
  return {
    adminUrl: server.url("postgres"),
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function onDatabase(url: string, name: string): string {
  const changed = new URL(url);
  changed.pathname = `/${name}`;
  return changed.href;
}
