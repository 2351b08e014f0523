import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { NEXT } from "#server/start/places.ts";
import { freePort } from "./free-port.ts";

export type BareNext = { origin: string; pid: number; readyAfterMs: number; stop(): Promise<void> };

const FOLDER = path.join(import.meta.dirname, "baselines/bare-next");
const BUILD_TIMEOUT = 120_000;
const READY_TIMEOUT = 30_000;

/** A Next with one page, built when it isn't yet: what the framework alone costs. */
export async function startBareNext(databaseUrl: string): Promise<BareNext> {
  if (!existsSync(path.join(FOLDER, ".next/BUILD_ID"))) await build();
  const port = await freePort();
  const before = performance.now();
  const child = next(["start", "--port", String(port)], { DATABASE_URL: databaseUrl });
  const origin = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(origin).then(
      (response) => response.ok,
      () => false,
    ))
  ) {
    if (child.exitCode !== null || performance.now() - before > READY_TIMEOUT) {
      child.kill("SIGKILL");
      throw new Error("The bare Next app did not start.");
    }
    await sleep(10);
  }
  const readyAfterMs = performance.now() - before;
  const stop = async () => {
    const gone = ended(child);
    child.kill("SIGTERM");
    await gone;
  };
  return { origin, pid: child.pid!, readyAfterMs, stop };
}

async function build(): Promise<void> {
  const child = next(["build"], { DATABASE_URL: "postgres://nowhere.invalid/none" });
  const late = setTimeout(() => child.kill("SIGKILL"), BUILD_TIMEOUT);
  const code = await ended(child);
  clearTimeout(late);
  if (code !== 0) throw new Error("The bare Next app could not be built.");
}

function next(args: string[], variables: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [NEXT, ...args], {
    cwd: FOLDER,
    stdio: "ignore",
    env: { ...process.env, ...variables, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
}

const ended = (child: ChildProcess) => new Promise<number | null>((resolve) => child.once("exit", resolve));
