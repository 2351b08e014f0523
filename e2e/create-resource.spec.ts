import type { Page, Route } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { seedDraft, seedResource } from "./fixtures/seed-resource.ts";
import { basicHeader, callsSeen, DEMO, drafts, mintPair, type SeenCall } from "./fixtures/tasklab.ts";
import type { Signer } from "./fixtures/user-token.ts";
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
});

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
  await page.goto(`/projects/${projectId}/resources/${id}/setup/authorization`);
  const url = page.getByLabel("Access Token URL", { exact: true });
  const firstSave = page.waitForResponse((response) => response.request().method() === "POST");
  await url.fill("https://auth.example.com/one");
  await firstSave;
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
