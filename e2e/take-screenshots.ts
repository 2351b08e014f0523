/**
 * `npm run screenshots`: the pictures of the README, taken of a product that was started, set up and used for them. Names on the
 * command line choose some: `npm run screenshots -- resource-dark`. What the README shows goes to docs/screenshots/, the rest to
 * test-results/screenshots/, to be looked at.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { chromium, expect, type Page } from "@playwright/test";
import config from "../playwright.config.ts";
import type { RunningApp } from "./fixtures/app.ts";
import { type Corvid, furnishCorvid } from "./fixtures/corvid.ts";
import { type CorvidWorkflow, runCorvidWorkflow } from "./fixtures/corvid-workflow.ts";
import { openDatabase } from "./fixtures/database.ts";
import { startApp } from "./fixtures/start-app.ts";
import { SdkSetup } from "./pages/sdk-setup.ts";
import { Wizard } from "./pages/wizard.ts";

const ROOT = path.resolve(import.meta.dirname, "..");
const SHOWN = path.join(ROOT, "docs/screenshots");
const LOOKED_AT = path.join(ROOT, "test-results/screenshots");
const ADMIN = { name: "Mara Lindqvist", email: "mara@corvid.example", password: "a wire for every jack", project: "Corvid production" };
const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

type Scene = { app: RunningApp; projectId: string; corvid: Corvid & CorvidWorkflow; sign: (sub: string) => string };
type Shot = { theme: "light" | "dark"; size?: typeof WIDE; show: (page: Page, scene: Scene) => Promise<unknown> };

const openResources: Shot["show"] = async (page, { app, projectId }) => {
  await page.goto(`${app.web}/projects/${projectId}/resources`);
  await expect(page.getByRole("link", { name: "TaskLab", exact: true })).toBeVisible();
};

const openResource: Shot["show"] = async (page, { app, projectId, corvid }) => {
  await page.goto(`${app.web}/projects/${projectId}/resources/${corvid.tasklab}`);
  await expect(page.getByRole("heading", { level: 1, name: "TaskLab" })).toBeVisible();
};

const openAuthorization: Shot["show"] = (page, { app, projectId, corvid }) =>
  Wizard.open(page, app, projectId, corvid.tasklab, "Authorization");

/** Another variable is about to take the place of the first one. Nothing is changed yet, so the preview stays whole. */
const openVariableMenu: Shot["show"] = async (page, { app, projectId, corvid }) => {
  const wizard = await Wizard.open(page, app, projectId, corvid.tasklab, "Request Details");
  const url = wizard.field("API Base URL");
  const inside = (await url.inputValue()).indexOf("{{") + 2;
  await url.focus();
  await url.evaluate((input, caret) => (input as HTMLInputElement).setSelectionRange(caret, caret), inside);
  await page.keyboard.type("i");
  await page.keyboard.press("Backspace");
  await expect(page.getByRole("listbox")).toBeVisible();
  await page.keyboard.press("ArrowDown");
};

/** Sends the test, and scrolls so that this part of the page comes first. */
const openPassedTest =
  (first: "Test credentials" | "Result"): Shot["show"] =>
  async (page, { app, projectId, corvid }) => {
    const wizard = await Wizard.open(page, app, projectId, corvid.tasklab, "Test and Publish");
    await wizard.sendTest();
    await wizard.passed("Token call", "API call", "Profile");
    const part = page.getByRole("region", { name: first, exact: true });
    await part.evaluate((element) => scrollBy(0, element.getBoundingClientRect().top - 64));
  };

const openSdkSetup: Shot["show"] = async (page, { app, projectId, sign }) => {
  await SdkSetup.open(page, app, projectId);
  const token = page.getByRole("textbox", { name: "User token" });
  await token.fill(sign("usr_8412"));
  await expect(page.getByText(/^All \d+ checks passed$/)).toBeVisible();
  await token.blur();
  await token.evaluate((element) => element.scrollTo(0, 0));
};

