import { gzipSync } from "node:zlib";
import {
  accountPath,
  overviewPath,
  projectsPath,
  resourcePath,
  resourcesPath,
  resourceTabPath,
  SETUP_STEPS,
  settingsPath,
  setupStepPath,
  signInPath,
} from "#lib/paths.ts";
import type { SignedInBrowser } from "./open-browser.ts";
import type { Product } from "./open-product.ts";
import { against, kilobytes, printTable } from "./report.ts";
import type { BareNext } from "./start-bare-next.ts";

const PAGE_BAR = 190_000;
const EDITOR_BAR = 300_000;

/** Scripts that the page itself names, gzipped as sent; and all that Chromium had fetched once the network was quiet. */
export async function measureFirstLoad(
  product: Product,
  bareNext: BareNext | null,
  { browser, state, cookie }: SignedInBrowser,
): Promise<void> {
  const { projectId } = product.scope;
  const id = product.resourceId;
  const routes: [name: string, path: string, bar: number][] = [
    ["sign-in", signInPath(), PAGE_BAR],
    ["projects", projectsPath(), PAGE_BAR],
    ["account", accountPath(), PAGE_BAR],
    ["overview", overviewPath(projectId), PAGE_BAR],
    ["resources", resourcesPath(projectId), PAGE_BAR],
    ["resource, overview", resourcePath(projectId, id), PAGE_BAR],
    ["resource, setup", resourceTabPath(projectId, id, "setup"), PAGE_BAR],
    ["resource, code", resourceTabPath(projectId, id, "code"), PAGE_BAR],
    ["resource, revisions", resourceTabPath(projectId, id, "revisions"), PAGE_BAR],
    ...SETUP_STEPS.map((step): [string, string, number] => [`wizard, ${step}`, setupStepPath(projectId, id, step), EDITOR_BAR]),
    ["settings, general", settingsPath(projectId, "general"), PAGE_BAR],
    ["settings, members", settingsPath(projectId, "members"), PAGE_BAR],
    ["settings, sdk-setup", settingsPath(projectId, "sdk-setup"), PAGE_BAR],
  ];
  const rows: string[][] = [];
  if (bareNext) {
    const { bytes } = await weighScripts(bareNext.origin, "/", "");
    rows.push(["bare Next", kilobytes(bytes)]);
  }
  for (const [name, path, bar] of routes) {
    const isSignIn = name === "sign-in";
    const weighed = await weighScripts(product.app.web, path, isSignIn ? "" : cookie);
    if (weighed.status !== 200) {
      rows.push([name, `answered ${weighed.status}`]);
      continue;
    }
    const context = await browser.newContext({ baseURL: product.app.web, ...(isSignIn ? {} : { storageState: state }) });
    const page = await context.newPage();
    await page.goto(path, { waitUntil: "networkidle" });
    const fetched = await page.evaluate(() =>
      (performance.getEntriesByType("resource") as PerformanceResourceTiming[])
        .filter(({ name }) => new URL(name).pathname.endsWith(".js"))
        .reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
    );
    await context.close();
    rows.push([name, kilobytes(weighed.bytes), kilobytes(fetched), kilobytes(bar), against(weighed.bytes, { most: bar })]);
  }
  printTable({
    title: "First-load JavaScript, gzip",
    head: ["", "named by the page", "fetched until quiet", "bar", ""],
    rows,
    notes: ["Fetched until quiet holds what is loaded ahead of use as well. Without the script for browsers that know no modules."],
  });
}

async function weighScripts(origin: string, path: string, cookie: string): Promise<{ status: number; bytes: number }> {
  const response = await fetch(origin + path, { headers: cookie ? { cookie } : {}, redirect: "manual" });
  if (response.status !== 200) return { status: response.status, bytes: 0 };
  const html = await response.text();
  const tags = [...html.matchAll(/<script\b[^>]*\bsrc="([^"]+)"[^>]*>/g)].filter(([tag]) => !/nomodule/i.test(tag));
  const addresses = new Set(tags.map(([, address]) => address!.replaceAll("&amp;", "&")));
  const sizes = await Promise.all(
    [...addresses].map(async (address) => {
      const script = await fetch(new URL(address, origin + path));
      return gzipSync(Buffer.from(await script.arrayBuffer())).byteLength;
    }),
  );
  return { status: 200, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}
