import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { BrowserContext, Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { dumpTables, openDatabase } from "./fixtures/database.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { callsSeen } from "./fixtures/tasklab.ts";
import type { Signer } from "./fixtures/user-token.ts";
import { SdkSetup } from "./pages/sdk-setup.ts";
import { Wizard } from "./pages/wizard.ts";

/*
 * quality.md, Isolation: unique strings in the place of every secret, then a look for them, in every spelling, through all that the
 * server keeps and all that it answers. TaskLab's /echo writes each one back, in headers and body. What a browser sends isn't a hit.
 */

type Canary = { value: string; core: string };

/** Letters and digits for the core, which no escaping changes; around it all that escaping is about. */
function canary(name: string): Canary {
  const core = `${name}Kanarie${randomBytes(12).toString("hex")}`;
  return { value: `k&"\\/+=% ${core} end-of-${name}`, core };
}

/** For places that take no spaces and quotes: tokens. */
const tokenCanary = (name: string): Canary => {
  const { core } = canary(name);
  return { value: `${core}.end-of-the-token`, core };
};

/** The core survives URL- and JSON-escaping as it is; base64 by its three alignments, in both alphabets; hex for bytea. */
function spellings({ core }: Canary): string[] {
  const base64 = [0, 1, 2].map((offset) => {
    const whole = Buffer.concat([Buffer.alloc(offset), Buffer.from(core)]).toString("base64");
    return whole.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + core.length) * 8) / 6));
  });
  return [core, ...base64, ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")), Buffer.from(core).toString("hex")];
}

const hits = (text: string, canaries: Record<string, Canary>): string[] =>
  Object.entries(canaries).flatMap(([name, each]) => (spellings(each).some((spelling) => text.includes(spelling)) ? [name] : []));

/** Everything that the dashboard answered to this browser: documents, flight data, actions, routes; headers too. */
function recordAnswers(context: BrowserContext, app: RunningApp): () => Promise<{ url: string; text: string }[]> {
  const answers: Promise<{ url: string; text: string }>[] = [];
  context.on("response", (response) => {
    if (!response.url().startsWith(app.web) || response.url().includes("/_next/static/")) return;
    const read = async () => {
      const headers = JSON.stringify(await response.allHeaders().catch(() => ({})));
      const body = await response.text().catch(() => "");
      return { url: `${response.request().method()} ${response.url()}`, text: `${headers}\n${body}` };
    };
    answers.push(read());
  });
  return () => Promise.all(answers);
}

/** What the browser keeps: cookies, localStorage, sessionStorage, IndexedDB. */
async function readStorage(page: Page): Promise<string> {
  const state = await page.context().storageState({ indexedDB: true });
  const session = await page.evaluate(() => JSON.stringify({ ...sessionStorage }));
  return JSON.stringify(state) + session;
}

async function connect(app: RunningApp, projectId: string, resourceId: string, sign: Signer["sign"], sub: string, body: object) {
  const response = await fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${resourceId}/connect`, {
    method: "POST",
    headers: { authorization: `Bearer ${sign({ sub })}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}

