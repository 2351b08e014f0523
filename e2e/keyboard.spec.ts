import type { Locator, Page } from "@playwright/test";
import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { pressUntil } from "./fixtures/press-until.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { seedRuns } from "./fixtures/seed-runs.ts";
import { callsSeen, DEMO, drafts } from "./fixtures/tasklab.ts";
import { Wizard } from "./pages/wizard.ts";

/** Keys alone. Locators only look; nothing here clicks, fills, checks or focuses. */
class Keys {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.type(text);
  }

  /** Tab by Tab, forwards or backwards, until it has the focus, which has to be visible. */
  async reach(target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
    await expect(target).toBeVisible();
    for (let presses = 0; presses < 80; presses++) {
      if (await target.evaluate((element) => element === document.activeElement)) {
        const { outline, shadow } = await target.evaluate((element) => {
          const frame = element.closest(".ui-input, .ui-choice, label") ?? element;
          // What opens a row shows its focus around the row, which its pseudo-element covers.
          const styles = [getComputedStyle(element), getComputedStyle(frame), getComputedStyle(element, "::after")];
          return { outline: styles.some((each) => each.outlineStyle !== "none"), shadow: styles.some((each) => each.boxShadow !== "none") };
        });
        expect(outline || shadow, "the focus can be seen").toBe(true);
        return;
      }
      await this.page.keyboard.press(key);
    }
    throw new Error(`80 presses of ${key} didn't reach ${target}.`);
  }

  async write(target: Locator, text: string): Promise<void> {
    await this.reach(target);
    await this.type(text);
    await expect(target).toHaveValue(text);
  }

  async activate(target: Locator): Promise<void> {
    await this.reach(target);
    await this.press("Enter");
  }
}

test("the wizard is completed by keyboard alone, from Create Resource to Finish", async ({ app, projectId, signedInPage: page }) => {
  const wizard = new Wizard(page);
  const keys = new Keys(page);
  await page.goto(`${app.web}/projects/${projectId}/resources`);
  await keys.reach(page.getByRole("button", { name: "Create Resource", exact: true }).first());
  const dialog = page.getByRole("dialog", { name: "Create Resource" });
  await pressUntil("Enter", dialog);
  await expect(wizard.field("Name", dialog), "the dialog begins at its field").toBeFocused();
  await keys.type("By keyboard");
  await keys.press("Enter");
  await wizard.isAt("API Info");

  await keys.reach(page.getByRole("radio", { name: "User-Level Resource", exact: true }));
  await keys.press("Space");
  await keys.reach(page.getByRole("radio", { name: "OAuth 2.0 (Refresh Token)", exact: true }));
  await keys.press("Space", "ArrowDown", "ArrowDown");
  await expect(page.getByRole("radio", { name: "API Key", exact: true })).toBeChecked();
  await keys.activate(wizard.button("Next"));
  await wizard.isAt("Authorization");

  await keys.activate(page.getByRole("button", { name: "username, password" }));
  await keys.activate(wizard.button("Add Required Input"));
  await expect(wizard.field("Key"), "a new row begins at its key").toBeFocused();
  await keys.type("tenant");
  await keys.write(wizard.field("Title"), "Tenant");
  await keys.activate(wizard.button("Done"));
  await keys.activate(wizard.button("Next"));
  await wizard.isAt("Request Details");

  await keys.reach(wizard.field("API Base URL"));
  await keys.type(`${app.tasklab}/{{ten`);
  await expect(page.getByRole("listbox", { name: "Variables" }).getByRole("option", { name: /inputs\.tenant/ })).toHaveAttribute(
    "aria-selected",
    "true",
  );
  await keys.press("Enter");
  await keys.type("/basic");
  await expect(wizard.field("API Base URL")).toHaveValue(`${app.tasklab}/{{inputs.tenant}}/basic`);
  await keys.activate(wizard.button("Next"));
  await wizard.isAt("Test and Publish");

  await keys.write(wizard.field("Path"), "/tasks");
  await keys.write(wizard.field("Tenant"), "corvid");
  await keys.write(wizard.field("Username"), DEMO.ada.username);
  await keys.write(wizard.field("Password"), DEMO.ada.password);
  await keys.press("Control+Enter");
  await wizard.passed("API call");
  const [call] = await callsSeen(app, { kind: "api", contains: "/corvid/basic/tasks" });
  expect(call).toMatchObject({ status: 200, user: "ada" });

  await keys.activate(wizard.button("Finish"));
  await expect(page.getByRole("heading", { level: 1, name: "By keyboard" })).toBeVisible();
  await expect(page.getByText("Revision 1", { exact: true }).first()).toBeVisible();
});

