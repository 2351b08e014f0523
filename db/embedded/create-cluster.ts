import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, open, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { postgresEnvironment, readReason } from "./postgres-log.ts";
import type { PostgresUser } from "./postgres-user.ts";
import { howItEnded } from "./spawn-tied.ts";

const TIMEOUT = 60_000;

/** Makes `folder/postgres` and its password: aside, then moved into place, so that a start killed half-way leaves no half-made database. */
export async function createCluster(native: string, user: PostgresUser, folder: string, logFile: string): Promise<void> {
  const cluster = path.join(folder, "postgres.new");
  const passwordFile = path.join(folder, "postgres-password.new");
  await rm(cluster, { recursive: true, force: true });
  await mkdir(cluster, { mode: 0o700 });
  await rm(passwordFile, { force: true });
  await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(cluster, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }

  const how = await initialize(native, user, cluster, passwordFile, logFile);
  if (how !== "exit code 0") {
    const reason = await readReason(logFile, how);
    await rm(cluster, { recursive: true, force: true });
    await rm(passwordFile, { force: true });
    throw new EmbeddedPostgresError(`The embedded database could not be created: ${reason} The whole story is in ${logFile}.`);
  }
  if (user.uid !== undefined) await chown(passwordFile, 0, 0);
  await rename(passwordFile, path.join(folder, "postgres-password"));
  await rename(cluster, path.join(folder, "postgres"));
}

async function initialize(native: string, user: PostgresUser, cluster: string, passwordFile: string, logFile: string): Promise<string> {
  const args = [
    ...["--pgdata", cluster, "--username", "patchbay", "--pwfile", passwordFile, "--auth", "scram-sha-256", "--no-instructions"],
    // Sorting and letter case come with Postgres itself: the same on every machine, whatever its locales.
    ...["--encoding", "UTF8", "--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8"],
  ];
  const log = await open(logFile, "a", 0o600);
  const child = spawn(path.join(native, "bin/initdb"), args, {
    ...(user.uid === undefined ? {} : { uid: user.uid, gid: user.gid }),
    cwd: "/",
    stdio: ["ignore", log.fd, log.fd],
    env: postgresEnvironment(),
    timeout: TIMEOUT,
  });
  const how = await howItEnded(child);
  await log.close();
  return how;
}
