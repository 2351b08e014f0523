import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { constants, existsSync } from "node:fs";
import { access, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { howItEnded } from "#db/embedded/spawn-tied.ts";
import { AppError } from "#lib/errors.ts";
import { buildClient } from "./build-client.ts";
import { NEXT, ROOT } from "./places.ts";

const SOURCES = ["app", "components", "db", "lib", "public", "sdk", "server/api"];
const OUTPUT = path.join(ROOT, ".next");
const STAMP = path.join(OUTPUT, "patchbay-stamp");
const CLIENT_OUTPUT = path.join(ROOT, "sdk/dist/");

/** Whether `.next` or `sdk/dist` lacks a build of exactly these sources and packages; gives the digest to build for. Refuses where it can't be written. */
export async function planBuild(): Promise<{ needed: boolean; stamp: string }> {
  const stamp = await stampSources();
  const isThere = existsSync(path.join(OUTPUT, "BUILD_ID")) && existsSync(CLIENT_OUTPUT);
  const built = isThere ? await readFile(STAMP, "utf8").catch(() => "") : "";
  if (built === stamp) return { needed: false, stamp };
  await access(existsSync(OUTPUT) ? OUTPUT : ROOT, constants.W_OK).catch(() => {
    throw new AppError("internal", `The dashboard has to be built, but ${ROOT} can't be written. Make it writable for this user.`);
  });
  return { needed: true, stamp };
}

/** Builds the dashboard, and the client that the API serves. Quiet when it works; when not, the error carries all that the build said. */
export async function buildDashboard(stamp: string, signal: AbortSignal): Promise<void> {
  await buildClient(signal);
  const child = spawn(process.execPath, [NEXT, "build"], {
    cwd: ROOT,
    // A build reads modules, which may read the environment, but has no business with anybody's database.
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", DATABASE_URL: "postgres://nowhere.invalid/none" },
    stdio: ["ignore", "pipe", "pipe"],
    signal,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => {
      output += chunk;
    });
  }
  const how = await howItEnded(child);
  if (how !== "exit code 0")
    throw new AppError("internal", `${output.trim()}\n\nThe dashboard could not be built (${how}), as said above.`);
  await writeFile(STAMP, stamp);
}

/** A digest of every source and of the packages: by content, since a clone or a copy changes times. About 20 ms. */
async function stampSources(): Promise<string> {
  const folders = await Promise.all(SOURCES.map((folder) => listFiles(path.join(ROOT, folder))));
  const top = ["next.config.ts", "package-lock.json", "package.json", "postcss.config.mjs", "proxy.ts", "tsconfig.json"];
  const files = [...top.map((name) => path.join(ROOT, name)).filter((file) => existsSync(file)), ...folders.flat()].sort();
  const digest = createHash("sha256").update(process.version);
  for (const file of files) digest.update(`\0${path.relative(ROOT, file)}\0`).update(await readFile(file));
  return digest.digest("hex");
}

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => !file.startsWith(CLIENT_OUTPUT));
}