test("a workflow is made by keyboard alone: a trigger, a Request and a Conditional step, filled in and published", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  test.setTimeout(120_000);
  await seedResource(admin, app, projectId, "TaskLab", drafts.apiKeys(app.tasklab));
  const keys = new Keys(page);
  const button = (name: string | RegExp) => page.getByRole("button", { name, exact: true });
  const field = (name: string) => page.getByRole("textbox", { name, exact: true });
  const card = (name: RegExp) => page.locator("[data-node]").and(button(name));
  const replace = async (target: Locator, text: string) => {
    await keys.reach(target);
    await keys.press("Control+a");
    await keys.type(text);
  };

  await page.goto(`${app.web}/projects/${projectId}/workflows`);
  await keys.reach(button("Create Workflow"));
  await pressUntil("Enter", page.getByRole("dialog"));
  await expect(field("Name"), "the dialog begins at its field").toBeFocused();
  await keys.type("By keyboard");
  await keys.press("Enter");
  await page.waitForURL(/workflows\/[0-9a-f-]{36}$/);

  await keys.reach(button(/^Choose a trigger/));
  const event = page.getByRole("menuitem", { name: /^App Event/ });
  await pressUntil("Enter", event);
  await expect(event, "a menu begins at its first item").toBeFocused();
  await keys.press("Enter");
  await expect(card(/^App Event/)).toBeFocused();
  // Once more: from the card on to its fields.
  await keys.press("Enter");
  await keys.write(field("Event name"), "task.completed");
  await replace(field("Example of its payload"), '{"task":{"id":"tsk_1","priority":"high"}}');
  await keys.press("Escape");
  await expect(card(/^App Event task\.completed/), "Escape gives the focus back to the card").toBeFocused();

  await keys.activate(button("Add step"));
  await expect(page.getByRole("menuitem", { name: "TaskLab Request" })).toBeFocused();
  await keys.press("Enter");
  await expect(card(/^TaskLab Request/)).toBeFocused();
  await keys.press("Enter");
  await replace(field("Path"), "/tasks/{{id");
  await expect(page.getByRole("option", { name: /trigger\.task\.id/ })).toHaveAttribute("aria-selected", "true");
  await keys.press("Enter");
  await expect(field("Path")).toHaveValue("/tasks/{{trigger.task.id}}");
  await keys.press("Escape");
  await expect(card(/^TaskLab Request/)).toBeFocused();

  await keys.activate(button("Add step"));
  await expect(page.getByRole("menuitem", { name: "TaskLab Request" })).toBeFocused();
  await keys.press("ArrowDown", "Enter");
  await expect(card(/^Conditional/)).toBeFocused();
  await keys.press("Enter");
  await keys.reach(field("Value 1"));
  await keys.type("{{prio");
  await expect(page.getByRole("option", { name: /trigger\.task\.priority/ })).toHaveAttribute("aria-selected", "true");
  await keys.press("Enter");
  await keys.write(field("Compared with 1"), "high");
  await keys.press("Escape");
  await expect(card(/^Conditional If trigger\.task\.priority is high/)).toBeFocused();
  await keys.press("ArrowUp");
  await expect(card(/^TaskLab Request/), "arrows move along the cable").toBeFocused();

  await expect(page.getByText(/^Saved \d\d:\d\d$/)).toBeVisible();
  await keys.reach(button("Publish"), "Shift+Tab");
  await keys.press("Enter");
  await keys.activate(page.getByRole("dialog").getByRole("button", { name: "Publish version 1" }));
  await expect(page.getByText("Version 1 live")).toBeVisible();
});

