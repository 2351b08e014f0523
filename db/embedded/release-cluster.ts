import { readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";

const FAST_SHUTDOWN = 10_000;
const IMMEDIATE_SHUTDOWN = 10_000;

/**
 * Makes the cluster free to start: waits for a Postgres that an earlier, killed start left shutting down, and removes the
 * lock file of one that is gone. Postgres takes any process of that number for its predecessor, which in a container is
 * often some other process of ours.
 *
 * The caller must hold the data folder's lock, or the Postgres found here could be in use.
 */
export async function releaseCluster(cluster: string): Promise<void> {
  const lockFile = path.join(cluster, "postmaster.pid");
  const pid = await readPid(lockFile);
  if (pid === undefined) return;

  if (await isPostgresOf(pid, cluster)) {
    signal(pid, "SIGINT");
    if (!(await isGone(pid, cluster, FAST_SHUTDOWN))) signal(pid, "SIGQUIT");
    if (!(await isGone(pid, cluster, IMMEDIATE_SHUTDOWN))) {
      throw new EmbeddedPostgresError(
        `An earlier database (process ${pid}) still holds ${cluster} and does not stop. End that process, then start again.`,
      );
    }
  }
  if ((await readPid(lockFile)) === pid) await rm(lockFile, { force: true });
}

async function readPid(lockFile: string): Promise<number | undefined> {
  const text = await readFile(lockFile, "utf8").catch(() => "");
  const pid = Number.parseInt(text, 10);
  return Number.isInteger(pid) && pid > 0 ? pid : undefined;
}

async function isPostgresOf(pid: number, cluster: string): Promise<boolean> {
  const command = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  const args = command.split("\0");
  return path.basename(args[0] ?? "") === "postgres" && args.includes(cluster);
}

async function isGone(pid: number, cluster: string, patience: number): Promise<boolean> {
  const deadline = Date.now() + patience;
  while (Date.now() < deadline) {
    if (!(await isPostgresOf(pid, cluster))) return true;
    await sleep(20);
  }
  return false;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // Gone between two looks.
  }
}
