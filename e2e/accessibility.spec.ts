/** Every page, dialog, menu and result is named here once, before one judge: that none is forgotten is seen in one file. */
import type { Page } from "@playwright/test";
import axe, { type RunOptions } from "axe-core";
import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedDeliveries } from "./fixtures/seed-deliveries.ts";
import { seedDraft, seedResource } from "./fixtures/seed-resource.ts";
import { seedRuns } from "./fixtures/seed-runs.ts";
import { seedWorkflow } from "./fixtures/seed-workflow.ts";
import { DEMO, drafts, mintPair } from "./fixtures/tasklab.ts";
import { Wizard } from "./pages/wizard.ts";

const WIDE = { width: 1440, height: 900 };
const NARROW = { width: 390, height: 844 };

/** Rules about colour: widths don't change what they find. */
const COLOUR_RULES = ["color-contrast", "link-in-text-block"];
const ONLY_COLOUR: RunOptions = { runOnly: COLOUR_RULES };
const ALL_BUT_COLOUR: RunOptions = { rules: Object.fromEntries(COLOUR_RULES.map((id) => [id, { enabled: false }])) };

/**
 * Serious and critical findings as "page, width, theme: rule at element". Themes differ in colours alone and widths in all else, so a
 * page is judged whole at the first width, by the rules about colour in the dark, and by all others at the second width. Without motion:
 * colours that are on their way would be judged half way. `within` judges a part of a page that is judged elsewhere: a dialog, a menu,
 * a result.
 */
async function findings(page: Page, what: string, { widths = [WIDE, NARROW], within = "" } = {}): Promise<string[]> {
  const found: string[] = [];
  // Once for each document; no page has frames.
  if (!(await page.evaluate(() => "axe" in window))) {
    await page.evaluate(axe.source);
    await stopMotion(page);
  }
  for (const viewport of widths) {
    await page.setViewportSize(viewport);
    for (const colorScheme of viewport === widths[0] ? (["light", "dark"] as const) : (["light"] as const)) {
      await page.emulateMedia({ colorScheme });
      if (within) await page.locator(within).first().waitFor({ state: "attached" });
      const rules = colorScheme === "dark" ? ONLY_COLOUR : viewport === widths[0] ? {} : ALL_BUT_COLOUR;
      const { violations } = await runAxe(page, within, rules);
      for (const { id, impact, nodes } of violations) {
        if (impact !== "serious" && impact !== "critical") continue;
        const where = `${what}, ${viewport.width} px, ${colorScheme}: ${id}`;
        found.push(
          ...nodes.map(({ target, failureSummary }) => `${where} at ${target.join(" ")} (${failureSummary?.split("\n")[1]?.trim()})`),
        );
      }
    }
  }
  await page.setViewportSize(WIDE);
  return found;
}

/** Only what is wrong is collected: of the rest one element a rule. */
const runAxe = (page: Page, within: string, rules: RunOptions) =>
  page.evaluate(([selector, options]) => (window as unknown as { axe: typeof axe }).axe.run(selector || document, options), [
    within,
    { ...rules, resultTypes: ["violations"] } satisfies RunOptions,
  ] as const);

/**
 * Takes all motion out of the document: even the shortest transition takes a frame, what inherits a colour begins its own after it, and a
 * busy machine draws no frame for a long time. By a sheet made in script, which the page's policy allows.
 */
const stopMotion = (page: Page) =>
  page.evaluate(() => {
    const still = new CSSStyleSheet();
    still.replaceSync("*, ::before, ::after, ::backdrop { transition: none !important; animation: none !important }");
    document.adoptedStyleSheets.push(still);
  });

test("the judge finds what it is there for", async ({ page }) => {
  await page.setContent(
    '<html lang="en"><title>x</title><main><h1>x</h1><button></button><p style="color:#bbb;background:#fff">Faint</p></main>',
  );
  const found = await findings(page, "broken");
  expect(found.filter((each) => each.includes("button-name"))).toHaveLength(2);
  expect(found.filter((each) => each.includes("color-contrast"))).toHaveLength(2);
});