test("the palette leads anywhere, ? lists the shortcuts, and Escape gives the focus back", async ({
  app,
  projectId,
  signedInPage: page,
}) => {
  const keys = new Keys(page);
  await page.goto(`${app.web}/projects/${projectId}/resources`);
  const search = page.getByRole("searchbox", { name: "Search resources" });
  const create = page.getByRole("button", { name: "Create Resource", exact: true }).first();
  await expect(create).toBeVisible();

  const shortcuts = page.getByRole("dialog", { name: "Shortcuts" });
  await pressUntil("?", shortcuts);
  await expect(shortcuts).toContainText("Search or jump to");
  await keys.press("Escape");
  await expect(shortcuts).toBeHidden();

  await keys.reach(create);
  await keys.press("Control+k");
  const palette = page.getByRole("dialog", { name: "Command palette" });
  await expect(palette.getByRole("combobox")).toBeFocused();
  await keys.press("Escape");
  await expect(palette).toBeHidden();
  await expect(create).toBeFocused();

  await keys.press("Control+k");
  await expect(palette.getByRole("combobox")).toBeFocused();
  await keys.type("sdk setup");
  await expect(palette.getByRole("option")).toHaveText([/SDK Setup/]);
  await keys.press("Enter");
  await expect(page).toHaveURL(/\/settings\/sdk-setup$/);
  await expect(search).toBeHidden();
});

test("a menu opens, moves and closes by keys, and a dialog keeps the focus inside", async ({ app, projectId, signedInPage: page }) => {
  const keys = new Keys(page);
  await page.goto(`${app.web}/projects/${projectId}/settings/members`);
  const account = page.getByRole("button", { name: /^Account of/ });
  await keys.reach(account);
  await pressUntil("Enter", page.getByRole("menuitem", { name: "Your account" }));
  await expect(page.getByRole("menuitem", { name: "Your account" })).toBeFocused();
  await keys.press("ArrowDown");
  await expect(page.getByRole("menuitem", { name: "Sign out" })).toBeFocused();
  await keys.press("Escape");
  await expect(account).toBeFocused();

  const invite = page.getByRole("button", { name: /invite/i }).first();
  await keys.activate(invite);
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  for (let presses = 0; presses < 12; presses++) {
    await keys.press("Tab");
    expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true);
  }
  await keys.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(invite).toBeFocused();
});

test("a run is opened, its failed step and its attempts are read, and it is replayed, by keys", async ({
  app,
  projectId,
  signedInPage: page,
}) => {
  const keys = new Keys(page);
  const sql = openDatabase(app.databaseUrl);
  const runs = await seedRuns(sql, projectId);
  await sql.end();
  await page.goto(`${app.web}/projects/${projectId}/workflows/runs`);
  const nameOf = (id: string) => `Run ${id.slice(0, 4)}`;
  await keys.reach(page.getByRole("link", { name: nameOf(runs.waiting) }));
  await keys.press("ArrowDown");
  await expect(page.getByRole("link", { name: nameOf(runs.failed) }), "arrows go from row to row").toBeFocused();
  await keys.press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: nameOf(runs.failed) })).toBeVisible();

  await keys.activate(page.getByRole("table", { name: "Steps" }).getByRole("button", { name: "task.completed" }));
  await expect(page.getByRole("region", { name: "Trigger: task.completed" })).toBeVisible();
  await keys.activate(page.getByRole("button", { name: "1 · Comment for the watcher" }));
  const panel = page.getByRole("region", { name: "Step: Comment for the watcher" });
  await expect(panel.getByRole("list", { name: "Attempts" })).toContainText("403 Forbidden");
  await expect(page).toHaveURL(/step=/);

  const replay = page.getByRole("button", { name: "Replay", exact: true });
  await keys.reach(replay, "Shift+Tab");
  await pressUntil("Enter", page.getByRole("menu"));
  await expect(page.getByRole("menuitem").first(), "the focus is in the menu").toBeFocused();
  await keys.press("Enter");
  await expect(page).not.toHaveURL(new RegExp(runs.failed));
  await expect(page.getByText("Replay of")).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText(nameOf(runs.failed));
});