test("no secret is found outside the sealed columns: not in a table, the log, an answer, or the browser's storage", async ({
  app,
  projectId,
  signedInPage: page,
  browser,
}) => {
  test.setTimeout(180_000);
  const secrets = {
    clientSecret: canary("clientSecret"),
    testAccess: tokenCanary("testAccess"),
    testRefresh: tokenCanary("testRefresh"),
    testPassword: canary("testPassword"),
    userPassword: canary("userPassword"),
    userAccess: tokenCanary("userAccess"),
    userRefresh: tokenCanary("userRefresh"),
    memberPassword: canary("memberPassword"),
    wrongPassword: canary("wrongPassword"),
    projectSecret: canary("projectSecret"),
    replacedSecret: canary("replacedSecret"),
  };
  const answers = recordAnswers(page.context(), app);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
  const copied: string[] = [];
  const echo = `${app.tasklab}/northgate/open`;

  // Secrets of the project, by the settings page; one of them replaced.
  await page.goto(`${app.web}/projects/${projectId}/settings/secrets`);
  const addSecret = async (name: string, value: string) => {
    await page.getByRole("button", { name: "New Secret" }).click();
    const dialog = page.getByRole("dialog", { name: "New Secret" });
    await dialog.getByLabel("Name", { exact: true }).fill(name);
    await dialog.getByLabel("Value", { exact: true }).fill(value);
    await dialog.getByRole("button", { name: "Add Secret" }).click();
    await expect(dialog).toBeHidden();
  };
  await addSecret("CANARY_SECRET", secrets.projectSecret.value);
  await addSecret("CANARY_REPLACED", "before");
  await page.getByRole("button", { name: "Replace CANARY_REPLACED" }).click();
  const replace = page.getByRole("dialog", { name: "Replace CANARY_REPLACED" });
  await replace.getByLabel("Value", { exact: true }).fill(secrets.replacedSecret.value);
  await replace.getByRole("button", { name: "Save" }).click();
  await expect(replace).toBeHidden();

  // An OAuth resource whose token URL and API echo what they get.
  const tokens = await Wizard.create(page, app, projectId, "Canary tokens");
  await tokens.choose("User-Level Resource", "OAuth 2.0 (Refresh Token)");
  await tokens.next("Authorization");
  await tokens.fill({
    "Access Token URL": `${echo}/echo?secret={{secrets.CANARY_SECRET}}`,
    "Client ID": "canary-client",
    "Client Secret": secrets.clientSecret.value,
  });
  await tokens.next("Request Details");
  await tokens.fill({ "API Base URL": echo });
  await tokens.next("Test and Publish");
  await tokens.fill({ Path: "/echo?again={{credentials.access_token}}" });
  await tokens.fill({ "Access Token": secrets.testAccess.value, "Refresh Token": secrets.testRefresh.value });
  await tokens.sendTest();
  await expect(tokens.lane("Token call"), "an echo without a token").toContainText("The token call answered 200, but no token is at");
  for (const view of ["Raw", "Headers"]) await tokens.lane("Token call").getByRole("tab", { name: view }).click();
  await page.getByRole("button", { name: "Copy redacted report" }).click();
  copied.push(await page.evaluate(() => navigator.clipboard.readText()));
  await tokens.drill();
  await expect(tokens.lane("First refresh"), "the drill's answers are looked through too").toContainText("no token is at");
  for (const view of ["Raw", "Headers"]) await tokens.lane("First refresh").getByRole("tab", { name: view }).click();
  await tokens.clearTest();
  await expect(tokens.field("Access Token")).toHaveRole("textbox");
  await tokens.fill({ "Access Token": secrets.testAccess.value });
  await tokens.sendTest();
  await tokens.passed("API call");
  await page.reload();
  await tokens.isAt("Test and Publish");
  await tokens.goTo("Authorization");
  await tokens.goTo("Test and Publish");
  await page.getByRole("switch", { name: "Verify on connect" }).setChecked(true);
  await tokens.finish("Canary tokens");
  const tokensId = tokens.resourceId;

  // An API-key resource that puts its password into header, query and JSON body.
  const keys = await Wizard.create(page, app, projectId, "Canary keys");
  await keys.choose("User-Level Resource", "API Key");
  await keys.next("Authorization");
  await page.getByRole("button", { name: "username, password" }).click();
  await keys.next("Request Details");
  await keys.fill({ "API Base URL": echo });
  await keys.button("Add header").click();
  await keys.fill({ "Header name": "X-Canary", "Value of X-Canary": "{{credentials.password}}{{secrets.CANARY_REPLACED}}" });
  await keys.next("Test and Publish");
  await keys.fill({ Path: "/echo?again={{credentials.password}}" });
  await page.getByText("Query, headers and body").click();
  await page.getByRole("tab", { name: "JSON", exact: true }).click();
  await keys.fill({ "JSON body": '{"again": "{{credentials.password}}", "inside": "a{{credentials.password | base64}}"}' });
  await page.getByRole("combobox", { name: "Method" }).selectOption("POST");
  await keys.fill({ Username: "ada", Password: secrets.testPassword.value });
  await keys.sendTest();
  await keys.passed("API call");
  for (const view of ["Raw", "Headers", "Pretty"]) await keys.lane("API call").getByRole("tab", { name: view }).click();
  await page.getByRole("switch", { name: "Verify on connect" }).setChecked(true);
  await keys.finish("Canary keys");
  const keysId = keys.resourceId;

  // Signing key, users, and people.
  const setup = await SdkSetup.open(page, app, projectId);
  const { privateKeyPem, sign } = await setup.generateKey();
  const key = privateKeyPem.split("\n")[12]!;
  const signingKey = { signingKey: { value: key, core: key } };
  const connected = await connect(app, projectId, keysId, sign, "canary-1", { username: "ada", password: secrets.userPassword.value });
  expect(connected.status, connected.text).toBe(200);
  const withToken = await connect(app, projectId, tokensId, sign, "canary-2", { access_token: secrets.userAccess.value });
  expect(withToken.status, withToken.text).toBe(200);
  const refused = await connect(app, projectId, tokensId, sign, "canary-3", { refresh_token: secrets.userRefresh.value });
  expect(refused.status, refused.text).toBe(400);
  const member = await inviteMember(page, browser, app, projectId, {
    role: "Viewer",
    email: "canary@example.com",
    password: secrets.memberPassword.value,
  });
  const signIn = await (await browser.newContext()).newPage();
  const signInAnswers = recordAnswers(signIn.context(), app);
  await signIn.goto(`${app.web}/sign-in`);
  await signIn.getByLabel("Email").fill("canary@example.com");
  await signIn.getByLabel("Password", { exact: true }).fill(secrets.wrongPassword.value);
  await signIn.getByRole("button", { name: "Sign in" }).click();
  await expect(signIn.getByText("That email and password don’t match.")).toBeVisible();

  // Every page that tells of them; the failed call in full.
  for (const id of [tokensId, keysId]) {
    for (const tab of [
      "",
      "/setup",
      "/activity",
      "/code",
      "/revisions",
      "/setup/authorization",
      "/setup/request-details",
      "/setup/test-and-publish",
    ]) {
      await page.goto(`${app.web}/projects/${projectId}/resources/${id}${tab}`);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    }
  }
  await page.goto(`${app.web}/projects/${projectId}/settings/secrets`);
  await expect(page.getByText("CANARY_REPLACED", { exact: true })).toBeVisible();
  await page.goto(`${app.web}/projects/${projectId}/resources`);
  const recent = page.getByRole("table", { name: "Recent calls" }).getByRole("button", { name: /^Open (GET|POST)/ });
  for (const [id, calls] of [
    [tokensId, 4],
    [keysId, 2],
  ] as const) {
    // Activity is written within a second.
    await expect(async () => {
      await page.goto(`${app.web}/projects/${projectId}/resources/${id}`);
      expect(await recent.count()).toBeGreaterThanOrEqual(calls);
    }).toPass({ timeout: 15_000 });
    for (let index = 0; index < (await recent.count()); index++) {
      await recent.nth(index).click();
      const dialog = page.getByRole("dialog");
      await expect(dialog.getByText("Request id")).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(dialog).toBeHidden();
    }
  }

  const travelled = JSON.stringify(await callsSeen(app, { contains: "/open/echo" }));
  const { memberPassword: _, wrongPassword: __, ...sent } = secrets;
  expect(hits(travelled, sent).sort(), "the search finds what TaskLab really received").toEqual(Object.keys(sent).sort());

  const all = { ...secrets, ...signingKey };
  const sql = openDatabase(app.databaseUrl);
  const tables = await dumpTables(sql);
  await sql.end();
  expect(tables, "the dump holds what was done").toContain("canary@example.com");
  expect(hits(tables, all), "in tables").toEqual([]);
  const log = await readFile(app.logFile, "utf8");
  expect(hits(log, all), "in the log").toEqual([]);
  const seen = [...(await answers()), ...(await signInAnswers())];
  expect(
    seen.filter(({ url }) => url.endsWith("/setup/test")),
    "answers were recorded",
  ).toHaveLength(3);
  expect(
    seen.filter(({ text }) => hits(text, all).length > 0).map(({ url, text }) => `${url}: ${hits(text, all)}`),
    "in answers",
  ).toEqual([]);
  expect(hits(connected.text + withToken.text + refused.text, all), "in answers to users").toEqual([]);
  expect(copied[0]).toContain("Canary tokens");
  expect(hits(copied.join("\n"), all), "in the copied report").toEqual([]);
  expect(hits((await readStorage(page)) + (await readStorage(signIn)), all), "in the browser's storage").toEqual([]);
  await member.close();
  await signIn.context().close();
});

test("a private key made in the browser never leaves it", async ({ app, projectId, signedInPage: page }) => {
  const sent: string[] = [];
  page.on("request", (request) => sent.push(`${request.url()}\n${request.postData() ?? ""}`));
  const setup = await SdkSetup.open(page, app, projectId);
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
  const { privateKeyPem } = await setup.generateKey();
  await setup.makeTestToken("canary-of-the-button");
  expect(
    sent.filter((text) => text.includes("BEGIN PUBLIC KEY")),
    "two public halves were sent",
  ).toHaveLength(2);
  const lines = privateKeyPem.split("\n").slice(1, -2);
  for (const text of sent) {
    expect(text).not.toContain("PRIVATE KEY");
    expect(lines.filter((line) => text.includes(line))).toEqual([]);
  }
});
