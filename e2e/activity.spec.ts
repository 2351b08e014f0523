import type { Locator, Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { DEMO, drafts } from "./fixtures/tasklab.ts";

/** One connect call as an app makes it; gives its request id and status. */
async function connect(app: RunningApp, projectId: string, resourceId: string, userToken: string, password = DEMO.ada.password) {
  const response = await fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${resourceId}/connect`, {
    method: "POST",
    headers: { authorization: `Bearer ${userToken}`, "content-type": "application/json" },
    body: JSON.stringify({ tenant: "northgate", username: DEMO.ada.username, password }),
  });
  return { status: response.status, requestId: response.headers.get("x-request-id")! };
}

const table = (page: Page) => page.getByRole("table");
const openers = (page: Page): Locator => table(page).getByRole("button", { name: /^Open / });
const panel = (page: Page): Locator => page.locator("section.activity-panel");

/** Rows are written half a second after the call. */
async function openList(page: Page, url: string, rows: number): Promise<void> {
  await expect(async () => {
    await page.goto(url);
    await expect(openers(page)).toHaveCount(rows, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
}

test("a connect that was refused leaves its calls, with what happened, the cause and what went over the wire, and no secret", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage: page,
}) => {
  const resource = await seedResource(admin, app, projectId, "Logged", drafts.apiKeys(app.tasklab));
  const good = await connect(app, projectId, resource, signer.sign({ sub: "log-good" }));
  const bad = await connect(app, projectId, resource, signer.sign({ sub: "log-bad" }), "wrong-password-9c31");
  expect([good.status, bad.status]).toEqual([200, 400]);
  const base = `${app.web}/projects/${projectId}/activity`;

  await test.step("by the sidebar, and by each filter", async () => {
    await openList(page, `${base}?resource=${resource}`, 4);
    await page.goto(`${app.web}/projects/${projectId}/resources`);
    await page.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "Activity" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Activity" })).toBeVisible();
    await page.getByLabel("Resource", { exact: true }).selectOption({ label: "Logged" });
    await expect(openers(page)).toHaveCount(4);
    await expect(page).toHaveURL(new RegExp(`resource=${resource}`));

    const filters = [
      { label: "Kind", option: "Connect", rows: 2, url: /kind=connect/ },
      { label: "Kind", option: "Profile", rows: 2, url: /kind=profile/ },
      { label: "Status", option: "OK", rows: 2, url: /status=ok/ },
      { label: "Status", option: "4xx", rows: 2, url: /status=4xx/ },
      { label: "Status", option: "Any error", rows: 2, url: /status=error/ },
      { label: "Source", option: "SDK", rows: 2, url: /source=sdk/ },
    ];
    for (const { label, option, rows, url } of filters) {
      const select = page.getByLabel(label, { exact: true });
      await select.selectOption({ label: option });
      await expect(openers(page), `${label} ${option}`).toHaveCount(rows);
      await expect(page).toHaveURL(url);
      await select.selectOption({ index: 0 });
    }
    await page.getByLabel("Time").selectOption({ label: "Last hour" });
    await page.getByPlaceholder("Path or request id").fill(bad.requestId);
    await expect(openers(page)).toHaveCount(2);
    await page.getByPlaceholder("Path or request id").fill("/nothing-like-it");
    await expect(page.getByText("Nothing matches")).toBeVisible();
    await page.getByRole("button", { name: "Clear filters" }).click();
    await expect(page.getByPlaceholder("Path or request id")).toHaveValue("");
    await page.getByPlaceholder("User id").fill("log-good");
    await expect(openers(page).first()).toBeVisible();
    await page.getByPlaceholder("User id").fill("log-nobody");
    await expect(page.getByText("No user of this project has the id “log-nobody”.")).toBeVisible();
  });

  await test.step("one open", async () => {
    await page.goto(`${base}?q=${bad.requestId}`);
    await openers(page).filter({ hasText: "/me" }).click();
    await expect(panel(page)).toContainText("TaskLab refused the credential, with 401.".replace("TaskLab", "Logged"));
    await expect(panel(page)).toContainText("Needed by the connect call");
    await expect(panel(page).getByRole("region", { name: "Request", exact: true })).toContainText("GET ");
    await expect(panel(page).getByRole("region", { name: "Response", exact: true })).toContainText("401");
    await expect(panel(page)).toContainText(bad.requestId);
    expect(await page.content()).not.toContain("wrong-password-9c31");
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
    await panel(page).getByRole("button", { name: "Copy redacted report" }).click();
    const report = await page.evaluate(() => navigator.clipboard.readText());
    expect(report).toContain(bad.requestId);
    expect(report).toContain("Cause: Needed by the connect call");
    expect(report).not.toContain("wrong-password-9c31");
  });

  await test.step("deep-linked, and on to its cause", async () => {
    const address = page.url();
    expect(address).toMatch(/open=\d{16}_[0-9a-f-]{36}/);
    await page.goto("about:blank");
    await page.goto(address);
    await expect(panel(page)).toContainText("refused the credential, with 401.");
    const cause = panel(page)
      .getByRole("button", { name: /\/connect/ })
      .first();
    // The server draws the panel; its script comes a moment later.
    await expect(async () => {
      await cause.click();
      await expect(panel(page)).toContainText("The connect call was answered 400.", { timeout: 1_000 });
    }).toPass({ timeout: 15_000 });
    await expect(panel(page)).toContainText("A call that it needed failed");
    await panel(page).getByRole("button", { name: "Close" }).click();
    await expect(panel(page)).toBeHidden();
    await openers(page).first().click();
    await expect(panel(page)).toBeVisible();
    await openers(page).nth(1).click();
    await page.goBack();
    await expect(panel(page), "Back closes what was opened, and stays").toBeHidden();
    await expect(openers(page)).toHaveCount(2);
  });

  await test.step("by keyboard", async () => {
    await page.goto(`${base}?resource=${resource}`);
    await openers(page).first().focus();
    await page.keyboard.press("ArrowDown");
    await expect(openers(page).nth(1)).toBeFocused();
    await expect(panel(page)).toBeHidden();
    await page.keyboard.press("Enter");
    await expect(panel(page)).toBeVisible();
    const before = page.url();
    await page.keyboard.press("ArrowDown");
    await expect(openers(page).nth(2)).toBeFocused();
    await expect(page).not.toHaveURL(before);
    await panel(page).getByRole("button", { name: "Older" }).click();
    await expect(table(page).locator("tr[aria-current]")).toHaveCount(1);
    await expect(panel(page).getByRole("button", { name: "Older" })).toBeDisabled();
    await page.keyboard.press("Escape");
    await expect(panel(page)).toBeHidden();
    await expect(openers(page).nth(3)).toBeFocused();
  });

  await test.step("in the tab of its resource", async () => {
    await page.goto(`${app.web}/projects/${projectId}/resources/${resource}`);
    await page.getByRole("link", { name: "All activity" }).click();
    await expect(openers(page)).toHaveCount(4);
    await expect(page.getByLabel("Resource", { exact: true })).toHaveCount(0);
    await openers(page).first().click();
    await expect(panel(page)).toBeVisible();
  });
});

test("a live tail shows what comes, waits while one reads, and rests in a hidden tab", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage: page,
}) => {
  const resource = await seedResource(admin, app, projectId, "Tailed", drafts.apiKeys(app.tasklab));
  await connect(app, projectId, resource, signer.sign({ sub: "tail-1" }));
  const url = `${app.web}/projects/${projectId}/activity?resource=${resource}`;
  await openList(page, url, 2);
  await connect(app, projectId, resource, signer.sign({ sub: "tail-2" }));
  await page.waitForTimeout(3_000);
  await expect(openers(page), "not live, nothing moves").toHaveCount(2);

  await page.getByRole("switch", { name: "Live tail" }).click();
  await expect(page).toHaveURL(/live=true/);
  await expect(openers(page)).toHaveCount(4);
  await expect(table(page).locator("tbody tr").first()).toContainText("tail-2");

  await openers(page).first().click();
  await expect(panel(page)).toBeVisible();
  await connect(app, projectId, resource, signer.sign({ sub: "tail-3" }));
  const newer = page.getByRole("button", { name: "2 newer, held while a row is open" });
  await expect(newer).toBeVisible();
  await expect(openers(page)).toHaveCount(4);
  await newer.click();
  await expect(openers(page)).toHaveCount(6);
  await expect(newer).toBeHidden();

  await connect(app, projectId, resource, signer.sign({ sub: "tail-4" }));
  await expect(newer).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(openers(page), "and what waited comes when reading ends").toHaveCount(8);

  let asked = 0;
  page.on("request", (request) => {
    if (request.headers()["next-action"]) asked++;
  });
  const turn = (state: "hidden" | "visible") =>
    page.evaluate((value) => {
      Object.defineProperty(document, "visibilityState", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
    }, state);
  await turn("hidden");
  await page.waitForTimeout(2_500);
  asked = 0;
  await page.waitForTimeout(5_000);
  expect(asked).toBe(0);
  await turn("visible");
  await expect.poll(() => asked).toBeGreaterThan(0);
});

test("more than a page comes by asking for older rows, each once, and days are told apart", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const resource = await seedResource(admin, app, projectId, "Long", drafts.apiKeys(app.tasklab));
  const sql = openDatabase(app.databaseUrl);
  // One moment for all of a half: keysets that look at the time alone would lose some.
  await sql`insert into activity (project_id, at, resource_id, kind, source, method, path, host, status, duration_ms)
    select ${projectId}, now() - make_interval(hours => n / 60 * 20), ${resource}, 'call', 'sdk', 'GET', '/tasks/' || n, 'api.example', 200, n
    from generate_series(1, 119) n`;
  await sql.end();
  await page.goto(`${app.web}/projects/${projectId}/activity?resource=${resource}`);
  await expect(openers(page)).toHaveCount(50);
  await expect(page.getByText("50+ rows")).toBeVisible();
  await page.getByRole("button", { name: "Show older" }).click();
  await expect(openers(page)).toHaveCount(100);
  await page.getByRole("button", { name: "Show older" }).click();
  await expect(openers(page)).toHaveCount(119);
  await expect(page.getByText("Nothing older in this range.")).toBeVisible();
  const names = await openers(page).evaluateAll((buttons) => buttons.map((button) => button.getAttribute("aria-label")));
  expect(new Set(names).size).toBe(119);
});

test("a viewer reads; a row of another project is answered like one that isn't kept", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage,
  browser,
}) => {
  const resource = await seedResource(admin, app, projectId, "Viewed", drafts.apiKeys(app.tasklab));
  await connect(app, projectId, resource, signer.sign({ sub: "viewed" }));
  const invited = { role: "Viewer", email: "activity-viewer@example.com" } as const;
  const viewer = await (await inviteMember(signedInPage, browser, app, projectId, invited)).newPage();
  await openList(viewer, `${app.web}/projects/${projectId}/activity?resource=${resource}`, 2);
  await openers(viewer).first().click();
  await expect(panel(viewer)).toContainText("connected");

  const sql = openDatabase(app.databaseUrl);
  const [other] = await sql<{ id: string }[]>`insert into project (name) values ('Activity elsewhere') returning id`;
  const [theirs] = await sql<{ id: string; micros: string }[]>`
    insert into activity (project_id, kind, source, method, path, status) values (${other!.id}, 'call', 'sdk', 'GET', '/their-secret-path', 200)
    returning id, (extract(epoch from at) * 1000000)::bigint::text as micros`;
  await sql.end();
  for (const key of [`${theirs!.micros}_${theirs!.id}`, `${theirs!.micros}_${crypto.randomUUID()}`]) {
    await viewer.goto(`${app.web}/projects/${projectId}/activity?open=${key}`);
    await expect(panel(viewer)).toContainText("This isn’t kept any more");
    expect(await viewer.content()).not.toContain("their-secret-path");
  }
  await viewer.goto(`${app.web}/projects/${other!.id}/activity`);
  await expect(viewer.getByRole("heading", { level: 1, name: "Activity" })).toBeHidden();
});
