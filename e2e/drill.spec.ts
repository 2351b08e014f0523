import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures/app.ts";
import { seedDraft } from "./fixtures/seed-resource.ts";
import { callsSeen, DEMO, drafts, mintPair } from "./fixtures/tasklab.ts";
import { Wizard } from "./pages/wizard.ts";

test.describe.configure({ timeout: 180_000 });

const factsIn = (page: Page, region: string) => page.getByRole("region", { name: region, exact: true });

test("the Refresh drill warns, refreshes twice, and what it learnt stands on the resource", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const { id } = await seedDraft(admin, app, projectId, "Drilled", drafts.refreshToken(app.tasklab), DEMO.webSecret);
  const pair = await mintPair(app);
  const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
  await wizard.fill({ Tenant: "northgate", "Access Token": pair.access_token, "Refresh Token": pair.refresh_token });
  await wizard.button("Run refresh drill").click();
  const dialog = page.getByRole("dialog", { name: "Run the refresh drill?" });
  await expect(dialog).toContainText("The refresh token that you pasted may be used up");
  await expect(dialog).toContainText("3 test requests");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await callsSeen(app, { kind: "token", contains: pair.refresh_token }), "nothing is sent before a yes").toEqual([]);

  await wizard.drill();
  for (const lane of ["First refresh", "First test request", "Second refresh", "Second test request", "Old access token"] as const)
    await expect(wizard.lane(lane).getByText("Passed", { exact: true })).toBeVisible();
  await expect(wizard.lane("Second refresh")).toContainText("Stored: Access token, rotated refresh token");
  await expect(wizard.lane("Old access token")).toContainText("The access token from before still works");
  const facts = ["300 s, 5 min", "Rotates at each refresh", "Still works after a refresh", "Unchanged by a refresh"];
  for (const fact of facts) await expect(factsIn(page, "Refresh drill")).toContainText(fact);
  expect(await callsSeen(app, { kind: "token", contains: pair.refresh_token }), "a used token is never sent again").toHaveLength(1);

  // The newest pair was kept: the test goes on with it, also after a reload.
  await page.reload();
  await wizard.isAt("Test and Publish");
  await expect(factsIn(page, "Refresh drill")).toContainText("Rotates at each refresh");
  await wizard.sendTest();
  await wizard.passed("Token call", "API call", "Profile");

  await page.goto(`${app.web}/projects/${projectId}/resources/${id}`);
  for (const fact of facts) await expect(factsIn(page, "Tokens")).toContainText(fact);
  await page.goto(`${app.web}/projects/${projectId}/resources/${id}/setup`);
  await expect(factsIn(page, "Tokens, as the drill saw them")).toContainText("Rotates at each refresh");
});

test("lanes come one by one while the calls are made", async ({ app, admin, projectId, signedInPage: page }) => {
  const draft = drafts.clientCredentials(app.tasklab);
  draft.request.baseUrl = `${app.tasklab}/switch/slow=3000/{{inputs.tenant}}/v3`;
  const { id } = await seedDraft(admin, app, projectId, "Slow API", draft, DEMO.serviceSecret);
  const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
  await wizard.fill({ Tenant: "northgate" });
  await wizard.button("Send Test Request").click();
  await expect(wizard.lane("Token call").getByText("Passed", { exact: true })).toBeVisible();
  await expect(wizard.lane("API call").getByText("Running", { exact: true })).toBeVisible();
  await wizard.passed("Token call", "API call");
});

test("the working combination is found where a client is sent the wrong way, and one click uses it", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const draft = drafts.clientCredentials(app.tasklab);
  draft.oauth.clientId = "tasklab-service-json";
  const { id } = await seedDraft(admin, app, projectId, "Picky client", draft, "service-json-secret-for-the-demo");
  const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
  await wizard.fill({ Tenant: "northgate" });
  await expect(wizard.button("Find the working combination"), "only after a refusal").toBeHidden();
  await wizard.sendTest();
  await expect(wizard.lane("Token call")).toContainText("the API doesn't accept this client.");

  await wizard.button("Find the working combination").click();
  const tries = page.getByRole("list", { name: "Ways that were tried" }).getByRole("listitem");
  await expect(tries).toHaveText([/^Request body.*invalid_client/, /^JSON body.*A token was issued/]);
  await tries.nth(1).getByRole("button", { name: "Use this" }).click();
  await expect(tries.nth(1)).toContainText("In use");
  await wizard.sendTest();
  await wizard.passed("Token call", "API call");
  await expect(wizard.lane("Token call")).toContainText('"grant_type": "client_credentials"');

  await wizard.goTo("Authorization");
  await expect(wizard.field("Body of the token call")).toHaveValue("json");
  await expect(page.getByRole("switch", { name: "Include Client ID and Secret" })).not.toBeChecked();
});

