import { readFile, rename, stat } from "node:fs/promises";

const LIMIT = 10 * 1024 * 1024;

/** What Postgres gave as its reason to end, as a sentence. `otherwise` is said where the log is silent. */
export async function readReason(logFile: string, otherwise: string): Promise<string> {
  const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-40);
  const telling = lines.filter((line) => /FATAL|PANIC|error:/.test(line)).at(-1) ?? "";
  const text = telling.replace(/^.*?(FATAL|PANIC|error):\s*/, "").trim() || otherwise;
  return text.endsWith(".") ? text : `${text}.`;
}

/** Keeps one earlier log, and the whole under 20 MiB or so. */
export async function trimLog(logFile: string): Promise<void> {
  const size = (await stat(logFile).catch(() => undefined))?.size ?? 0;
  if (size > LIMIT) await rename(logFile, `${logFile}.1`);
}

/** Nothing of ours but what every program needs: keys and passwords in the environment are none of Postgres's business. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  return { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH, LC_ALL: "C", TZ: "UTC" };
}