const openUsers: Shot["show"] = async (page, { app, projectId }) => {
  await page.goto(`${app.web}/projects/${projectId}/users`);
  await expect(page.getByRole("heading", { level: 1, name: "Connected Users" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Ines Carvalho" }).first()).toBeVisible();
};

const openUser: Shot["show"] = async (page, scene) => {
  await openUsers(page, scene);
  await page.getByRole("link", { name: "Ines Carvalho" }).first().click();
  await expect(page.getByRole("heading", { level: 1, name: "Ines Carvalho" })).toBeVisible();
};

const openActivity: Shot["show"] = async (page, { app, projectId }) => {
  await page.goto(`${app.web}/projects/${projectId}/activity`);
  await expect(page.getByRole("button", { name: /^Open / }).first()).toBeVisible();
};

const openCall: Shot["show"] = async (page, scene) => {
  await openActivity(page, scene);
  await page
    .getByRole("button", { name: /^Open / })
    .nth(2)
    .click();
  await expect(page.getByRole("button", { name: /close/i }).first()).toBeVisible();
};

const openOverview: Shot["show"] = async (page, { app, projectId }) => {
  await page.goto(`${app.web}/projects/${projectId}/overview`);
  await expect(page.getByRole("heading", { level: 1, name: "Overview" })).toBeVisible();
};

const openWorkflow: Shot["show"] = async (page, { app, projectId, corvid }) => {
  await page.goto(`${app.web}/projects/${projectId}/workflows/${corvid.workflow}`);
  await page.getByRole("button", { name: /POST \/tasks/ }).click();
};

const openRun: Shot["show"] = async (page, { app, projectId, corvid }) => {
  await page.goto(`${app.web}/projects/${projectId}/workflows/runs/${corvid.run}`);
  await expect(page.getByRole("region", { name: "Path taken" })).toBeVisible();
};

const openRuns: Shot["show"] = async (page, { app, projectId }) => {
  await page.goto(`${app.web}/projects/${projectId}/workflows/runs`);
  await expect(page.getByRole("link", { name: /Run / }).first()).toBeVisible();
};

const openDeliveries: Shot["show"] = async (page, { app, projectId, corvid }) => {
  await page.goto(`${app.web}/projects/${projectId}/triggers/${corvid.trigger}/deliveries`);
  await page
    .getByRole("button", { name: /^Open the delivery/ })
    .first()
    .click();
  await expect(page.getByRole("region", { name: "Delivery" })).toBeVisible();
};

const openSecrets: Shot["show"] = async (page, { app, projectId }) => {
  await page.goto(`${app.web}/projects/${projectId}/settings/secrets`);
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
};

const SHOTS: Record<string, Shot> = {
  "overview-light": { theme: "light", show: openOverview },
  "overview-dark": { theme: "dark", show: openOverview },
  "workflow-light": { theme: "light", show: openWorkflow },
  "workflow-dark": { theme: "dark", show: openWorkflow },
  "run-light": { theme: "light", show: openRun },
  "run-dark": { theme: "dark", show: openRun },
  "runs-light": { theme: "light", show: openRuns },
  "deliveries-light": { theme: "light", show: openDeliveries },
  "deliveries-dark": { theme: "dark", show: openDeliveries },
  "resources-light": { theme: "light", show: openResources },
  "resources-dark": { theme: "dark", show: openResources },
  "resources-narrow-dark": { theme: "dark", size: NARROW, show: openResources },
  "resource-light": { theme: "light", show: openResource },
  "resource-dark": { theme: "dark", show: openResource },
  "users-light": { theme: "light", show: openUsers },
  "users-narrow-dark": { theme: "dark", size: NARROW, show: openUsers },
  "user-light": { theme: "light", show: openUser },
  "user-dark": { theme: "dark", show: openUser },
  "user-narrow-light": { theme: "light", size: NARROW, show: openUser },
  "activity-light": { theme: "light", show: openActivity },
  "activity-dark": { theme: "dark", show: openCall },
  "activity-narrow-light": { theme: "light", size: NARROW, show: openActivity },
  "secrets-light": { theme: "light", show: openSecrets },
  "sdk-setup-light": { theme: "light", show: openSdkSetup },
  "authorization-light": { theme: "light", show: openAuthorization },
  "test-and-publish-light": { theme: "light", show: openPassedTest("Test credentials") },
  "test-and-publish-dark": { theme: "dark", show: openPassedTest("Result") },
  "request-details-light": { theme: "light", show: openVariableMenu },
};

/** The port people know from the README where it is free. */
async function findPort(usual: number): Promise<number> {
  for (const port of [usual, 0]) {
    const server = createServer();
    const got = await new Promise<number | null>((resolve) => {
      server.once("error", () => resolve(null));
      server.listen(port, () => resolve((server.address() as { port: number }).port));
    });
    await new Promise((resolve) => server.close(resolve));
    if (got) return got;
  }
  throw new Error("No port is free.");
}

/** TaskLab by itself: with the one of `npm start` comes the banner of trial mode, which is not what a picture is about. */
async function startTasklab(port: number): Promise<ChildProcess> {
  const env = { ...process.env, EXAMPLE_PORT: String(port) };
  const child = spawn(process.execPath, ["examples/tasklab/server.ts"], { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"], env });
  await expect
    .poll(
      () =>
        fetch(`http://localhost:${port}/healthz`).then(
          ({ status }) => status,
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(200);
  return child;
}

async function setUp(page: Page, app: RunningApp): Promise<string> {
  await page.goto(app.setupLink);
  await page.getByLabel("Your name").fill(ADMIN.name);
  await page.getByLabel("Email").fill(ADMIN.email);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.getByLabel("First project").fill(ADMIN.project);
  await page.getByRole("button", { name: "Create account and project" }).click();
  await page.waitForURL(/\/projects\//);
  return /\/projects\/([^/?]+)/.exec(page.url())![1]!;
}

const wanted = process.argv.slice(2);
const shots = Object.entries(SHOTS).filter(([name]) => wanted.length === 0 || wanted.includes(name));
if (shots.length === 0 || shots.length < wanted.length) {
  console.error(`There are these pictures: ${Object.keys(SHOTS).join(", ")}.`);
  process.exit(1);
}

const folder = await mkdtemp(path.join(tmpdir(), "patchbay-pictures-"));
// As root the database runs as another user, who has to get in.
await chmod(folder, 0o755);
const closing: (() => Promise<unknown> | unknown)[] = [() => rm(folder, { recursive: true, force: true })];
try {
  const [web, gateway, example] = [await findPort(3000), await findPort(3001), await findPort(3002)];
  const tasklab = await startTasklab(example);
  closing.unshift(() => tasklab.kill("SIGTERM"));
  const started = await startApp(folder, {
    PORT: String(web),
    API_PORT: String(gateway),
    PATCHBAY_EXAMPLE: "off",
    OUTBOUND_ALLOW: `127.0.0.1/32:${example},[::1/128]:${example}`,
  });
  closing.unshift(started.stop);
  const app: RunningApp = { ...started.app, setupLink: started.app.setupLink ?? "", tasklab: `http://localhost:${example}`, folder };
  const sql = openDatabase(app.databaseUrl);
  closing.unshift(() => sql.end());
  const browser = await chromium.launch(config.use?.launchOptions);
  closing.unshift(() => browser.close());

  const context = await browser.newContext({ baseURL: app.web, viewport: WIDE, reducedMotion: "reduce" });
  const page = await context.newPage();
  const projectId = await setUp(page, app);
  const { sign } = await (await SdkSetup.open(page, app, projectId)).generateKey();
  console.log("Furnishing Corvid ...");
  const house = { app, admin: context.request, projectId, signer: { publicKeyPem: "", sign }, sql };
  const resources = await furnishCorvid(house);
  const corvid = { ...resources, ...(await runCorvidWorkflow(house, resources.tasklab)) };

  const readme = await readFile(path.join(ROOT, "README.md"), "utf8");
  for (const folder of [SHOWN, LOOKED_AT]) await mkdir(folder, { recursive: true });
  const scene: Scene = { app, projectId, corvid, sign: (sub) => sign({ sub }) };
  for (const [name, { theme, size = WIDE, show }] of shots) {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: "reduce" });
    await page.setViewportSize(size);
    await show(page, scene);
    await page.waitForLoadState("networkidle");
    await page.evaluate(() => document.fonts.ready);
    await page.mouse.move(0, 0);
    const file = path.join(readme.includes(`/${name}.png`) ? SHOWN : LOOKED_AT, `${name}.png`);
    await page.screenshot({ path: file, animations: "disabled" });
    console.log(path.relative(ROOT, file));
  }
} finally {
  for (const close of closing) await close();
}
process.exit(0);
