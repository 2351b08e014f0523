import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { DEMO, drafts, mintPair } from "./fixtures/tasklab.ts";
import { SdkSetup } from "./pages/sdk-setup.ts";

/** The snippet of the Code tab, by its copy button. */
async function copySnippet(page: Page, app: RunningApp, projectId: string, resourceId: string, language: string): Promise<string> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
  await page.goto(`${app.web}/projects/${projectId}/resources/${resourceId}/code`);
  await page.getByRole("tab", { name: language, exact: true }).click();
  await page.getByRole("button", { name: `Copy ${language}`, exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
  return page.evaluate(() => navigator.clipboard.readText());
}

const fillIn = (snippet: string, values: Record<string, string>): string =>
  Object.entries(values).reduce((text, [placeholder, value]) => {
    expect(text, "the snippet shows where each value goes").toContain(placeholder);
    return text.replace(placeholder, value);
  }, snippet);

/** Runs it in a shell that holds nothing else. curl tells status and address after the answer, by its own settings file. */
async function runInShell(app: RunningApp, snippet: string, variables: Record<string, string>) {
  const home = path.join(app.folder, "curl");
  await mkdir(home, { recursive: true });
  await writeFile(path.join(home, ".curlrc"), 'silent\nwrite-out = "\\n%{http_code} %{url_effective}"\n');
  const env = { NODE_ENV: process.env.NODE_ENV, PATH: process.env.PATH ?? "", HOME: home, ...variables };
  const { stdout } = await promisify(execFile)("/bin/bash", ["-euc", snippet], { env }).catch((error: { stdout: string }) => error);
  const [body, ...after] = stdout.split("\n");
  const [status, url] = after.join("").split(" ");
  return { status: Number(status), url, body: JSON.parse(body!) as { status?: string; isPreviewCredential?: boolean; message?: string } };
}

test("the REST snippet, copied and filled in, answers 200 at the gateway and at the dashboard's /api", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const setup = await SdkSetup.open(page, app, projectId);
  const { privateKeyPem, sign } = await setup.generateKey();
  expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----\n/);

  const keys = await seedResource(admin, app, projectId, "Snippet of keys", drafts.apiKeys(app.tasklab));
  const path = `/projects/${projectId}/sdk/resources/${keys}/connect`;
  const copied = await copySnippet(page, app, projectId, keys, "cURL");
  const snippet = fillIn(copied, { YOUR_USERNAME: DEMO.ada.username, YOUR_PASSWORD: DEMO.ada.password });

  const atGateway = await runInShell(app, snippet, { USER_TOKEN: sign({ sub: "curl-1" }) });
  expect(atGateway).toMatchObject({ status: 200, url: app.gateway + path, body: { status: "VALID", isPreviewCredential: false } });
  const atDashboard = await runInShell(app, snippet, { USER_TOKEN: sign({ sub: "curl-2" }), PATCHBAY_API_URL: `${app.web}/api` });
  expect(atDashboard).toMatchObject({ status: 200, url: `${app.web}/api${path}`, body: { status: "VALID" } });

  const asCopied = await runInShell(app, copied, { USER_TOKEN: sign({ sub: "curl-3" }) });
  expect(asCopied.status, "with its placeholders still in it, it is the API that refuses").toBe(400);
  const withoutToken = await runInShell(app, snippet, { USER_TOKEN: "" });
  expect(withoutToken.status).toBe(401);

  const sql = openDatabase(app.databaseUrl);
  const rows = await sql<{ externalId: string; status: string }[]>`
    select u.external_id as "externalId", c.status from credential c join connected_user u on u.id = c.user_id where c.resource_id = ${keys} order by 1`;
  await sql.end();
  expect([...rows]).toEqual([
    { externalId: "curl-1", status: "VALID" },
    { externalId: "curl-2", status: "VALID" },
  ]);
});

test("the snippet of a refresh-token resource takes a minted pair", async ({ app, admin, projectId, signer, signedInPage: page }) => {
  const id = await seedResource(admin, app, projectId, "Snippet of tokens", drafts.refreshToken(app.tasklab), DEMO.webSecret);
  const pair = await mintPair(app);
  const copied = await copySnippet(page, app, projectId, id, "cURL");
  const snippet = fillIn(copied, { "eyJ...": pair.access_token, "ref_...": pair.refresh_token });
  const answer = await runInShell(app, snippet, { USER_TOKEN: signer.sign({ sub: "curl-4" }) });
  expect(answer).toMatchObject({ status: 200, body: { status: "VALID" } });
});

test("the test token of SDK Setup connects its one user and nobody else", async ({ app, admin, projectId, signedInPage: page }) => {
  const id = await seedResource(admin, app, projectId, "Test token", drafts.apiKeys(app.tasklab));
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
  const setup = await SdkSetup.open(page, app, projectId);
  const token = await setup.makeTestToken("user-of-the-button");
  const connect = (userToken: string) =>
    fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${id}/connect`, {
      method: "POST",
      headers: { authorization: `Bearer ${userToken}`, "content-type": "application/json" },
      body: JSON.stringify({ tenant: "northgate", ...DEMO.ada }),
    });
  expect((await connect(token)).status).toBe(200);
  const [head, , signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
  const forged = [head, Buffer.from(JSON.stringify({ ...claims, sub: "someone-else" })).toString("base64url"), signature].join(".");
  expect((await connect(forged)).status).toBe(401);
  expect(claims.exp - claims.iat).toBeLessThanOrEqual(600);

  await page.getByRole("textbox", { name: "User token" }).fill(token);
  await expect(page.getByText(/All \d+ checks passed/), "the doctor agrees").toBeVisible();
  await page.getByRole("textbox", { name: "User token" }).fill(forged);
  await expect(page.getByText(/1 of \d+ checks failed/)).toBeVisible();
});
