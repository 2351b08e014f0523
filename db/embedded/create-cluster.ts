import { randomBytes } from "node:crypto";
import { chown, mkdtemp, open, readdir, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { postgresEnvironment, readReason } from "./postgres-log.ts";
import type { PostgresUser } from "./postgres-user.ts";
import { spawnTied } from "./spawn-tied.ts";

const TIMEOUT = 60_000;
const UNFINISHED = "postgres.new-";

/** Makes `folder/postgres` and its password: aside, then moved into place, so that a start killed half-way leaves no half-made database. */
export async function createCluster(native: string, user: PostgresUser, folder: string, logFile: string): Promise<void> {
  await removeUnfinished(folder);
  const cluster = await mkdtemp(path.join(folder, UNFINISHED));
  const passwordFile = `${cluster}.password`;
  await writeFile(passwordFile, randomBytes(24).toString("base64url"), { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(cluster, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }

  const how = await initialize(native, user, cluster, passwordFile, logFile);
  if (how !== "exit code 0") {
    const reason = await readReason(logFile, how);
    await removeUnfinished(folder);
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
  const { child, exited } = spawnTied(path.join(native, "bin/initdb"), args, {
    ...(user.uid === undefined ? {} : { uid: user.uid, gid: user.gid }),
    cwd: "/",
    env: postgresEnvironment(),
    output: log.fd,
    lastSignal: "INT",
  });
  const late = setTimeout(() => child.kill("SIGKILL"), TIMEOUT);
  const how = await exited;
  clearTimeout(late);
  await log.close();
  return how;
}

/** What a killed start left. Its initdb may still be writing for a moment, so that a folder can't always be emptied: the next start will. */
async function removeUnfinished(folder: string): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.startsWith(UNFINISHED));
  await Promise.all(names.map((name) => rm(path.join(folder, name), { recursive: true, force: true }).catch(() => {})));
}
