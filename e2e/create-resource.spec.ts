/** A resource from nothing, by each way of authenticating. One file, so that none is forgotten beside the others. */
import type { Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { seedDraft, seedResource } from "./fixtures/seed-resource.ts";
import { basicHeader, callsSeen, DEMO, drafts, mintPair, type SeenCall } from "./fixtures/tasklab.ts";
import { TasklabPage } from "./pages/tasklab-page.ts";
import { Wizard } from "./pages/wizard.ts";

const pathOf = ({ url }: SeenCall) => url.split("?")[0];

/** Values as TaskLab's page prints them, read in a tab of their own. */
async function readTasklab(page: Page, app: RunningApp, way: string, labels: string[], options: { mint?: boolean } = {}) {
  const tab = await page.context().newPage();
  const tasklab = await TasklabPage.open(tab, app, way);
  if (options.mint) await tasklab.mint();
  const values: Record<string, string> = {};
  for (const label of labels) values[label] = await tasklab.copy(label);
  await tab.close();
  return values as Record<string, string>;
}

test.describe("from nothing to a live resource, through the pages alone", () => {
  test("user-level OAuth 2.0 (Refresh Token), with a Required Input in both URLs", async ({ app, projectId, signedInPage: page }) => {
    const given = await readTasklab(
      page,
      app,
      "OAuth 2.0 (Refresh Token)",
      [
        "Access Token URL",
        "Client ID",
        "Client Secret",
        "API Base URL",
        "User Profile: Path",
        "Path of the user id",
        "Access Token",
        "Refresh Token",
        "Path",
      ],
      { mint: true },
    );
    const wizard = await Wizard.create(page, app, projectId, "Refresh from nothing");
    await wizard.choose("User-Level Resource", "OAuth 2.0 (Refresh Token)");
    await wizard.next("Authorization");
    await wizard.fill({
      "Access Token URL": given["Access Token URL"]!,
      "Client ID": given["Client ID"]!,
      "Client Secret": given["Client Secret"]!,
    });

    // The URL names an input that isn't there yet: one click makes it.
    await expect(page.getByText("There is no input named tenant.")).toBeVisible();
    await wizard.button("Add Required Input tenant").click();
    await expect(page.getByText("There is no input named tenant.")).toBeHidden();
    await expect(page.getByRole("region", { name: "Required Inputs" }).getByText("tenant", { exact: true })).toBeVisible();

    await wizard.next("Request Details");
    await wizard.fill({ "API Base URL": given["API Base URL"]! });
    await expect(page.getByRole("radio", { name: "Bearer Token", exact: true })).toBeChecked();
    await expect(wizard.field("Token")).toHaveValue("{{credentials.access_token}}");
    await page.getByRole("switch", { name: "User Profile" }).setChecked(true);
    await wizard.fill({ Path: given["User Profile: Path"]!, "Path of the user id": given["Path of the user id"]! });

    await wizard.next("Test and Publish");
    await wizard.fill({
      Path: given.Path!,
      Tenant: "northgate",
      "Access Token": given["Access Token"]!,
      "Refresh Token": given["Refresh Token"]!,
    });
    await wizard.sendTest();
    await wizard.passed("Token call", "API call", "Profile");

    const [token] = await callsSeen(app, { kind: "token", contains: given["Refresh Token"]! });
    expect(token).toMatchObject({ url: "/northgate/oauth/token", grant: "refresh_token", client: "tasklab-web", status: 200 });
    expect(token!.headers.authorization, "Include Client ID and Secret is on: HTTP Basic").toBe(basicHeader("tasklab-web", DEMO.webSecret));
    const calls = (await callsSeen(app, { kind: "api", contains: "/northgate/v3/" })).slice(0, 2);
    expect(calls.map(pathOf).sort()).toEqual(["/northgate/v3/me", "/northgate/v3/tasks"]);
    for (const call of calls) {
      expect(call.status).toBe(200);
      expect(call.headers.authorization).toMatch(/^Bearer /);
      expect(call.headers.authorization, "the token is the new one").not.toBe(`Bearer ${given["Access Token"]}`);
    }

    const examples = page.getByRole("region", { name: "Connect a user from your app" });
    await expect(examples.getByRole("tab")).toHaveText([
      "JavaScript SDK",
      "cURL",
      "TypeScript",
      "Python",
      "Go",
      "Ruby",
      "PHP",
      "Using @useparagon/connect",
    ]);
    await examples.getByRole("tab", { name: "cURL" }).click();
    await expect(examples.getByRole("tabpanel")).toContainText(`/sdk/resources/${wizard.resourceId}/connect`);
    for (const key of ["tenant", "access_token", "refresh_token"]) await expect(examples.getByRole("tabpanel")).toContainText(`"${key}"`);
    await wizard.finish("Refresh from nothing");
    await expect(page.getByText("Revision 1", { exact: true }).first()).toBeVisible();
    await expect(page.getByText("User-level · OAuth 2.0 (Refresh Token)")).toBeVisible();
  });

  test("client credentials", async ({ app, projectId, signedInPage: page }) => {
    const given = await readTasklab(page, app, "OAuth 2.0 (Client Credentials)", [
      "Access Token URL",
      "Client ID",
      "Client Secret",
      "API Base URL",
      "User Profile: Path",
      "Path of the user id",
      "Path",
    ]);
    const wizard = await Wizard.create(page, app, projectId, "Service from nothing");
    await wizard.choose("User-Level Resource", "OAuth 2.0 (Client Credentials)");
    await wizard.next("Authorization");
    await wizard.button("Add Required Input").click();
    await wizard.fill({ Key: "tenant", Title: "Your workspace", Placeholder: "northgate" });
    await wizard.button("Done").click();
    await wizard.fill({
      "Access Token URL": given["Access Token URL"]!,
      "Client ID": given["Client ID"]!,
      "Client Secret": given["Client Secret"]!,
    });
    await wizard.next("Request Details");
    await wizard.fill({ "API Base URL": given["API Base URL"]! });
    await page.getByRole("switch", { name: "User Profile" }).setChecked(true);
    await wizard.fill({ Path: given["User Profile: Path"]!, "Path of the user id": given["Path of the user id"]! });
    await wizard.next("Test and Publish");
    await expect(wizard.field("Access Token"), "users supply no token here").toHaveCount(0);
    await wizard.fill({ Path: given.Path!, "Your workspace": "corvid" });
    await wizard.sendTest();
    await wizard.passed("Token call", "API call", "Profile");

    const [token] = await callsSeen(app, { kind: "token", contains: "/corvid/oauth/token" });
    expect(token).toMatchObject({ grant: "client_credentials", client: "tasklab-service", status: 200 });
    const [call] = (await callsSeen(app, { kind: "api" })).filter((each) => pathOf(each) === "/corvid/v3/tasks");
    expect(call?.status).toBe(200);
    await wizard.finish("Service from nothing");
    await expect(page.getByText("User-level · OAuth 2.0 (Client Credentials)")).toBeVisible();
  });

  test("API Key with username and password", async ({ app, projectId, signedInPage: page }) => {
    const given = await readTasklab(page, app, "API Key", [
      "API Base URL",
      "User Profile: Path",
      "Path of the user id",
      "Test credentials: Username",
      "Test credentials: Password",
      "Path",
    ]);
    const wizard = await Wizard.create(page, app, projectId, "Keys from nothing");
    await wizard.choose("User-Level Resource", "API Key");
    await wizard.next("Authorization");
    for (const [name, label] of [
      ["username", "Username"],
      ["password", "Password"],
    ]) {
      await wizard.button("Add API Key").click();
      await wizard.fill({ Name: name!, Label: label! });
      await wizard.button("Done").click();
    }
    await wizard.button("Add Required Input").click();
    await wizard.fill({ Key: "tenant", Title: "Tenant" });
    await wizard.button("Done").click();
    await wizard.next("Request Details");
    await expect(page.getByRole("radio", { name: "Basic", exact: true }), "prefilled: these keys are a login").toBeChecked();
    await expect(wizard.field("Username")).toHaveValue("{{credentials.username}}");
    await expect(wizard.field("Password")).toHaveValue("{{credentials.password}}");
    await wizard.fill({ "API Base URL": given["API Base URL"]! });
    await page.getByRole("switch", { name: "User Profile" }).setChecked(true);
    await wizard.fill({ Path: given["User Profile: Path"]!, "Path of the user id": given["Path of the user id"]! });
    await wizard.next("Test and Publish");
    await wizard.fill({
      Path: given.Path!,
      Tenant: "acme",
      Username: given["Test credentials: Username"]!,
      Password: given["Test credentials: Password"]!,
    });
    await wizard.sendTest();
    await wizard.passed("API call", "Profile");
    await expect(wizard.lane("Token call"), "keys need no token").toHaveCount(0);
    const edge = (name: string) => page.getByRole("region", { name }).evaluate((box) => box.getBoundingClientRect());
    const [above, below] = [await edge("Test credentials"), await edge("Result")];
    expect(below.top - above.bottom, "what comes late keeps its distance").toBe(16);

    const calls = (await callsSeen(app, { kind: "api", contains: "/acme/basic/" })).slice(0, 2);
    expect(calls.map(pathOf).sort()).toEqual(["/acme/basic/me", "/acme/basic/tasks"]);
    for (const call of calls)
      expect(call).toMatchObject({ status: 200, user: "ada", headers: { authorization: basicHeader("ada", DEMO.ada.password) } });
    await wizard.finish("Keys from nothing");
    await expect(page.getByText("User-level · API Key")).toBeVisible();
  });

  test("an App-Level Resource skips Authorization, and its one credential goes live with Finish", async ({
    app,
    projectId,
    signedInPage: page,
  }) => {
    const given = await readTasklab(page, app, "App-Level Resource", [
      "App credentials: Username",
      "App credentials: Password",
      "API Base URL",
      "Path",
    ]);
    const wizard = await Wizard.create(page, app, projectId, "App from nothing");
    await wizard.choose("App-Level Resource", "API Key");
    await expect(wizard.step("Authorization")).toHaveCount(0);
    await wizard.next("Request Details");
    const credentials = page.getByRole("region", { name: "App credentials" });
    await credentials.getByRole("button", { name: "username, password" }).click();
    await wizard.fill({ Username: given["App credentials: Username"]!, Password: given["App credentials: Password"]! }, credentials);
    await wizard.fill({ "API Base URL": given["API Base URL"]! });
    await wizard.next("Test and Publish");
    await wizard.fill({ Path: given.Path! });
    await wizard.sendTest();
    await wizard.passed("API call");
    const [call] = (await callsSeen(app, { kind: "api" })).filter((each) => pathOf(each) === "/northgate/basic/tasks");
    expect(call).toMatchObject({ status: 200, user: "ada" });
    await wizard.finish("App from nothing");
    await expect(page.getByText("App-level · API Key")).toBeVisible();
    await expect(page.getByText("One credential serves all users.")).toBeVisible();
    await expect(page.getByText("Valid", { exact: true })).toBeVisible();
  });

  test("an App-Level Resource isn't live without its credential, and keeps one that was typed and never tested", async ({
    app,
    projectId,
    signedInPage: page,
  }) => {
    const wizard = await Wizard.create(page, app, projectId, "App untested");
    await wizard.choose("App-Level Resource", "API Key");
    await wizard.next("Request Details");
    const credentials = page.getByRole("region", { name: "App credentials" });
    await credentials.getByRole("button", { name: "username, password" }).click();
    await wizard.fill({ "API Base URL": `${app.tasklab}/northgate/basic` });
    await wizard.next("Test and Publish");
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page.getByText(/needs its credentials before it is live\. Fill in .* in Request Details\./)).toBeVisible();
    await expect(credentials.getByLabel("Username", { exact: true })).toBeFocused();
    await wizard.fill({ Username: "ada", Password: DEMO.ada.password }, credentials);
    await wizard.next("Test and Publish");
    await page.reload();
    await page.getByRole("button", { name: "Finish" }).click();
    await expect(page.getByText(/No test has tried its credentials yet/)).toBeVisible();
    await expect(page.getByText("One credential serves all users.")).toBeVisible();
  });

  test("Preview as shows what a connected user's request would be, but for secrets", async ({
    app,
    projectId,
    admin,
    signer,
    signedInPage: page,
  }) => {
    const id = await seedResource(admin, app, projectId, "Previewed", drafts.apiKeys(app.tasklab));
    const connected = await fetch(`${app.gateway}/projects/${projectId}/sdk/resources/${id}/connect`, {
      method: "POST",
      headers: { authorization: `Bearer ${signer.sign({ sub: "preview-user" })}`, "content-type": "application/json" },
      body: JSON.stringify({ tenant: "corvid", ...DEMO.ada }),
    });
    expect(connected.status, await connected.text()).toBe(200);
    await Wizard.open(page, app, projectId, id, "Request Details");
    const picker = page.getByRole("combobox", { name: "Connected user" });
    // A choice made before the page's code is there is taken back by it.
    await expect(async () => {
      await page.getByLabel("Preview as").selectOption("Connected user");
      await expect(picker).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await picker.fill("nobody-here");
    await expect(page.getByText("No user is found by “nobody-here”.")).toBeVisible();
    await picker.fill("preview-user");
    await expect(page.getByText("Secrets stay masked.")).toBeVisible();
    const preview = page.getByRole("figure", { name: "Each request" });
    await expect(preview).toContainText("corvid");
    expect(await page.content()).not.toContain(DEMO.ada.password);

    await page.route("**/setup/request-details", (route) => (route.request().method() === "POST" ? route.abort() : route.continue()));
    await picker.fill("");
    await expect(page.getByText("The server can’t be reached. Type again to retry.")).toBeVisible();
  });
});

test.describe("a failed test says what happened and what to do", () => {
  const openTest = async (page: Page, app: RunningApp, projectId: string, id: string) => {
    const wizard = await Wizard.open(page, app, projectId, id, "Test and Publish");
    await wizard.fill({ Tenant: "northgate" });
    return wizard;
  };

  test("a refused token call has its sentence, and what follows isn't sent", async ({ app, projectId, admin, signedInPage: page }) => {
    const { id } = await seedDraft(admin, app, projectId, "Refused grant", drafts.refreshToken(app.tasklab), DEMO.webSecret);
    const wizard = await openTest(page, app, projectId, id);
    await wizard.fill({ "Refresh Token": "never-issued-refresh-token" });
    await wizard.sendTest();
    const token = wizard.lane("Token call");
    await expect(token.getByText("Failed", { exact: true })).toBeVisible();
    await expect(token).toContainText("The token call was refused (400, invalid_grant): the refresh token isn't valid any more.");
    await expect(token).toContainText("Get a new pair of tokens from the API");
    for (const lane of ["API call", "Profile"] as const)
      await expect(wizard.lane(lane).getByText("Not sent", { exact: true })).toBeVisible();
  });

  test("a wrong Client Secret is told apart from a dead refresh token", async ({ app, projectId, admin, signedInPage: page }) => {
    const { id } = await seedDraft(admin, app, projectId, "Wrong secret", drafts.refreshToken(app.tasklab), "not-the-secret");
    const { refresh_token } = await mintPair(app);
    const wizard = await openTest(page, app, projectId, id);
    await wizard.fill({ "Refresh Token": refresh_token });
    await wizard.sendTest();
    await expect(wizard.lane("Token call")).toContainText("the API doesn't accept this client.");
    await expect(wizard.lane("Token call").getByRole("button", { name: "Send them in the request body" })).toBeVisible();
  });

  test("a 200 without a token is a failure", async ({ app, projectId, admin, signedInPage: page }) => {
    const draft = drafts.refreshToken(app.tasklab);
    draft.oauth.accessTokenUrl = `${app.tasklab}/switch/token-without-access-token/{{inputs.tenant}}/oauth/token`;
    const { id } = await seedDraft(admin, app, projectId, "200 without token", draft, DEMO.webSecret);
    const { refresh_token } = await mintPair(app);
    const wizard = await openTest(page, app, projectId, id);
    await wizard.fill({ "Refresh Token": refresh_token });
    await wizard.sendTest();
    await expect(wizard.lane("Token call").getByText("Failed", { exact: true })).toBeVisible();
    await expect(wizard.lane("Token call")).toContainText("The token call answered 200, but no token is at $.access_token.");
    await expect(wizard.lane("API call").getByText("Not sent", { exact: true })).toBeVisible();
  });

  test("a wrong profile path names the right one, and one click sets it", async ({ app, projectId, admin, signedInPage: page }) => {
    const draft = drafts.apiKeys(app.tasklab);
    draft.profile = { ...draft.profile, idPath: "$.id" };
    const { id } = await seedDraft(admin, app, projectId, "Wrong profile path", draft);
    const wizard = await openTest(page, app, projectId, id);
    await wizard.fill({ Username: DEMO.ada.username, Password: DEMO.ada.password });
    await wizard.sendTest();
    await wizard.lane("API call").getByText("Passed", { exact: true }).waitFor();
    await expect(wizard.lane("Profile")).toContainText("Nothing is at $.id. There is an id at $.data.id.");
    await wizard.lane("Profile").getByRole("button", { name: "Use $.data.id" }).click();
    await wizard.sendTest();
    await wizard.passed("API call", "Profile");
    await wizard.goTo("Request Details");
    await expect(wizard.field("Path of the user id")).toHaveValue("$.data.id");
  });
});
