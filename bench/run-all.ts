/**
 * `npm run bench`: what Patchbay costs, each figure beside its baseline from the same run. Names on the command line choose some:
 * `npm run bench -- connect page`. A part that fails says so and the others go on; the exit code is 1 then. Some parts measure one
 * product, as `npm start` runs it; the others start what they need themselves.
 */
import { cpus, loadavg } from "node:os";
import { measureConnect } from "./connect.ts";
import { measureFirstLoad } from "./first-load.ts";
import { measureGrowth } from "./growth.ts";
import { measureMemory } from "./memory.ts";
import { openBrowser, type SignedInBrowser } from "./open-browser.ts";
import { openProduct } from "./open-product.ts";
import { measurePage } from "./page.ts";
import { measureProxied } from "./proxied.ts";
import type { ApiAsks } from "./recorders/api.ts";
import { startRecorder } from "./recorders/start-recorder.ts";
import { measureStart } from "./start.ts";
import { type BareNext, startBareNext } from "./start-bare-next.ts";
import { measureVerify } from "./verify.ts";
import { measureVitals } from "./vitals.ts";
import { measureWaiters } from "./waiters.ts";
import { measureWebhookAck } from "./webhook-ack.ts";
import { measureWorkflowSteps } from "./workflow-steps.ts";

const wanted = process.argv.slice(2);
const missing: string[] = [];

const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name.split(",")[0]!);

async function part<Result>(name: string, run: () => Promise<Result>): Promise<Result | null> {
  return isWanted(name) ? await attempt(name, run) : null;
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

/** Parts that measure one running product, in this order; each may leave it warmer than it was. */
const ON_PRODUCT = ["memory", "connect", "proxied", "page", "first-load", "vitals", "start"];
if (ON_PRODUCT.some(isWanted)) await measureProduct();
await part("waiters", measureWaiters);
await part("workflow-steps", measureWorkflowSteps);
await part("verify", measureVerify);
await part("growth", measureGrowth);
await part("webhook-ack", measureWebhookAck);

async function measureProduct(): Promise<void> {
  const api = await startRecorder<ApiAsks>("api");
  const product = await openProduct({ outboundPorts: [api.ports.http!] });
  let bareNext: BareNext | null = null;
  let browser: SignedInBrowser | null = null;
  try {
    if (["memory", "page", "first-load", "vitals"].some(isWanted)) {
      bareNext = await attempt("bare Next", () => startBareNext(product.app.databaseUrl));
      browser = await attempt("browser", () => openBrowser(product));
    }
    await part("memory, idle", () => measureMemory(product, bareNext, "idle, one person signed in"));
    await part("connect", () => measureConnect(product));
    await part("memory, after work", () => measureMemory(product, bareNext, "idle again after the connect calls"));
    await part("proxied", () => measureProxied(product, api));
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
    await api.end();
  }
}

console.log(
  `\n${Math.round((performance.now() - began) / 1000)} s in all.${missing.length > 0 ? ` Not measured: ${missing.join("; ")}.` : ""}`,
);
process.exit(missing.length > 0 ? 1 : 0);
