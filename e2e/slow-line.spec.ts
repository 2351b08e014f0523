import type { Page } from "@playwright/test";
import { ADMIN, expect, test } from "./fixtures/app.ts";
import { seedDraft } from "./fixtures/seed-resource.ts";
import { drafts } from "./fixtures/tasklab.ts";
import { Wizard } from "./pages/wizard.ts";

/** The page as the server drew it: its scripts come when the returned function is called. */
async function openWithoutScripts(page: Page, url: string): Promise<() => void> {
  const released = Promise.withResolvers<void>();
  await page.route(/\/_next\/static\/.*\.js/, async (route) => {
    await released.promise;
    await route.continue();
  });
  await page.goto(url, { waitUntil: "commit" });
  return released.resolve;
}

test("nothing moves while the page's code comes: what the server drew stands until it can be used", async ({
  app,
  projectId,
  admin,
  signedInPage: page,
}) => {
  const { id } = await seedDraft(admin, app, projectId, "Slow line", drafts.apiKeys(app.tasklab));
  const release = await openWithoutScripts(page, `${app.web}/projects/${projectId}/resources/${id}/setup/request-details`);
  const checks = page.getByText("Time-out, expiry and checks");
  await expect(checks).toBeVisible();
  const moved = checks.evaluate(async (heading) => {
    const tops: number[] = [];
    for (let seen = 0; seen < 120 && heading.isConnected; seen++) {
      tops.push(heading.getBoundingClientRect().top + scrollY);
      await new Promise(requestAnimationFrame);
    }
    return Math.max(...tops) - Math.min(...tops);
  });
  release();
  expect(await moved, "pixels").toBeLessThan(8);
});

test("what was typed and chosen before the page's code came is saved", async ({ app, projectId, admin, signedInPage: page }) => {
  const { id } = await seedDraft(admin, app, projectId, "Quick hands", drafts.apiKeys(app.tasklab));
  const release = await openWithoutScripts(page, `${app.web}/projects/${projectId}/resources/${id}/setup/request-details`);
  const wizard = new Wizard(page);
  await wizard.field("API Base URL").fill("https://api.example.com/early");
  const headers = page.getByRole("radio", { name: "Headers", exact: true });
  await expect(headers).not.toBeChecked();
  await headers.check();
  const saved = wizard.nextSave();
  release();
  await saved;
  await page.reload();
  await expect(wizard.field("API Base URL")).toHaveValue("https://api.example.com/early");
  await expect(headers).toBeChecked();
});

test("a filter that was chosen before the page's code came is used", async ({ app, projectId, admin, signedInPage: page }) => {
  await seedDraft(admin, app, projectId, "Listed", drafts.apiKeys(app.tasklab));
  const release = await openWithoutScripts(page, `${app.web}/projects/${projectId}/resources`);
  await page.getByRole("combobox", { name: "Level" }).selectOption("App");
  release();
  await page.waitForURL(/level=app/);
  await expect(page.getByText("Listed", { exact: true })).toBeHidden();
});

test("a sign-in that was typed, or filled in by the browser, before the page's code came goes through", async ({
  app,
  adminState: _,
  page,
}) => {
  const release = await openWithoutScripts(page, `${app.web}/sign-in`);
  await page.getByLabel("Email").fill(ADMIN.email);
  const password = page.getByLabel("Password", { exact: true });
  await password.fill(ADMIN.password);
  // The browser alone would send the form to this page's address, with the password in it.
  await password.press("Enter");
  const button = page.getByRole("button", { name: "Sign in", exact: true });
  await expect(button).toBeDisabled();
  await expect(page).toHaveURL(`${app.web}/sign-in`);
  release();
  await button.click();
  await page.waitForURL(/\/projects(\/|$)/);
});
