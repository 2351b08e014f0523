/**
 * `npm run bench`: what Patchbay costs, each figure beside its baseline from the same run. Names on the command line choose some:
 * `npm run bench -- connect page`. A part that fails says so and the others go on; the exit code is 1 then.
 */
import { cpus, loadavg } from "node:os";
import { measureConnect } from "./connect.ts";
import { measureFirstLoad } from "./first-load.ts";
import { measureMemory } from "./memory.ts";
import { openBrowser, type SignedInBrowser } from "./open-browser.ts";
import { openProduct } from "./open-product.ts";
import { measurePage } from "./page.ts";
import { measureStart } from "./start.ts";
import { type BareNext, startBareNext } from "./start-bare-next.ts";
import { measureVitals } from "./vitals.ts";

const wanted = process.argv.slice(2);
const missing: string[] = [];

async function part<Result>(name: string, run: () => Promise<Result>): Promise<Result | null> {
  const group = name.split(",")[0]!;
  if (wanted.length > 0 && !wanted.includes(group)) return null;
  return await attempt(name, run);
}

async function attempt<Result>(name: string, run: () => Promise<Result>): Promise<Result | null> {
  try {
    return await run();
  } catch (error) {
    missing.push(name);
    console.log(`\n${name}: not measured. ${error instanceof Error ? error.message : error}`);
    return null;
  }
}

const needed = <Value>(value: Value | null, what: string): Value => {
  if (value === null) throw new Error(`It needs ${what}, which is missing.`);
  return value;
};

const began = performance.now();
console.log(`${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}, load before: ${loadavg()[0]?.toFixed(1)}`);
const product = await openProduct();
let bareNext: BareNext | null = null;
let browser: SignedInBrowser | null = null;
try {
  bareNext = await attempt("bare Next", () => startBareNext(product.app.databaseUrl));
  browser = await attempt("browser", () => openBrowser(product));
  await part("memory, idle", () => measureMemory(product, bareNext, "idle, one person signed in"));
  await part("connect", () => measureConnect(product));
  await part("memory, after work", () => measureMemory(product, bareNext, "idle again after the connect calls"));
  await part("page", () => measurePage(product, needed(bareNext, "the bare Next app"), needed(browser, "a browser").cookie));
  await part("first-load", () => measureFirstLoad(product, bareNext, needed(browser, "a browser")));
  await part("vitals", () => measureVitals(product, bareNext, needed(browser, "a browser")));
  await browser?.browser.close();
  browser = null;
  await bareNext?.stop();
  bareNext = null;
  await part("start", () => measureStart(product.app.databaseUrl));
} finally {
  await browser?.browser.close();
  await bareNext?.stop();
  await product.end();
}
console.log(
  `\n${Math.round((performance.now() - began) / 1000)} s in all.${missing.length > 0 ? ` Not measured: ${missing.join("; ")}.` : ""}`,
);
process.exit(missing.length > 0 ? 1 : 0);
