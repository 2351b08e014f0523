import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type BrowserContext, chromium } from "@playwright/test";
import { type Browser, findBrowser } from "#server/start/find-browser.ts";
import { listProcesses } from "../processes.ts";

let found: Promise<Browser> | undefined;

/** A Chromium that keeps its profile in `folder`, as a person's does: what a kill leaves there is there at the next start. */
export async function openProfile(folder: string, baseURL: string): Promise<BrowserContext> {
  found ??= findBrowser((line) => console.log(`${line} ...`));
  const { executablePath, args, env } = await found;
  const options = { executablePath, args, env: { ...(process.env as Record<string, string>), ...env } };
  return await chromium.launchPersistentContext(folder, { ...options, baseURL, viewport: { width: 1440, height: 900 } });
}

/** The process ids of the Chromium on this profile, the main one first. */
export function findChromium(folder: string): number[] {
  const main = listProcesses(process.pid).find(
    ({ command }) => command.includes(`--user-data-dir=${folder}`) && !command.includes("--type="),
  );
  if (!main) throw new Error(`No Chromium runs on ${folder}.`);
  return [main.pid, ...listProcesses(main.pid).flatMap(({ pid }) => (pid === main.pid ? [] : [pid]))];
}

/** kill -9, the main process first: none gets to write anything any more. Look for the ids before, as that takes a while. */
export function killAll(pids: number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It went with the main one.
    }
  }
}

/** Resolves when none of them runs: a zombie doesn't. */
export async function waitUntilGone(pids: number[]): Promise<void> {
  const runs = async (pid: number) => {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return status !== "" && !/^State:\s+Z/m.test(status);
  };
  for (const pid of pids) while (await runs(pid)) await sleep(20);
}

/** The files of the profile that hold a text, as UTF-8, UTF-16 (which Chromium's storage uses) or base64. */
export async function findInProfile(folder: string, text: string): Promise<string[]> {
  const forms = [Buffer.from(text, "utf8"), Buffer.from(text, "utf16le"), Buffer.from(Buffer.from(text).toString("base64").slice(0, -4))];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const holding: string[] = [];
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = path.join(entry.parentPath, entry.name);
    const content = await readFile(file);
    if (forms.some((form) => content.includes(form))) holding.push(path.relative(folder, file));
  }
  return holding;
}
