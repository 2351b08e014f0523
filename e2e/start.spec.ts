import { existsSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "./fixtures/app.ts";
import { startApp } from "./fixtures/start-app.ts";

let folder = "";

test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "patchbay-e2e-start-"));
  await chmod(folder, 0o755);
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

/** Process ids of everything that was started for this folder, the database included. */
async function processesOf(starter: number): Promise<number[]> {
  const all = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
  const parents = new Map(all.map((pid) => [pid, parentOf(pid)]));
  const isBelow = (pid: number): boolean => pid === starter || ((parents.get(pid) ?? 0) > 1 && isBelow(parents.get(pid) ?? 0));
  return all.filter(isBelow);
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  } catch {
    return 0;
  }
}

test("SIGTERM ends web, gateway, TaskLab and database, with exit code 0", async () => {
  const { app, pid, stop } = await startApp(folder);
  const processes = await processesOf(pid);
  expect(processes.length).toBeGreaterThanOrEqual(5);
  expect((await fetch(`${app.gateway}/readyz`)).status).toBe(200);
  expect(await stop()).toBe(0);
  expect(processes.filter((each) => existsSync(`/proc/${each}`))).toEqual([]);
});

test("after a kill -9 nothing runs on, and the next start opens the same database with the same keys", async () => {
  const first = await startApp(folder, {
    PATCHBAY_ADMIN_EMAIL: "ada@example.com",
    PATCHBAY_ADMIN_PASSWORD: "correct horse battery staple",
  });
  expect(first.app.setupLink).toBeNull();
  const processes = await processesOf(first.pid);
  process.kill(first.pid, "SIGKILL");
  const second = await startApp(folder);
  // There is a member already: it is the same database.
  expect(second.app.setupLink).toBeNull();
  await expect.poll(() => processes.filter((each) => existsSync(`/proc/${each}`)), { timeout: 20_000 }).toEqual([]);
  expect(await second.stop()).toBe(0);
});

test("when the gateway dies the rest ends too, naming it", async () => {
  const { pid, gone, said } = await startApp(folder);
  const gateway = (await processesOf(pid)).find((each) => readFileSync(`/proc/${each}/cmdline`, "utf8").includes("server/gateway.ts"));
  process.kill(gateway ?? -1, "SIGKILL");
  expect(await gone).toBe(1);
  expect(said()).toContain("The gateway ended unexpectedly (signal SIGKILL).");
});
