import type { APIRequestContext, Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { callsSeen, DEMO, drafts, mintPair } from "./fixtures/tasklab.ts";
import { makeSigner, type Signer } from "./fixtures/user-token.ts";

type Place = { app: RunningApp; projectId: string; signer: Signer };

/** A project of its own, with a signing key. */
async function newProject(admin: APIRequestContext, app: RunningApp, from: string, name: string): Promise<Place> {
  const { to } = await runAction<{ to: string }>(admin, app, "createProjectAction", { projectId: from, name });
  const projectId = to.split("/")[2]!;
  const signer = makeSigner();
  await runAction(admin, app, "addKeyAction", { projectId, publicKeyPem: signer.publicKeyPem });
  return { app, projectId, signer };
}

/** As the customer's app calls: at the gateway, with a token that its back end signed. */
async function asUser({ app, projectId, signer }: Place, sub: string, method: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${app.gateway}/projects/${projectId}/sdk${path}`, {
    method,
    headers: { authorization: `Bearer ${signer.sign({ sub })}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect(response.status, await response.text()).toBe(200);
}

const connect = (place: Place, sub: string, resourceId: string, values: object) =>
  asUser(place, sub, "POST", `/resources/${resourceId}/connect`, { tenant: "northgate", ...values });

async function openUsers(page: Page, { app, projectId }: Place, query = "") {
  await page.goto(`${app.web}/projects/${projectId}/users${query}`);
  await expect(page.getByRole("heading", { level: 1, name: "Connected Users" })).toBeVisible();
}

const rows = (page: Page) => page.getByRole("table").first().locator("tbody tr");
const timeline = (page: Page) => page.getByRole("tabpanel").getByRole("listitem");

test("the empty list teaches, and the first user appears by connecting", async ({ app, admin, projectId: own, signedInPage: page }) => {
  const place = await newProject(admin, app, own, "First users");
  await openUsers(page, place);
  await expect(page.getByRole("heading", { name: "No one has connected yet" })).toBeVisible();
  await expect(page.getByRole("link", { name: "SDK Setup" }).first()).toHaveAttribute("href", /settings\/sdk-setup$/);

  const resource = await seedResource(admin, app, place.projectId, "Keys", drafts.apiKeys(app.tasklab));
  await page.goto(`${app.web}/projects/${place.projectId}/resources/${resource}/users`);
  await expect(page.getByRole("heading", { name: "Nobody has connected Keys yet" })).toBeVisible();
  await page.getByRole("link", { name: "Code of Keys" }).click();
  await expect(page.getByRole("heading", { name: "Connect a user" })).toBeVisible();

  await connect(place, "first-user", resource, DEMO.ada);
  await page.getByRole("link", { name: "Connected Users" }).first().click();
  await expect(page.getByRole("link", { name: "first-user" })).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  await expect(rows(page).first()).toContainText("KeysValid");
});

test("a user is found, seen, refreshed, verified, disconnected and deleted", async ({ app, admin, projectId: own, signedInPage: page }) => {
  test.setTimeout(120_000);
  const place = await newProject(admin, app, own, "Corvid users");
  const tokens = await seedResource(admin, app, place.projectId, "TaskLab", drafts.refreshToken(app.tasklab), DEMO.webSecret);
  const keys = await seedResource(admin, app, place.projectId, "Keys", drafts.apiKeys(app.tasklab));
  const pair = await mintPair(app);
  await connect(place, "usr_8412", tokens, pair);
  await connect(place, "usr_8412", keys, DEMO.ada);
  await asUser(place, "usr_8412", "PATCH", "/me", { meta: { Name: "Ines Carvalho", Email: "ines@northgate.example", plan: "business" } });
  await connect(place, "usr_8390", keys, DEMO.ada);
  const sql = openDatabase(app.databaseUrl);

  await openUsers(page, place);
  await expect(page.getByRole("group", { name: "Credential status" }).getByRole("button", { name: "All 2" })).toBeVisible();
  const search = page.getByRole("searchbox", { name: "Search users" });
  for (const text of ["ines c", "INES@north", "usr_8412"]) {
    await search.fill(text);
    await expect(rows(page)).toHaveCount(1);
    await expect(page.getByRole("link", { name: "Ines Carvalho" })).toBeVisible();
  }
  await expect(page, "the filter stands in the address").toHaveURL(/\?q=usr_8412/);
  await search.fill("nobody");
  await expect(page.getByText("No id, name or email begins with “nobody”.")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rows(page)).toHaveCount(2);
  await page.getByRole("combobox", { name: "Resource" }).selectOption("TaskLab");
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("button", { name: /^Invalid/ }).click();
  await expect(page.getByText("Nobody has a credential that is invalid.")).toBeVisible();
  await page.reload();
  await expect(page.getByRole("button", { name: /^Invalid/ }), "filters outlive a reload").toHaveAttribute("aria-pressed", "true");
  await page.getByRole("button", { name: /^All/ }).click();

  await page.getByRole("link", { name: "Ines Carvalho" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Ines Carvalho" })).toBeVisible();
  await expect(page.getByText('"plan": "business"')).toBeVisible();
  await page
    .getByRole("main")
    .getByRole("link", { name: /^TaskLab/ })
    .click();
  const card = page.getByRole("region", { name: "TaskLab credential" });
  await expect(card.getByText("Valid", { exact: true })).toBeVisible();
  await expect(card.getByText(pair.access_token.slice(-4), { exact: true }), "the last four of a long token").toBeVisible();
  await expect(timeline(page).filter({ hasText: "Connected" })).toHaveCount(1);

  await card.getByRole("button", { name: "Refresh now" }).click();
  await expect(page.getByText("TaskLab refreshed")).toBeVisible();
  await expect(timeline(page).filter({ hasText: "Refreshed" })).toContainText("Ada Admin");
  const refreshes = await callsSeen(app, { kind: "token", contains: encodeURIComponent(pair.refresh_token) });
  expect(refreshes, "TaskLab was asked once, with the token that was given").toHaveLength(1);
  expect(refreshes[0]!.status).toBe(200);
  await expect(card.getByText(pair.access_token.slice(-4), { exact: true })).toBeHidden();

  await card.getByRole("button", { name: "Re-verify" }).click();
  await expect(page.getByText("TaskLab works")).toBeVisible();
  await expect(timeline(page).filter({ hasText: "Verified" })).toHaveCount(1);
  await expect(card.getByText(/Status checked (just now|\d min ago)/)).toBeVisible();
  await page.getByRole("tab", { name: "Failures" }).click();
  await expect(page.getByText("Nothing has failed.")).toBeVisible();
  await page.getByRole("tab", { name: "Refreshes" }).click();
  await expect(timeline(page)).toHaveCount(1);

  await card.getByRole("button", { name: "Disconnect" }).click();
  const dialog = page.getByRole("dialog", { name: "Disconnect Ines Carvalho from TaskLab?" });
  await expect(dialog).toContainText("The TaskLab credential is destroyed with its secrets");
  await dialog.getByRole("button", { name: "Disconnect" }).click();
  await expect(page.getByRole("region", { name: "Keys credential" }), "the other one stays").toBeVisible();
  await expect(page.getByRole("main").getByRole("link", { name: /^TaskLab/ })).toBeHidden();
  expect(await sql`select from credential where resource_id = ${tokens} and owner = 'user'`).toHaveLength(0);

  await page.getByRole("button", { name: "Delete user" }).click();
  const deletion = page.getByRole("dialog", { name: "Delete Ines Carvalho?" });
  await expect(deletion).toContainText("1 credential with its secrets: Keys");
  await deletion.getByRole("button", { name: "Delete user" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Connected Users" })).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
  expect(await sql`select from connected_user where project_id = ${place.projectId} and external_id = 'usr_8412'`).toHaveLength(0);
  expect(
    await sql`select from audit where project_id = ${place.projectId} and action in ('credential.refresh', 'credential.verify', 'credential.disconnect', 'user.delete')`,
  ).toHaveLength(4);
  await sql.end();
});

test("many at once: refreshed with what failed told, disconnected by keyboard, deleted after a number is typed", async ({
  app,
  admin,
  projectId: own,
  signedInPage: page,
  browser,
}) => {
  test.setTimeout(150_000);
  const place = await newProject(admin, app, own, "Many users");
  const tokens = await seedResource(admin, app, place.projectId, "TaskLab", drafts.refreshToken(app.tasklab), DEMO.webSecret);
  for (let n = 1; n <= 7; n++) {
    const pair = await mintPair(app);
    await connect(place, `usr_${n}`, tokens, n === 4 ? { ...pair, refresh_token: "was-never-issued-by-anyone" } : pair);
  }
  const sql = openDatabase(app.databaseUrl);

  await openUsers(page, place);
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await page.getByRole("checkbox", { name: "Select usr_7" }).uncheck();
  const bar = page.getByRole("region", { name: "Bulk action" });
  await expect(bar).toContainText("6 selected");
  await bar.getByRole("button", { name: "Refresh", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Refresh 6 users?" });
  await expect(dialog).toContainText("6 credentials");
  await dialog.getByRole("button", { name: "Refresh" }).click();
  await expect(bar).toContainText("Refreshed 5 of 6 · 1 failed", { timeout: 30_000 });
  const failed = rows(page).filter({ hasText: "usr_4" });
  await expect(failed).toContainText("TaskLab: ");
  await expect(failed, "the list is read anew").toContainText("Invalid");
  await expect(rows(page).filter({ hasText: "usr_7" })).not.toContainText("Refreshed");
  await expect(rows(page).filter({ hasText: "usr_1" })).toContainText("Refreshed");
  await bar.getByRole("button", { name: "Close" }).click();
  await expect(bar).toBeHidden();

  await page.getByRole("button", { name: /^Invalid/ }).click();
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("checkbox", { name: "Select usr_4" }).focus();
  await page.keyboard.press("Space");
  await bar.getByRole("button", { name: "Disconnect" }).focus();
  await page.keyboard.press("Enter");
  const disconnecting = page.getByRole("dialog", { name: "Disconnect 1 user?" });
  await expect(disconnecting).toContainText("1 invalid credential");
  await page.keyboard.press("Escape");
  await expect(disconnecting).toBeHidden();
  await expect(bar.getByRole("button", { name: "Disconnect" }), "focus goes back").toBeFocused();
  await page.keyboard.press("Enter");
  await disconnecting.getByRole("button", { name: "Disconnect" }).focus();
  await page.keyboard.press("Enter");
  await expect(bar).toContainText("Disconnected 1 of 1", { timeout: 30_000 });
  await expect(page.getByText("Nobody has a credential that is invalid.")).toBeVisible();
  expect(await sql`select from credential where resource_id = ${tokens} and owner = 'user'`).toHaveLength(6);

  await openUsers(page, place, "?q=usr_");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  await bar.getByRole("button", { name: "Delete users" }).click();
  const deletion = page.getByRole("dialog", { name: "Delete 7 users?" });
  await deletion.getByRole("button", { name: "Delete users" }).click();
  await expect(deletion, "a number must be typed").toContainText("Type 7");
  await deletion.getByRole("textbox").fill("7");
  await deletion.getByRole("button", { name: "Delete users" }).click();
  await expect(bar).toContainText("Deleted 7 of 7", { timeout: 30_000 });
  expect(await sql`select from connected_user where project_id = ${place.projectId} and kind = 'user'`).toHaveLength(0);
  expect(await sql`select from credential where project_id = ${place.projectId} and owner = 'user'`).toHaveLength(0);

  await connect(place, "usr_8", tokens, await mintPair(app));
  const viewer = await (
    await inviteMember(page, browser, app, place.projectId, { role: "Viewer", email: "users-viewer@example.com" })
  ).newPage();
  await openUsers(viewer, place);
  await expect(viewer.getByRole("checkbox"), "who only reads selects nothing").toHaveCount(0);
  await viewer.getByRole("link", { name: "usr_8" }).click();
  await expect(viewer.getByRole("region", { name: "TaskLab credential" })).toBeVisible();
  await expect(viewer.getByRole("button", { name: /Refresh now|Disconnect|Delete user/ })).toHaveCount(0);
  await sql.end();
});

test("pages of a long list follow each other by the address, and Back goes back", async ({
  app,
  admin,
  projectId: own,
  signedInPage: page,
}) => {
  const place = await newProject(admin, app, own, "Long list");
  const sql = openDatabase(app.databaseUrl);
  await sql`insert into connected_user (project_id, external_id, created_at)
    select ${place.projectId}, 'seeded_' || n, now() - n * interval '1 second' from generate_series(1, 1200) n`;
  await sql.end();
  await openUsers(page, place);
  await expect(page.getByRole("button", { name: "All 1,000+" })).toBeVisible();
  await expect(rows(page)).toHaveCount(50);
  await expect(rows(page).first()).toContainText("seeded_1");
  await page.getByRole("button", { name: "Next page" }).click();
  await expect(rows(page).first()).toContainText("seeded_51");
  await page.getByRole("button", { name: "Next page" }).click();
  await expect(rows(page).first()).toContainText("seeded_101");
  await page.goBack();
  await expect(rows(page).first()).toContainText("seeded_51");
  await page.reload();
  await expect(rows(page).first()).toContainText("seeded_51");
  await page.getByRole("button", { name: "First page" }).click();
  await expect(rows(page).first()).toContainText("seeded_1");
  await page.getByRole("checkbox", { name: "Select all on this page" }).check();
  const bar = page.getByRole("region", { name: "Bulk action" });
  await bar.getByRole("button", { name: "Select all that match" }).click();
  await expect(bar).toContainText("More than 1,000 users selected");
});
