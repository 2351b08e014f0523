import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "./start-embedded-postgres.ts";

let folder = "";
const running: EmbeddedPostgres[] = [];
const starters: ChildProcess[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), "patchbay-embedded-"));
  chmodSync(folder, 0o755);
});
afterEach(async () => {
  for (const starter of starters.splice(0)) starter.kill("SIGKILL");
  await Promise.all(running.splice(0).map((server) => server.stop()));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, durable: true });
  running.push(server);
  return server;
}

/** In a process that can be killed; prints Postgres's process id. */
function startElsewhere(inFolder: string): ChildProcess {
  const program = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(path.join(import.meta.dirname, "start-embedded-postgres.ts"))});
    const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(inFolder)}, durable: true });
    console.log(server.pid);
    setInterval(() => {}, 1000);`;
  const starter = spawn(process.execPath, ["--input-type=module", "-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  starters.push(starter);
  return starter;
}

async function query(server: EmbeddedPostgres, text: string): Promise<unknown[]> {
  const sql = postgres(server.url("postgres"), { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    return await sql.unsafe(text);
  } finally {
    await sql.end({ timeout: 1 }).catch(() => {});
  }
}

test("what was committed is there after a kill -9 of the postmaster, at the next start, at once", async () => {
  const first = await start();
  await query(first, "create table kept (n int)");
  await query(first, "insert into kept values (42)");
  // A connection of its own keeps a backend alive for a moment after the postmaster: the shared memory stays in use.
  const busy = postgres(first.url("postgres"), { max: 1, onnotice: () => {} });
  const sleeping = busy`select pg_sleep(30)`.catch(() => {});
  await sleep(100);
  process.kill(first.pid, "SIGKILL");

  const second = await start();
  expect(await query(second, "select n from kept")).toEqual([{ n: 42 }]);
  await busy.end({ timeout: 0 });
  await sleeping;
});

test("a stale lock file that names a living process of somebody else doesn't hinder", async () => {
  const server = await start();
  await server.stop();
  // Of the same user: Postgres itself sees that nobody else's process can be its predecessor.
  const { uid, gid } = statSync(path.join(folder, "postgres"));
  const stranger = spawn("sleep", ["60"], process.getuid?.() === 0 ? { uid, gid } : {});
  writeFileSync(path.join(folder, "postgres/postmaster.pid"), `${stranger.pid}\n${path.join(folder, "postgres")}\n`);
  expect(await query(await start(), "select 1 as one")).toEqual([{ one: 1 }]);
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
});

test("kill -9 of the process that started it ends Postgres too, by a clean shutdown", async () => {
  const starter = startElsewhere(folder);
  const pid = Number(await new Promise((resolve) => starter.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString()))));
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  starter.kill("SIGKILL");
  await expect.poll(() => existsSync(`/proc/${pid}`), { timeout: 20_000 }).toBe(false);
  expect(readFileSync(path.join(folder, "postgres.log"), "utf8").trim()).toMatch(/database system is shut down$/);
});

test("it listens on loopback only and lets nobody in without the password", async () => {
  const server = await start();
  const [row] = (await query(
    server,
    "select current_setting('listen_addresses') as addresses, current_setting('unix_socket_directories') as sockets",
  )) as {
    addresses: string;
    sockets: string;
  }[];
  expect(row).toEqual({ addresses: "127.0.0.1", sockets: "" });
  const guess = new URL(server.url("postgres"));
  guess.password = "guess";
  const sql = postgres(guess.href, { max: 1 });
  await expect(sql`select 1`).rejects.toThrow(/password authentication failed/);
  await sql.end();
});

test("the password and the cluster are readable by their owner only", async () => {
  await start();
  expect(statSync(path.join(folder, "postgres-password")).mode & 0o077).toBe(0);
  expect(statSync(path.join(folder, "postgres")).mode & 0o077).toBe(0);
});

test("Postgres never runs as root", async () => {
  const server = await start();
  const uid = Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${server.pid}/status`, "utf8"))?.[1]);
  expect(uid).not.toBe(0);
  expect(uid).toBe(statSync(path.join(folder, "postgres")).uid);
});

test("a start killed while it made the cluster is made good by the next", async () => {
  const other = mkdtempSync(path.join(tmpdir(), "patchbay-half-"));
  chmodSync(other, 0o755);
  const starter = startElsewhere(other);
  await expect
    .poll(() => readdirSync(other).some((name) => existsSync(path.join(other, name, "PG_VERSION"))), { interval: 5, timeout: 20_000 })
    .toBe(true);
  starter.kill("SIGKILL");
  expect(existsSync(path.join(other, "postgres"))).toBe(false);

  const server = await startEmbeddedPostgres({ folder: other, durable: false });
  expect(await query(server, "select 1 as one")).toEqual([{ one: 1 }]);
  await server.stop();
  rmSync(other, { recursive: true, force: true });
});
