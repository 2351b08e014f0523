import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, chown, mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { EmbeddedPostgresError } from "./embedded-postgres-error.ts";
import { preparePostgresBinaries } from "./postgres-binaries.ts";
import { choosePostgresUser, type PostgresUser } from "./postgres-user.ts";
import { releaseCluster } from "./release-cluster.ts";

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
};

const START_TIMEOUT = 60_000;
const STOP_TIMEOUT = 15_000;
const LOG_LIMIT = 10 * 1024 * 1024;

/**
 * Runs the Postgres that npm brought, on a free loopback port, with a password of its own.
 *
 * It ends with this process, however that ends: a watcher holds the other end of a pipe from us and asks Postgres for a
 * fast shutdown when the pipe closes. It runs in a session of its own, so Ctrl-C doesn't reach it before we are done with it.
 */
export async function startEmbeddedPostgres({ folder, durable }: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const cluster = path.join(folder, "postgres");
  const passwordFile = path.join(folder, "postgres-password");
  const logFile = path.join(folder, "postgres.log");

  const user = await choosePostgresUser(cluster);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const native = await preparePostgresBinaries(user, folder);
  await trimLog(logFile);
  if (!existsSync(cluster)) await createCluster(native, user, folder, passwordFile, logFile);

  const password = await readFile(passwordFile, "utf8").catch(() => {
    throw new EmbeddedPostgresError(`The database in ${cluster} has lost its password file. Put ${passwordFile} back.`);
  });

  const deadline = Date.now() + START_TIMEOUT;
  for (;;) {
    await releaseCluster(cluster);
    const port = await freePort();
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
    const reason = await lastFatal(logFile);
    // A postmaster killed a moment ago: its backends hold shared memory until they notice. Another process took the port: try the next.
    const passing = /shared memory|lock file|could not create any TCP|Address already in use/i.test(reason);
    if (!passing || Date.now() > deadline - START_TIMEOUT / 2) {
      throw new EmbeddedPostgresError(`The embedded database did not start: ${reason} The whole story is in ${logFile}.`);
    }
    await sleep(200);
  }
}

type Launched = { child: ChildProcess; pid: number; exited: Promise<string> };

/** Made aside and moved into place, so that a start killed half-way leaves no half-made database. */
async function createCluster(native: string, user: PostgresUser, folder: string, passwordFile: string, logFile: string): Promise<void> {
  const unfinished = path.join(folder, "postgres.new");
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  const password = randomBytes(24).toString("base64url");
  const handedOver = `${passwordFile}.new`;
  await writeFile(handedOver, password, { mode: 0o600 });
  if (user.uid !== undefined && user.gid !== undefined) {
    await chown(unfinished, user.uid, user.gid);
    await chown(handedOver, user.uid, user.gid);
  }
  const log = await open(logFile, "a", 0o600);
  const child = spawn(
    path.join(native, "bin/initdb"),
    [
      ...["--pgdata", unfinished, "--username", "patchbay", "--pwfile", handedOver, "--auth", "scram-sha-256", "--encoding", "UTF8"],
      // Sorting and letter case come with Postgres itself: the same on every machine, whatever its locales.
      ...["--locale", "C", "--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"],
    ],
    {
      ...identity(user),
      cwd: "/",
      stdio: ["ignore", log.fd, log.fd],
      env: environment(),
      timeout: START_TIMEOUT,
    },
  );
  const how = await ended(child);
  await log.close();
  if (how !== "exit code 0") {
    const reason = await lastFatal(logFile);
    await rm(unfinished, { recursive: true, force: true });
    await rm(handedOver, { force: true });
    throw new EmbeddedPostgresError(`The embedded database could not be created: ${reason} The whole story is in ${logFile}.`);
  }
  if (user.uid !== undefined) await chown(handedOver, 0, 0);
  await rename(handedOver, passwordFile);
  await rename(unfinished, path.join(folder, "postgres"));
}

async function launch(
  native: string,
  user: PostgresUser,
  cluster: string,
  port: number,
  durable: boolean,
  logFile: string,
): Promise<Launched> {
  const settings = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "128MB",
    timezone: "UTC",
    log_timezone: "UTC",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off", autovacuum: "off" }),
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  // `$$` is this shell, which becomes Postgres. The watcher is orphaned on purpose: Postgres distrusts children it doesn't know.
  // End of file on 3 means that our starter is gone; a line means that Postgres is, and its id may be someone else's by now.
  const script = '((read -r _ <&3 || kill -INT $$) >/dev/null 2>&1 &) ; exec "$@" 3<&-';
  const log = await open(logFile, "a", 0o600);
  const child = spawn("/bin/sh", ["-c", script, "sh", path.join(native, "bin/postgres"), "-D", cluster, ...args], {
    ...identity(user),
    cwd: "/",
    detached: true,
    stdio: ["ignore", log.fd, log.fd, "pipe"],
    env: environment(),
  });
  const watcher = child.stdio[3];
  watcher?.on("error", () => {});
  const exited = ended(child).then((how) => {
    if (watcher && "end" in watcher) watcher.end("done\n");
    return how;
  });
  await log.close();
  return { child, pid: child.pid ?? -1, exited };
}

/** Postgres writes "ready" on the eighth line of postmaster.pid once it takes connections. */
async function isReady({ pid, exited }: Launched, cluster: string, deadline: number): Promise<boolean> {
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

async function stop({ child, exited }: Launched): Promise<void> {
  child.kill("SIGINT");
  const late = setTimeout(() => child.kill("SIGQUIT"), STOP_TIMEOUT);
  const stuck = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT + 5_000);
  await exited;
  clearTimeout(late);
  clearTimeout(stuck);
}

function ended(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal ? `signal ${signal}` : `exit code ${code}`));
  });
}

function identity({ uid, gid }: PostgresUser): { uid?: number; gid?: number } {
  return uid === undefined ? {} : { uid, gid };
}

/** None of ours but what every program needs: keys and passwords in the environment are not Postgres's business. */
function environment(): NodeJS.ProcessEnv {
  return { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === "string") throw new EmbeddedPostgresError("No free port was found on 127.0.0.1.");
  return address.port;
}

async function lastFatal(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-40);
  const telling = lines.filter((line) => /FATAL|PANIC|error:/i.test(line)).at(-1) ?? lines.at(-1) ?? "";
  const text = telling.replace(/^.*?(FATAL|PANIC|error):\s*/i, "").trim() || "it gave no reason";
  return text.endsWith(".") ? text : `${text}.`;
}

async function trimLog(logFile: string): Promise<void> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > LOG_LIMIT) await rename(logFile, `${logFile}.1`);
  await chmod(logFile, 0o600).catch(() => {});
}