test.describe("no page has a serious finding, in either theme", () => {
  test.describe.configure({ timeout: 240_000 });

  const judgePages = async (page: Page, web: string, projectId: string, paths: string[]) => {
    const found: string[] = [];
    for (const path of paths) {
      await page.goto(web + path);
      await expect(page.getByRole("heading", { level: 1 }).first(), path).toBeVisible();
      found.push(...(await findings(page, path.replace(projectId, "…"))));
    }
    expect(found).toEqual([]);
  };

  test("before signing in", async ({ app, browser, adminState: _ }) => {
    const context = await browser.newContext({ viewport: WIDE });
    await judgePages(await context.newPage(), app.web, "", ["/sign-in", "/setup?token=x", "/invitation/x"]);
    await context.close();
  });

  test("around projects and their settings", async ({ app, projectId, signedInPage: page }) => {
    const settings = ["general", "members", "sdk-setup", "secrets"].map((each) => `/projects/${projectId}/settings/${each}`);
    await judgePages(page, app.web, projectId, ["/projects", "/account", ...settings, `/projects/${projectId}/nothing-here`]);
  });

  test("of resources, users and activity", async ({ app, admin, projectId, signedInPage: page }) => {
    const live = await seedResource(admin, app, projectId, "Accessible live", drafts.apiKeys(app.tasklab));
    const { id: draft } = await seedDraft(admin, app, projectId, "Accessible draft", drafts.refreshToken(app.tasklab));
    const paths = [
      "overview",
      "resources",
      "resources?q=nothing-is-called-so",
      ...["", "/setup", "/code", "/revisions", "/users", "/activity"].map((tab) => `resources/${live}${tab}`),
      ...["", "/code"].map((tab) => `resources/${draft}${tab}`),
      "users",
      "users?q=nobody-begins-so",
      "activity",
      "activity?q=nothing-is-at-this-path&from=2026-01-01T00:00:00.000Z",
    ];
    await judgePages(
      page,
      app.web,
      projectId,
      paths.map((path) => `/projects/${projectId}/${path}`),
    );
  });

  test("of workflows: the list, the editor, and each kind of step in its panel", async ({ app, admin, projectId, signedInPage: page }) => {
    const resource = await seedResource(admin, app, projectId, "Accessible", drafts.apiKeys(app.tasklab));
    const workflows = `/projects/${projectId}/workflows`;
    await judgePages(page, app.web, projectId, [workflows]);
    const editor = `${workflows}/${await seedWorkflow(admin, app, projectId, resource)}`;
    await judgePages(page, app.web, projectId, [workflows, editor]);
    const found: string[] = [];
    const cards = page.locator("[data-node]");
    for (let index = 0; index < (await cards.count()); index++) {
      await page.keyboard.press("Escape");
      await cards.nth(index).click();
      found.push(...(await findings(page, `panel ${index}`, { within: ".flow-panel" })));
    }
    for (const panel of ["Versions", "Users"]) {
      await page.getByRole("button", { name: panel, exact: true }).click();
      found.push(...(await findings(page, panel, { within: ".flow-panel" })));
    }
    for (const menu of ["Add step", "More for Accessible"]) {
      await page.getByRole("button", { name: menu, exact: true }).click();
      found.push(...(await findings(page, menu, { widths: [WIDE], within: "[role=menu]" })));
      await page.keyboard.press("Escape");
    }
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await expect(page.getByRole("dialog")).toBeVisible();
    found.push(...(await findings(page, "Publish", { within: "[role=dialog]" })));
    expect(found).toEqual([]);
  });

  test("of runs, one run as it stands, a trigger and its deliveries", async ({ app, admin, projectId, signedInPage: page }) => {
    const resourceId = await seedResource(admin, app, projectId, "Harbour", drafts.apiKeys(app.tasklab));
    const { id: triggerId } = await runAction<{ id: string }>(admin, app, "createTriggerAction", {
      projectId,
      resourceId,
      name: "Task completed",
      body: { level: "app", creation: "manual" },
    });
    const sql = openDatabase(app.databaseUrl);
    const runs = await seedRuns(sql, projectId);
    const { accepted } = await seedDeliveries(sql, { projectId, resourceId, triggerId, runId: runs.passed });
    await sql.end();
    const trigger = `triggers/${triggerId}`;
    const micros = `${Date.parse(accepted.at)}${accepted.at.slice(-4, -1)}`;
    await judgePages(
      page,
      app.web,
      projectId,
      [
        "workflows/runs",
        "workflows/runs?status=cancelled",
        ...[runs.passed, runs.failed, runs.waiting].map((id) => `workflows/runs/${id}`),
        trigger,
        `${trigger}/deliveries`,
        `${trigger}/deliveries?open=${micros}_${accepted.id}`,
      ].map((path) => `/projects/${projectId}/${path}`),
    );
  });

  test("of the wizard", async ({ app, admin, projectId, signedInPage: page }) => {
    const live = await seedResource(admin, app, projectId, "Accessible steps", drafts.apiKeys(app.tasklab));
    const { id: draft } = await seedDraft(admin, app, projectId, "Accessible steps of a draft", drafts.refreshToken(app.tasklab));
    const { id: empty } = await seedDraft(admin, app, projectId, "Accessible empty", {});
    const steps = [draft, live].flatMap((id) =>
      ["api-info", "authorization", "request-details", "test-and-publish"].map((step) => `${id}/setup/${step}`),
    );
    const paths = [...steps, `${empty}/setup/api-info`, `${empty}/setup/test-and-publish`];
    await judgePages(
      page,
      app.web,
      projectId,
      paths.map((path) => `/projects/${projectId}/resources/${path}`),
    );
  });
});

