import { execFile } from "node:child_process";
import { chmod, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { spawnTied } from "#db/embedded/spawn-tied.ts";
import { ROOT } from "#server/start/places.ts";
import { freePort } from "./free-port.ts";
import { against, median, printTable, seconds } from "./report.ts";
import { startBareNext } from "./start-bare-next.ts";

const run = promisify(execFile);
const FIRST_TIMEOUT = 240_000;
const SECOND_ROUNDS = 5;

/**
 * From `npm start` to the first page, whole processes. First start: a fresh clone of HEAD, no node_modules, nothing built, npm's own
 * cache warm; once, since it takes a minute, beside the package installation alone, which nothing can save. Then second starts of
 * that clone beside `next start` of the bare app.
 */
export async function measureStart(databaseUrl: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "patchbay-bench-start-"));
  // As root the database runs as another user, who has to get in.
  await chmod(folder, 0o755);
  try {
    const clone = path.join(folder, "clone");
    await run("git", ["clone", "--quiet", ROOT, clone]);
    const first = await startAndStop(clone, FIRST_TIMEOUT);
    await rm(path.join(clone, "node_modules"), { recursive: true });
    const install = await timed(() =>
      run("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: clone }),
    );

    // The first start on packages that are installed anew warms Node's compile cache.
    await startAndStop(clone, FIRST_TIMEOUT);
    const second: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < SECOND_ROUNDS; round++) {
      second.push(await startAndStop(clone, 60_000));
      bare.push(await timeBareNext(databaseUrl).catch(() => Number.NaN));
    }
    printTable({
      title: "From `npm start` to the first page",
      head: ["", "time", "bar", "goal"],
      rows: [
        ["npm ci alone", seconds(install)],
        [
          "first start, fresh clone",
          seconds(first),
          `180 s ${against(first, { most: 180_000 })}`,
          `90 s ${against(first, { most: 90_000 })}`,
        ],
        ["bare next start", Number.isNaN(median(bare)) ? "missing" : seconds(median(bare))],
        [
          "second start",
          seconds(median(second)),
          `8 s ${against(median(second), { most: 8_000 })}`,
          `4 s ${against(median(second), { most: 4_000 })}`,
        ],
      ],
      notes: [
        `First start and npm ci: once each. Second start: median of ${SECOND_ROUNDS}, from ${seconds(Math.min(...second))} to ${seconds(Math.max(...second))}.`,
      ],
    });
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Milliseconds from spawning npm until the sign-in page has come whole; then ends it in order. */
async function startAndStop(clone: string, timeout: number): Promise<number> {
  const [web, gateway, tasklab] = [await freePort(), await freePort(), await freePort()];
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|PATCHBAY_|DATABASE_|AUTH_|OUTBOUND_|NODE_)/.test(name));
  const variables = { ...Object.fromEntries(kept), PORT: String(web), API_PORT: String(gateway), EXAMPLE_PORT: String(tasklab) };
  const logFile = `${clone}.log`;
  const log = await open(logFile, "w");
  const before = performance.now();
  const started = spawnTied("npm", ["start"], {
    cwd: clone,
    env: variables as unknown as NodeJS.ProcessEnv,
    output: log.fd,
    lastSignal: "TERM",
  });
  let ended: string | undefined;
  void started.exited.then((how) => {
    ended = how;
  });
  try {
    for (;;) {
      if (await arrives(`http://127.0.0.1:${web}/sign-in`)) return performance.now() - before;
      if (ended) throw new Error(`npm start ended (${ended}).\n${await readFile(logFile, "utf8")}`);
      if (performance.now() - before > timeout) {
        throw new Error(`npm start showed no page within ${timeout / 1000} s.\n${await readFile(logFile, "utf8")}`);
      }
      await sleep(25);
    }
  } finally {
    started.child.kill("SIGTERM");
    await started.exited;
    await log.close();
  }
}

async function timeBareNext(databaseUrl: string): Promise<number> {
  const bare = await startBareNext(databaseUrl);
  await bare.stop();
  return bare.readyAfterMs;
}

async function arrives(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    return response.ok && (await response.text()).includes("</html>");
  } catch {
    return false;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
