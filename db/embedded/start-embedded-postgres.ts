import { existsSync } from "node:fs";
import { mkdir, open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { createCluster } from "./create-cluster.ts";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { preparePostgresBinaries } from "./postgres-binaries.ts";
import { postgresEnvironment, readReason, trimLog } from "./postgres-log.ts";
import { choosePostgresUser, type PostgresUser } from "./postgres-user.ts";
import { releaseCluster } from "./release-cluster.ts";
import { spawnTied, type Tied } from "./spawn-tied.ts";

export type EmbeddedPostgres = {
  /** Address of one of its databases, password included; loopback only. */
  url: (database: string) => string;
  pid: number;
  /** Says how it ended, whether by stop() or by itself. */
  exited: Promise<string>;
  /** Fast shutdown: ends open connections, keeps everything committed. Resolves when it is gone. */
  stop: () => Promise<void>;
};

export type EmbeddedPostgresOptions = {
  /** Holds `postgres/` (the cluster), `postgres-password` and `postgres.log`. The Postgres user must be able to reach it. */
  folder: string;
  /** False for throw-away test databases: no fsync, no autovacuum. */
  durable: boolean;
  /** The port to listen on, for a restart under clients that hold the address; else a free one. */
  port?: number;
};

const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 15_000;

/**
 * Runs the Postgres that npm brought, on a free loopback port, with a password of its own.
 *
 * It ends with this process, however that ends, and Ctrl-C doesn't reach it before we are done with it: see spawnTied().
 */
export async function startEmbeddedPostgres({ folder, durable, port: given }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = path.join(folder, "postgres");
  const passwordFile = path.join(folder, "postgres-password");
  const logFile = path.join(folder, "postgres.log");

  const user = await choosePostgresUser(cluster);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const native = await preparePostgresBinaries(user, folder);
  await trimLog(logFile);
  if (!existsSync(cluster)) await createCluster(native, user, folder, logFile);

  const password = await readFile(passwordFile, "utf8").catch(() => {
    throw new EmbeddedPostgresError(`The database in ${cluster} has lost its password file. Put ${passwordFile} back.`);
  });

  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    await releaseCluster(cluster);
    const port = given ?? (await freePort());
    const attempt = await launch(native, user, cluster, port, durable, logFile);
    if (await isReady(attempt, cluster, deadline)) {
      return {
        url: (database) => `postgres://patchbay:${password}@127.0.0.1:${port}/${database}`,
        pid: attempt.pid,
        exited: attempt.exited,
        stop: () => stop(attempt),
      };
    }
    await stop(attempt);
    const reason = await readReason(logFile, "it gave no reason");
    // A postmaster killed a moment ago: its backends hold shared memory until they notice. Another process took the port: try the next.
    const passing = /shared memory|lock file|could not create any TCP|Address already in use/i.test(reason);
    if (!passing || Date.now() > deadline - START_TIMEOUT / 2) {
      throw new EmbeddedPostgresError(`The embedded database did not start: ${reason} The whole story is in ${logFile}.`);
    }
    await sleep(200);
  }
}

async function launch(native: string, user: PostgresUser, cluster: string, port: number, durable: boolean, logFile: string): Promise<Tied> {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off", autovacuum: "off", wal_init_zero: "off" }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await open(logFile, "a", 0o600);
  const { uid, gid } = user;
  const launched = spawnTied(path.join(native, "bin/postgres"), ["-D", cluster, ...args], {
    ...(uid === undefined ? {} : { uid, gid }),
    cwd: "/",
    env: postgresEnvironment(),
    output: log.fd,
    lastSignal: "INT",
  });
  await log.close();
  return launched;
}

/** Postgres writes "ready" on the eighth line of postmaster.pid once it takes connections. */
async function isReady({ pid, exited }: Tied, cluster: string, deadline: number): Promise<boolean> {
  let gone = false;
  void exited.then(() => {
    gone = true;
  });
  while (!gone && Date.now() < deadline) {
    const lines = (await readFile(path.join(cluster, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
    if (Number(lines[0]) === pid && lines[7]?.trim() === "ready") return true;
    await sleep(10);
  }
  return false;
}

async function stop({ child, exited }: Tied): Promise<void> {
  child.kill("SIGINT");
  const late = setTimeout(() => child.kill("SIGQUIT"), STOP_TIMEOUT);
  const stuck = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT + 5_000);
  await exited;
  clearTimeout(late);
  clearTimeout(stuck);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new EmbeddedPostgresError("No free port was found on 127.0.0.1.");
  return address.port;
}
