import { existsSync } from "node:fs";
import path from "node:path";
import { spawnTied } from "#db/embedded/spawn-tied.ts";
import { AppError } from "#lib/errors.ts";
import { ROOT } from "./places.ts";
import { buildDashboard, planBuild } from "./prepare-build.ts";

const SCRIPTS = { faults: "bench/faults.ts", bench: "bench/run-all.ts", screenshots: "e2e/take-screenshots.ts" } as const;

/** Runs one of the measuring scripts on a built dashboard. Gives its exit code. */
export async function runScript(mode: keyof typeof SCRIPTS, args: string[], signal: AbortSignal): Promise<number> {
  const script = path.join(ROOT, SCRIPTS[mode]);
  if (!existsSync(script)) throw new AppError("internal", `${SCRIPTS[mode]} is not written yet.`);
  const build = await planBuild();
  if (build.needed) await buildDashboard(build.stamp, signal);
  return runNode([script, ...args], signal);
}

/** Runs a program under our own Node, its output on ours. Gives its exit code. */
export async function runNode(args: string[], signal: AbortSignal, variables: Record<string, string> = {}): Promise<number> {
  const env = { ...process.env, ...variables };
  const { child, exited } = spawnTied(process.execPath, args, { cwd: ROOT, env, output: "inherit", lastSignal: "TERM" });
  const stop = () => child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  const how = await exited;
  signal.removeEventListener("abort", stop);
  return how === "exit code 0" ? 0 : 1;
}
