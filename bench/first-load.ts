import { gzipSync } from "node:zlib";
import {
  accountPath,
  activityPath,
  connectPath,
  overviewPath,
  projectsPath,
  resourcePath,
  resourcesPath,
  resourceTabPath,
  runsPath,
  SETUP_STEPS,
  settingsPath,
  setupStepPath,
  signInPath,
  userPath,
  usersPath,
  workflowPath,
  workflowsPath,
} from "#lib/paths.ts";
import { createWorkflow } from "#lib/workflows/create-workflow.ts";
import { callApi } from "./call-api.ts";
import type { SignedInBrowser } from "./open-browser.ts";
import type { Product } from "./open-product.ts";
import { requestStepTo } from "./publish-workflow.ts";
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
  const userId = await connectOne(product);
  const steps = [requestStepTo(id, "comment")];
  const body = { trigger: { type: "event" as const, name: "task.completed", example: '{"n":1}' }, steps };
  const workflow = await createWorkflow(product.scope, product.db, product.actor, { name: "First load", body });
  const routes: [name: string, path: string, bar?: number][] = [
    ["sign-in", signInPath()],
    ["projects", projectsPath()],
    ["account", accountPath()],
    ["overview", overviewPath(projectId)],
    ["resources", resourcesPath(projectId)],
    ["resource, overview", resourcePath(projectId, id)],
    ["resource, setup", resourceTabPath(projectId, id, "setup")],
    ["resource, code", resourceTabPath(projectId, id, "code")],
    ["resource, revisions", resourceTabPath(projectId, id, "revisions")],
    ...SETUP_STEPS.map((step): [string, string] => [`wizard, ${step}`, setupStepPath(projectId, id, step)]),
    ["users", usersPath(projectId)],
    ["user", userPath(projectId, userId)],
    ["activity", activityPath(projectId)],
    ["workflows", workflowsPath(projectId)],
    ["runs", runsPath(projectId)],
    ["workflow editor", workflowPath(projectId, workflow.id), EDITOR_BAR],
    ["settings, general", settingsPath(projectId, "general")],
    ["settings, members", settingsPath(projectId, "members")],
    ["settings, sdk-setup", settingsPath(projectId, "sdk-setup")],
    ["settings, secrets", settingsPath(projectId, "secrets")],
  ];
  const rows: string[][] = [];
  if (bareNext) {
    const { bytes } = await weighScripts(bareNext.origin, "/", "");
    rows.push(["bare Next", kilobytes(bytes)]);
  }
  for (const [name, path, bar = PAGE_BAR] of routes) {
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

/** A list with nobody in it shows less than the list. */
async function connectOne({ app, scope: { projectId }, resourceId, signToken, sql }: Product): Promise<string> {
  const externalId = "first-load";
  const json = { tenant: "northgate", username: "ada", password: "lovelace" };
  const url = app.gateway + connectPath(projectId, resourceId);
  const connected = await callApi({ url, method: "POST", token: signToken(externalId), json });
  if (connected.status !== 200) throw new Error(`The connect call was answered ${connected.status}: ${connected.body}`);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where project_id = ${projectId} and external_id = ${externalId}`;
  return user?.id ?? "";
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