/** Opens things over a page and judges each: what is behind it is judged as a page of its own. */
function over(page: Page) {
  const found: string[] = [];
  const judge = async (what: string, within = "main") => found.push(...(await findings(page, what, { within })));
  const button = (label: string | RegExp) => page.getByRole("button", { name: label, exact: true }).filter({ visible: true }).first();
  const inDialog = async (what: string, open: () => Promise<void>) => {
    await open();
    const dialog = page.getByRole("dialog");
    await expect(dialog, what).toBeVisible();
    await judge(what, "[role=dialog]");
    await page.keyboard.press("Escape");
    await expect(dialog, what).toBeHidden();
  };
  const inMenu = async (what: string, trigger: string | RegExp) => {
    await button(trigger).click();
    await expect(page.getByRole("menu"), what).toBeVisible();
    await judge(what, "[role=menu]");
    await page.keyboard.press("Escape");
  };
  return { found, judge, button, inDialog, inMenu };
}

test.describe("no open dialog, menu or result has one either", () => {
  test.describe.configure({ timeout: 240_000 });

  test("in the list of resources and around it", async ({ app, admin, projectId, signedInPage: page }) => {
    const resource = "Dialogs";
    await seedResource(admin, app, projectId, resource, drafts.apiKeys(app.tasklab));
    const { found, button, inDialog, inMenu } = over(page);
    const menuItem = (label: string) => async () => {
      await button(`Actions for ${resource}`).click();
      await page.getByRole("menuitem", { name: label, exact: true }).click();
    };

    await page.goto(`${app.web}/projects/${projectId}/resources`);
    await inDialog("Create Resource", () => button("Create Resource").click());
    await inMenu("resource menu", `Actions for ${resource}`);
    await inDialog("Rename", menuItem("Rename"));
    await inDialog("Delete", menuItem("Delete"));
    await inMenu("project menu", /switch project/);
    await inMenu("theme menu", /^Theme/);
    await inMenu("account menu", /^Account of/);
    await inDialog("palette", () => page.keyboard.press("Control+k"));
    await inDialog("shortcuts", () => page.keyboard.press("?"));
    await page.setViewportSize(NARROW);
    await button("Open navigation").click();
    await expect(page.getByRole("dialog")).toBeVisible();
    found.push(...(await findings(page, "drawer", { widths: [NARROW], within: "[role=dialog]" })));
    expect(found).toEqual([]);
  });

  test("in settings and revisions", async ({ app, admin, projectId, signer: _, signedInPage: page }) => {
    const live = await seedResource(admin, app, projectId, "Revised", drafts.apiKeys(app.tasklab));
    const project = `${app.web}/projects/${projectId}`;
    const { found, judge, button, inDialog } = over(page);

    await page.goto(`${project}/settings/sdk-setup`);
    await inDialog("Generate Signing Key", () => button("Generate Signing Key").click());
    await inDialog("Add public key", () => button("Add public key").click());
    await inDialog("Revoke key", () => button(/^Revoke /).click());
    await page.getByRole("textbox", { name: "User token" }).fill("not.a.token");
    await expect(page.getByText(/checks failed/)).toBeVisible();
    await judge("token doctor");

    await page.goto(`${project}/settings/secrets`);
    await inDialog("New Secret", () => button("New Secret").click());
    await runAction(admin, app, "createSecretAction", {
      projectId,
      name: "JUDGED",
      value: "a-value-to-be-judged-0001",
      description: "Ours",
    });
    await page.reload();
    await inDialog("Replace secret", () => button("Replace JUDGED").click());
    await inDialog("Delete secret", () => button("Delete JUDGED").click());
    await judge("list of secrets");

    await page.goto(`${project}/settings/members`);
    await inDialog("Invite", () => button(/invite/i).click());
    await page.goto(`${project}/settings/general`);
    await inDialog("Delete project", () => button("Delete project").click());
    await page.goto(`${project}/resources/${live}/revisions`);
    await inDialog("Restore revision", () => button("Restore revision 1").click());
    expect(found).toEqual([]);
  });

  test("in Connected Users and on a user's page", async ({ app, admin, projectId, signer, signedInPage: page }) => {
    const name = "Accessible users";
    const id = await seedResource(admin, app, projectId, name, drafts.apiKeys(app.tasklab));
    for (const sub of ["accessible-1", "accessible-2"]) {
      const response = await fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${id}/connect`, {
        method: "POST",
        headers: { authorization: `Bearer ${signer.sign({ sub })}`, "content-type": "application/json" },
        body: JSON.stringify({ tenant: "northgate", ...DEMO.ada }),
      });
      expect(response.status).toBe(200);
    }
    const { found, judge, button, inDialog } = over(page);
    await page.goto(`${app.web}/projects/${projectId}/users?q=accessible`);
    await page.getByRole("checkbox", { name: "Select all on this page" }).check();
    await judge("selected users");
    for (const verb of ["Refresh", "Re-verify", "Disconnect", "Delete users"]) await inDialog(verb, () => button(verb).click());
    await page.getByRole("link", { name: "accessible-1" }).click();
    await expect(page.getByRole("region", { name: `${name} credential` })).toBeVisible();
    await judge("a user");
    await inDialog("Disconnect one", () => button("Disconnect").click());
    await inDialog("Delete user", () => button("Delete user").click());
    expect(found).toEqual([]);
  });

  test("in a test, its variables and the calls that it leaves", async ({ app, admin, projectId, signedInPage: page }) => {
    const live = await seedResource(admin, app, projectId, "Tested", drafts.apiKeys(app.tasklab));
    const { found, judge, inDialog } = over(page);

    const wizard = await Wizard.open(page, app, projectId, live, "Test and Publish");
    await wizard.fill({ Tenant: "northgate", Username: DEMO.ada.username, Password: DEMO.ada.password });
    await wizard.sendTest();
    await wizard.passed("API call", "Profile");
    await judge("a passed test");
    await page.getByText("Query, headers and body").click();
    await wizard.field("Path").fill("/nowhere/{{");
    await expect(page.getByRole("listbox", { name: "Variables" })).toBeVisible();
    await judge("variable menu", "[role=listbox]");
    await page.keyboard.press("Escape");
    await wizard.field("Path").fill("/nowhere/{{inputs.unknown}}");
    await expect(wizard.button("Add Required Input unknown")).toBeVisible();
    await judge("unknown variable");
    await wizard.field("Path").fill("/nowhere");
    await wizard.sendTest();
    await expect(wizard.lane("API call").getByText("Failed", { exact: true })).toBeVisible();
    await judge("a failed test");

    const call = page.getByRole("button", { name: /^Open GET/ }).first();
    await expect(async () => {
      await page.goto(`${app.web}/projects/${projectId}/resources/${live}`);
      await expect(call).toBeVisible({ timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await judge("recent calls");
    await inDialog("a call", () => call.click());
    await page.goto(`${app.web}/projects/${projectId}/activity?resource=${live}`);
    await call.click();
    await expect(page.getByText("Copy as cURL")).toBeVisible();
    await judge("an open call");
    expect(found).toEqual([]);
  });

  test("in the Refresh drill, the search for a combination, and what a rule makes of answers", async ({
    app,
    admin,
    projectId,
    signedInPage: page,
  }) => {
    const { found, judge, button, inDialog } = over(page);
    const { id } = await seedDraft(admin, app, projectId, "Drilled for all", drafts.refreshToken(app.tasklab), DEMO.webSecret);
    const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
    await wizard.fill({ Tenant: "northgate", "Refresh Token": (await mintPair(app)).refresh_token });
    await inDialog("Run refresh drill", () => button("Run refresh drill").click());
    await wizard.drill();
    await judge("a drill");
    await inDialog("Clear test credentials", () => button("Clear").click());

    const picky = drafts.clientCredentials(app.tasklab);
    picky.oauth.clientId = "tasklab-service-post";
    const { id: other } = await seedDraft(admin, app, projectId, "Found for all", picky, "service-post-secret-for-the-demo");
    const finder = await Wizard.open(page, app, projectId, other, "Test and Publish");
    await finder.fill({ Tenant: "northgate" });
    await finder.sendTest();
    await button("Find the working combination").click();
    await expect(button("Use this")).toBeVisible();
    await judge("a found combination");
    await finder.goTo("Request Details");
    await page.getByText("Time-out, expiry and checks").click();
    await finder.field("Check interval").selectOption("Custom");
    await expect(page.getByText(/would mean token expired|No answer is kept/)).toBeVisible();
    await judge("the rule's preview");
    expect(found).toEqual([]);
  });
});