test("with a refresh token nothing is tried before a yes", async ({ app, admin, projectId, signedInPage: page }) => {
  const draft = { ...drafts.refreshToken(app.tasklab) };
  const oauth = { ...draft.oauth, clientAuthentication: "body" };
  const { id } = await seedDraft(admin, app, projectId, "Picky refresh", { ...draft, oauth }, DEMO.webSecret);
  const { refresh_token } = await mintPair(app);
  const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
  await wizard.fill({ Tenant: "northgate", "Refresh Token": refresh_token });
  await wizard.sendTest();
  const sent = async () => (await callsSeen(app, { kind: "token", contains: refresh_token })).length;
  expect(await sent()).toBe(1);
  await wizard.button("Find the working combination").click();
  const dialog = page.getByRole("dialog", { name: "Try with the refresh token?" });
  await expect(dialog).toContainText("may use it up");
  expect(await sent()).toBe(1);
  await dialog.getByRole("button", { name: "Try", exact: true }).click();
  await wizard.button("Use this").click();
  await wizard.sendTest();
  await wizard.passed("Token call", "API call", "Profile");
});

test("the expired rule is tried on what the API answered, as it is typed", async ({ app, admin, projectId, signedInPage: page }) => {
  const { id } = await seedDraft(admin, app, projectId, "Expired rule", drafts.apiKeys(app.tasklab));
  const wizard = await Wizard.open(page, app, projectId, id, "Request Details");
  await page.getByText("Time-out, expiry and checks").click();
  const preview = page.getByRole("region", { name: "What this rule makes of the last answers" });
  await expect(preview).toContainText("No answer is kept yet.");

  await wizard.goTo("Test and Publish");
  await wizard.fill({ Tenant: "northgate", Username: DEMO.ada.username, Password: "not-the-password" });
  await wizard.sendTest();
  await page.getByRole("button", { name: "Replace" }).click();
  await wizard.fill({ Password: DEMO.ada.password });
  await wizard.sendTest();
  await wizard.passed("API call", "Profile");

  await wizard.goTo("Request Details");
  await page.getByText("Time-out, expiry and checks").click();
  // Activity is written within a second.
  await expect(async () => {
    await preview.getByRole("button", { name: "Look again" }).click();
    await expect(preview).toContainText("Of the last 4 answers, these 2 would mean token expired:", { timeout: 1_000 });
  }).toPass({ timeout: 15_000 });
  await expect(preview.getByRole("listitem")).toHaveText([/401.*GET.*basic\/(me|tasks)/, /401.*GET.*basic\/(me|tasks)/]);
  await wizard.fill({ "Statuses that mean token expired": "419" });
  await expect(preview).toContainText("Of the last 4 answers, none would mean token expired.");
  await page.getByRole("textbox", { name: "Or the value at JSON path, optional" }).fill("$.data");
  await expect(preview).toContainText("these 2 would mean token expired:");
  await expect(preview).toContainText("A 200 is among them.");
});

test("the check interval is a choice or seconds of one's own, and says when nothing can be checked", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const { id } = await seedDraft(admin, app, projectId, "Checked", drafts.apiKeys(app.tasklab));
  const wizard = await Wizard.open(page, app, projectId, id, "Request Details");
  await page.getByText("Time-out, expiry and checks").click();
  const interval = wizard.field("Check interval");
  await expect(interval.locator("option:checked")).toHaveText("Every day");
  await expect(page.getByText("Each credential is checked by the test request, a GET.")).toBeVisible();
  await interval.selectOption("Custom");
  const own = wizard.field("Seconds between checks");
  await own.fill("6");
  await expect(page.getByText("Write whole seconds, from 60 to 2,592,000 (30 days).")).toBeVisible();
  await own.fill("600");
  await expect(page.getByText("Every 10 minutes.")).toBeVisible();
  await wizard.next("Test and Publish");
  await page.getByRole("combobox", { name: "Method" }).selectOption("POST");
  await wizard.goTo("Request Details");
  await page.getByText("Time-out, expiry and checks").click();
  await expect(page.getByText("Nothing is checked: the test request is a POST")).toBeVisible();
  await expect(own).toHaveValue("600");
  await wizard.button("Next").click();
  await wizard.isAt("Test and Publish");
  await page.goto(`${app.web}/projects/${projectId}/resources/${id}/setup`);
  await expect(page.getByRole("region", { name: "Behaviour" })).toContainText("Every 10 minutes");
});
