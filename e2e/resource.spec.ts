import type { Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { DEMO, drafts } from "./fixtures/tasklab.ts";
import type { Signer } from "./fixtures/user-token.ts";
import { Wizard } from "./pages/wizard.ts";

test.describe("a resource in the list", () => {
  const openMenu = async (page: Page, app: RunningApp, projectId: string, name: string, item: string) => {
    await page.goto(`${app.web}/projects/${projectId}/resources`);
    await page.getByRole("button", { name: `Actions for ${name}`, exact: true }).click();
    await page.getByRole("menuitem", { name: item, exact: true }).click();
  };
  const slugs = async (app: RunningApp, projectId: string, signer: Signer) => {
    const response = await fetch(`${app.gateway}/projects/${projectId}/sdk/me`, {
      headers: { authorization: `Bearer ${signer.sign({ sub: "looker" })}` },
    });
    return ((await response.json()) as { resources: { id: string; slug: string }[] }).resources;
  };
  const connect = async (app: RunningApp, projectId: string, id: string, signer: Signer) =>
    fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${id}/connect`, {
      method: "POST",
      headers: { authorization: `Bearer ${signer.sign({ sub: "lister" })}`, "content-type": "application/json" },
      body: JSON.stringify({ tenant: "northgate", ...DEMO.ada }),
    });

  test("renamed, keeps its old name as an alias that code can go on using", async ({
    app,
    projectId,
    admin,
    signer,
    signedInPage: page,
  }) => {
    const id = await seedResource(admin, app, projectId, "Old name", drafts.apiKeys(app.tasklab));
    await openMenu(page, app, projectId, "Old name", "Rename");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill("New name");
    await dialog.getByRole("button", { name: "Rename", exact: true }).click();
    await expect(page.getByRole("link", { name: "New name" })).toBeVisible();
    const own = (await slugs(app, projectId, signer)).filter((each) => each.id === id).map((each) => each.slug);
    expect(own.sort()).toEqual(["New name", "Old name"]);

    await openMenu(page, app, projectId, "New name", "Rename");
    await dialog.getByLabel("Name", { exact: true }).fill("Autosaved old name");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Create Resource", exact: true }).first().click();
    await dialog.getByLabel("Name", { exact: true }).fill("OLD NAME");
    await expect(dialog.getByText("Taken", { exact: true }), "an alias counts as taken, whatever its capitals").toBeVisible();
  });

  test("duplicated, has everything but the secrets", async ({ app, projectId, admin, signedInPage: page }) => {
    await seedResource(admin, app, projectId, "Original", drafts.refreshToken(app.tasklab), DEMO.webSecret);
    await openMenu(page, app, projectId, "Original", "Duplicate");
    const wizard = new Wizard(page);
    await wizard.isAt("API Info");
    await wizard.goTo("Authorization");
    await expect(wizard.field("Client ID")).toHaveValue("tasklab-web");
    await expect(wizard.field("Access Token URL")).toHaveValue(`${app.tasklab}/{{inputs.tenant}}/oauth/token`);
    await expect(wizard.field("Client Secret"), "empty, not kept").toHaveValue("");
    await wizard.goTo("Test and Publish");
    const missing = page.getByRole("region", { name: "Before Finish" });
    await expect(missing.getByRole("link")).toHaveText(["Client Secret"]);
  });

  test("deleted, stops at once, and Undo brings it back", async ({ app, projectId, admin, signer, signedInPage: page }) => {
    const id = await seedResource(admin, app, projectId, "Short-lived", drafts.apiKeys(app.tasklab));
    expect((await connect(app, projectId, id, signer)).status).toBe(200);
    await openMenu(page, app, projectId, "Short-lived", "Delete");
    const dialog = page.getByRole("dialog", { name: "Delete Short-lived?" });
    await expect(dialog).toContainText("1 user loses this credential");
    await dialog.getByRole("button", { name: "Delete resource" }).click();
    await expect(dialog, "the name has to be typed").toContainText("That isn’t the name.");
    expect((await connect(app, projectId, id, signer)).status).toBe(200);
    await dialog.getByLabel("Type Short-lived to confirm").fill("Short-lived");
    await dialog.getByRole("button", { name: "Delete resource" }).click();
    // An open dialog hides the page behind it from roles: the link counts once it is closed.
    await expect(dialog).toBeHidden();
    await expect(page.getByRole("link", { name: "Short-lived" })).toBeHidden();
    expect((await connect(app, projectId, id, signer)).status).toBe(404);
    await page.getByRole("button", { name: "Undo" }).click();
    await expect(page.getByRole("link", { name: "Short-lived" })).toBeVisible();
    expect((await connect(app, projectId, id, signer)).status).toBe(200);
  });
});

test("an Undo that finds its name taken asks for another one, in Settings that are open already too", async ({
  app,
  projectId,
  admin,
  signedInPage: page,
}) => {
  await seedResource(admin, app, projectId, "Twice", drafts.apiKeys(app.tasklab));
  await page.goto(`${app.web}/projects/${projectId}/resources`);
  await page.getByRole("button", { name: "Actions for Twice", exact: true }).click();
  await page.getByRole("menuitem", { name: "Delete", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Delete Twice?" });
  await dialog.getByLabel("Type Twice to confirm").fill("Twice");
  await dialog.getByRole("button", { name: "Delete resource" }).click();
  await expect(dialog).toBeHidden();
  await seedResource(admin, app, projectId, "Twice", drafts.apiKeys(app.tasklab));
  await page.getByRole("button", { name: "Undo" }).click();
  const choose = page.getByRole("button", { name: "Choose a name" });
  await expect(choose).toBeVisible();
  await page.getByRole("link", { name: "Settings", exact: true }).click();
  await expect(page.getByRole("table", { name: "Deleted resources" })).toBeVisible();
  await choose.click();
  await page.getByRole("dialog", { name: "Restore Twice" }).getByRole("button", { name: "Restore", exact: true }).click();
  await expect(page.getByText("Twice restored is back")).toBeVisible();
});

test("revisions are compared field by field, and restoring one fills the draft, not the live resource", async ({
  app,
  projectId,
  admin,
  signedInPage: page,
}) => {
  const id = await seedResource(admin, app, projectId, "Revised", drafts.apiKeys(app.tasklab));
  const wizard = await Wizard.open(page, app, projectId, id, "Request Details");
  await wizard.field("API Base URL").fill(`${app.tasklab}/{{inputs.tenant}}/open`);
  await wizard.goTo("Test and Publish");
  await wizard.finish("Revised");
  await page.getByRole("link", { name: /^Revisions/ }).click();
  await page.getByRole("link", { name: "See what revision 2 changed" }).click();
  const compare = page.getByRole("table", { name: /1 field differs/ });
  await expect(compare.getByRole("row", { name: /API Base URL/ })).toContainText("/basic");
  await expect(compare.getByRole("row", { name: /API Base URL/ })).toContainText("/open");

  await page.getByRole("button", { name: "Restore revision 1" }).click();
  await page.getByRole("button", { name: "Restore into the draft" }).click();
  await wizard.isAt("Test and Publish");
  await wizard.goTo("Request Details");
  await expect(wizard.field("API Base URL")).toHaveValue(`${app.tasklab}/{{inputs.tenant}}/basic`);
  await page.goto(`${app.web}/projects/${projectId}/resources/${id}`);
  await expect(page.getByText("Revision 2", { exact: true }).first(), "live is still the second").toBeVisible();
});
