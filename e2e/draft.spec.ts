import type { Route } from "@playwright/test";
import { expect, test } from "./fixtures/app.ts";
import { seedDraft } from "./fixtures/seed-resource.ts";
import { drafts } from "./fixtures/tasklab.ts";
import { Wizard } from "./pages/wizard.ts";

test.describe("a draft", () => {
  test("keeps what was typed over a reload, without a click", async ({ app, projectId, admin, signedInPage: page }) => {
    const { id } = await seedDraft(admin, app, projectId, "Autosaved", drafts.apiKeys(app.tasklab));
    const wizard = await Wizard.open(page, app, projectId, id, "Request Details");
    const saved = wizard.nextSave();
    await wizard.field("API Base URL").fill("https://api.example.com/typed");
    await saved;
    await page.reload();
    await expect(wizard.field("API Base URL")).toHaveValue("https://api.example.com/typed");
    await expect(page.getByRole("status").filter({ hasText: /^Saved/ })).toBeVisible();
  });

  test("says at Finish what is missing, as links that lead to the field", async ({ app, projectId, signedInPage: page }) => {
    const wizard = await Wizard.create(page, app, projectId, "Incomplete");
    await wizard.choose("User-Level Resource", "OAuth 2.0 (Refresh Token)");
    await wizard.goTo("Test and Publish");
    const missing = page.getByRole("region", { name: "Before Finish" });
    for (const label of ["Access Token URL", "Client ID", "Client Secret", "API Base URL"]) {
      await expect(missing.getByRole("link", { name: label, exact: true })).toBeVisible();
    }
    await missing.getByRole("link", { name: "API Base URL", exact: true }).click();
    await wizard.isAt("Request Details");
    await expect(wizard.field("API Base URL")).toBeFocused();

    await wizard.goTo("Test and Publish");
    await wizard.button("Finish").click();
    await wizard.isAt("Authorization");
    await expect(wizard.field("Access Token URL")).toBeFocused();
    await expect(page.getByText("Not live yet")).toBeVisible();
  });

  test("marks an unknown variable where it stands, and one click adds the Required Input", async ({
    app,
    projectId,
    admin,
    signedInPage: page,
  }) => {
    const { id } = await seedDraft(admin, app, projectId, "Unknown variable", drafts.apiKeys(app.tasklab));
    const wizard = await Wizard.open(page, app, projectId, id, "Request Details");
    await wizard.field("API Base URL").fill(`${app.tasklab}/{{inputs.region}}/basic`);
    await expect(wizard.step("Request Details")).toContainText("1 unknown variable");
    await wizard.button("Add Required Input region").click();
    await expect(wizard.step("Request Details")).not.toContainText("unknown variable");
    await wizard.goTo("Authorization");
    await expect(page.getByRole("region", { name: "Required Inputs" }).getByText("region", { exact: true })).toBeVisible();
  });
});

test("two tabs: different fields join, the same field is asked", async ({ app, projectId, admin, signedInPage: page }) => {
  const { id } = await seedDraft(admin, app, projectId, "Two tabs", drafts.apiKeys(app.tasklab));
  const mine = await Wizard.open(page, app, projectId, id, "Request Details");
  const other = await Wizard.open(await page.context().newPage(), app, projectId, id, "Request Details");
  const save = async (wizard: Wizard, label: string, value: string) => {
    const saved = wizard.nextSave();
    await wizard.field(label).fill(value);
    await saved;
  };
  await save(other, "API Base URL", "https://theirs.example.com");
  await save(mine, "Path of the user id", "$.mine");
  await expect(mine.field("API Base URL"), "their change came along").toHaveValue("https://theirs.example.com");
  await expect(mine.field("Path of the user id")).toHaveValue("$.mine");
  await expect(page.getByRole("dialog")).toBeHidden();
  await expect(page.getByRole("status").filter({ hasText: /^Saved/ })).toBeVisible();

  await other.page.reload();
  await expect(other.field("Path of the user id")).toHaveValue("$.mine");
  await save(other, "API Base URL", "https://theirs-again.example.com");
  await save(mine, "API Base URL", "https://mine.example.com");
  const dialog = page.getByRole("dialog", { name: "One field changed in another tab" });
  await expect(dialog.getByRole("radio", { name: /^API Base URL: mine/ }), "no text of mine is lost by Enter").toBeChecked();
  await dialog.getByRole("radio", { name: /^API Base URL: theirs/ }).check();
  await dialog.getByRole("button", { name: "Save" }).click();
  await expect(dialog).toBeHidden();
  await expect(mine.field("API Base URL")).toHaveValue("https://theirs-again.example.com");
});

test("why nothing is saved is said without moving what one is about to click, and goes when a save works", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const { id } = await seedDraft(admin, app, projectId, "Offline", drafts.refreshToken(app.tasklab));
  const wizard = await Wizard.open(page, app, projectId, id, "Authorization");
  const url = wizard.field("Access Token URL");
  const saved = wizard.nextSave();
  await url.fill("https://auth.example.com/one");
  await saved;
  const before = await url.boundingBox();
  const fail = (route: Route) => (route.request().method() === "POST" ? route.abort() : route.continue());
  await page.route("**/*", fail);
  await url.fill("https://auth.example.com/two");
  const note = page.getByText("What you typed stays on this page.");
  await expect(note).toBeInViewport();
  expect(await url.boundingBox()).toEqual(before);
  await page.unroute("**/*", fail);
  await expect(note, "it tries again by itself").toHaveCount(0);
  await page.reload();
  await expect(url).toHaveValue("https://auth.example.com/two");
});
