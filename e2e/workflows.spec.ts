/** The editor of workflows. One file: its first test is one journey, and the rest goes by the same few helpers. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { sendTest } from "./fixtures/send-test.ts";
import { callsSeen, DEMO, drafts } from "./fixtures/tasklab.ts";

const run = promisify(execFile);
const button = (page: Page, name: string | RegExp) => page.getByRole("button", { name, exact: true });
const card = (page: Page, name: RegExp) => page.getByRole("region", { name: "Workflow steps" }).getByRole("button", { name });

test("a workflow is made, tested step by step, published and enabled", async ({ app, admin, projectId, signedInPage: page }) => {
  test.setTimeout(120_000);
  const resourceId = await seedResource(admin, app, projectId, "TaskLab", drafts.apiKeys(app.tasklab));
  await sendTest(admin, { web: app.web, projectId, resourceId }, { tenant: "northgate", ...DEMO.ada });

  await page.goto(`${app.web}/projects/${projectId}/workflows`);
  await expect(page.getByRole("heading", { name: "Make something happen" })).toBeVisible();
  await button(page, "Create Workflow").click();
  await page.getByRole("textbox", { name: "Name" }).fill("Notify watchers");
  await page.keyboard.press("Enter");
  await page.waitForURL(/workflows\/[0-9a-f-]{36}$/);

  await test.step("a trigger, whose example fills the variable menu", async () => {
    await button(page, /^Choose a trigger/).click();
    await page.getByRole("menuitem", { name: /^App Event/ }).click();
    await page.getByRole("textbox", { name: "Event name" }).fill("task.completed");
    await page.getByRole("textbox", { name: "Example of its payload" }).fill('{"task":{"title":"Renew lease","priority":"high"}}');
  });

  await test.step("a condition, by its variable", async () => {
    await button(page, "Add step").click();
    await page.getByRole("menuitem", { name: /^Conditional/ }).click();
    await page.getByRole("textbox", { name: "Value 1" }).pressSequentially("{{prio");
    await page.getByRole("option", { name: /trigger\.task\.priority.*high/ }).click();
    await page.getByRole("textbox", { name: "Compared with 1" }).fill("high");
    await button(page, "Test step").click();
    await expect(page.getByRole("tabpanel", { name: "Result" }).getByText("True", { exact: true })).toBeVisible();
  });

  await test.step("a request inside it by keyboard alone: GET is sent", async () => {
    await button(page, "Add step if true").focus();
    await page.keyboard.press("Enter");
    await expect(page.getByRole("menuitem", { name: "TaskLab Request" })).toBeFocused();
    await page.keyboard.press("Enter");
    await expect(card(page, /TaskLab Request GET/)).toBeFocused();
    await page.getByRole("textbox", { name: "Path", exact: true }).fill("/tasks");
    await card(page, /TaskLab Request GET \/tasks/).focus();
    await page.keyboard.press("Control+Enter");
    await expect(card(page, /TaskLab Request GET \/tasks 200/)).toBeVisible();
    expect((await callsSeen(app, { contains: "northgate/basic/tasks" })).filter(({ method }) => method === "GET").length).toBeGreaterThan(
      1,
    );
  });

  const title = `Done by ${projectId}`;
  await test.step("another one changes something: the test shows it and asks", async () => {
    await button(page, "Add step if true").click();
    await page.getByRole("menuitem", { name: "TaskLab Request" }).click();
    await page.getByRole("combobox", { name: "Method" }).selectOption("POST");
    await page.getByRole("textbox", { name: "Path", exact: true }).fill("/tasks");
    await page.getByRole("tab", { name: "JSON" }).click();
    await page.getByRole("textbox", { name: "JSON body" }).fill(`{"title":"${title}","first":"{{steps.tasklab.body.data[0].id}}"}`);
    await button(page, "Test step").click();
    await expect(page.getByText("This request changes something.")).toBeVisible();
    expect(await callsSeen(app, { contains: title })).toEqual([]);
    await button(page, "Send POST as the test user").click();
    await expect(page.getByText("This request changes something.")).toBeHidden();
    const [sent] = await callsSeen(app, { contains: title });
    expect(JSON.parse(sent!.body)).toMatchObject({ title, first: expect.stringMatching(/./) });
  });

  await test.step("a test run goes along the cable, waits where something would change, and goes on once it is sent", async () => {
    await button(page, "Test run").click();
    await expect(page.getByText("Waits at POST /tasks: it changes something")).toBeVisible();
    const before = (await callsSeen(app, { contains: title })).length;
    await button(page, "Send POST as the test user").click();
    await expect(page.getByText("Test run passed")).toBeVisible();
    await expect(page.getByText(/^as the test user, 3 steps, /)).toBeVisible();
    expect(await callsSeen(app, { contains: title })).toHaveLength(before + 1);
    await button(page, "Clear the test run").click();
  });

  await test.step("undo, redo, move and delete by keys", async () => {
    await button(page, "Add step").click();
    await page.getByRole("menuitem", { name: /^Delay/ }).click();
    const delay = card(page, /^Delay/);
    await expect(delay).toBeFocused();
    await page.keyboard.press("Control+z");
    await expect(delay).toBeHidden();
    await page.keyboard.press("Control+Shift+z");
    await expect(delay).toBeVisible();
    await delay.focus();
    await page.keyboard.press("Alt+ArrowUp");
    await expect(page.locator("[data-node]").nth(1)).toHaveAccessibleName(/^Delay/);
    await expect(delay).toBeFocused();
    await page.keyboard.press("Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete step" }).click();
    await expect(delay).toBeHidden();
  });

  await test.step("what is missing stands against publishing, and leads to its field", async () => {
    await button(page, "Add step").click();
    await page.getByRole("menuitem", { name: /^Fan Out/ }).click();
    await button(page, "Publish").click();
    const dialog = page.getByRole("dialog", { name: "Not ready to publish" });
    await dialog.getByRole("button", { name: /Add a step inside/ }).click();
    await expect(card(page, /^Fan Out/)).toHaveAttribute("aria-current", "true");
    await card(page, /^Fan Out/).focus();
    await page.keyboard.press("Delete");
    await page.getByRole("dialog").getByRole("button", { name: "Delete step" }).click();
  });

  await test.step("published with what changed, enabled, and switched off", async () => {
    await expect(page.getByText(/^Saved \d\d:\d\d$/)).toBeVisible();
    await button(page, "Publish").click();
    const dialog = page.getByRole("dialog", { name: "Publish Notify watchers" });
    await expect(dialog.getByText("TaskLab Request tasklab", { exact: true })).toBeVisible();
    await dialog.getByRole("button", { name: "Publish version 1" }).click();
    await expect(page.getByText("Version 1 live")).toBeVisible();
    const enabled = page.getByRole("switch", { name: "Enabled" });
    await expect(enabled).toHaveAttribute("aria-checked", "true");
    await enabled.click();
    await expect(page.getByText("Version 1 off")).toBeVisible();
    const sql = openDatabase(app.databaseUrl);
    await expect
      .poll(async () => (await sql`select is_enabled, live_version, trigger_key from workflow where project_id = ${projectId}`)[0])
      .toEqual({ is_enabled: false, live_version: 1, trigger_key: "task.completed" });
    await sql.end();
  });

  await test.step("a version comes back into the draft", async () => {
    await card(page, /^App Event/).click();
    await page.getByRole("textbox", { name: "Event name" }).fill("task.closed");
    await button(page, "Versions").click();
    await button(page, "Restore version 1").click();
    await page.getByRole("dialog").getByRole("button", { name: "Restore into the draft" }).click();
    await expect(card(page, /^App Event task\.completed/)).toBeVisible();
    await expect(page.getByText("Version 1 off"), "what is live is still known").toBeVisible();
  });

  await page.goto(`${app.web}/projects/${projectId}/workflows`);
  const row = page.getByRole("row", { name: /Notify watchers task\.completed App Event Off 3/ });
  await expect(row).toBeVisible();

  await test.step("deleted, it can be restored in Settings", async () => {
    await button(page, "Actions for Notify watchers").click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: /^Delete/ }).click();
    // An open dialog hides the page behind it from roles: the row counts once it is closed.
    await expect(dialog).toBeHidden();
    await expect(row).toBeHidden();
    await page.goto(`${app.web}/projects/${projectId}/settings/general`);
    await button(page, "Restore Notify watchers").click();
    await expect(page.getByRole("table", { name: "Deleted workflows" })).toBeHidden();
    await page.goto(`${app.web}/projects/${projectId}/workflows`);
    await expect(row).toBeVisible();
  });
});

test("a paused workflow goes on with a version that does without what is gone, and its open editor says so", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const resourceId = await seedResource(admin, app, projectId, "Going", drafts.apiKeys(app.tasklab));
  const { id: workflowId } = await runAction<{ id: string }>(admin, app, "createWorkflowAction", { projectId, name: "Paused" });
  const trigger = { type: "event", name: "done", example: "" };
  const request = { method: "GET", path: "/tasks", query: [], headers: [], body: { kind: "none" } };
  const call = { id: crypto.randomUUID(), name: "call", type: "request", resourceId, request, attempts: 1, continueOnFailure: false };
  const wait = { id: crypto.randomUUID(), name: "wait", type: "delay", amount: 1, unit: "seconds" };
  const save = (version: number, steps: object[]) =>
    runAction(admin, app, "saveWorkflowAction", { projectId, workflowId, version, body: { trigger, steps } });
  await save(1, [call]);
  await runAction(admin, app, "publishWorkflowAction", { projectId, workflowId, version: 2 });
  await runAction(admin, app, "deleteResourceAction", { projectId, resourceId, listed: false });
  await save(2, [wait]);
  await page.goto(`${app.web}/projects/${projectId}/workflows/${workflowId}`);
  const paused = page.getByText("Paused: nothing starts it.");
  await expect(paused).toBeVisible();
  await button(page, "Publish").click();
  await button(page, "Publish version 2").click();
  await expect(page.getByText("Version 2 live")).toBeVisible();
  await expect(paused).toBeHidden();
});

test("what is typed in two tabs is joined where it can be, and asked about where not", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  const { id } = await runAction<{ id: string }>(admin, app, "createWorkflowAction", { projectId, name: "Shared" });
  const url = `${app.web}/projects/${projectId}/workflows/${id}`;
  const other = await page.context().newPage();
  for (const tab of [page, other]) {
    await tab.goto(url);
    await expect(button(tab, /^Choose a trigger/)).toBeVisible();
  }
  await button(page, "Add step").click();
  await page.getByRole("menuitem", { name: /^Delay/ }).click();
  await expect(page.getByText(/^Saved/)).toBeVisible();
  await button(other, /^Choose a trigger/).click();
  await other.getByRole("menuitem", { name: /^User Connected/ }).click();
  await expect(card(other, /^Delay/)).toBeVisible();
  await expect(card(other, /^User Connected/)).toBeVisible();

  await page.reload();
  await expect(card(page, /^User Connected/)).toBeVisible();
  await card(page, /^Delay/).click();
  const saved = page.waitForResponse((response) => response.request().postData()?.includes('"amount":7') === true);
  await page.getByRole("spinbutton", { name: "Wait" }).fill("7");
  await saved;
  await card(other, /^Delay/).click();
  await other.getByRole("spinbutton", { name: "Wait" }).fill("9");
  await other.getByRole("dialog", { name: "Two people changed this draft" }).getByRole("button", { name: "Take theirs" }).click();
  await expect(card(other, /Wait 7 minutes/)).toBeVisible();
});

test("the code that a trigger shows starts it, unless it is switched off for the user, or off by default", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage: page,
}) => {
  test.setTimeout(120_000);
  const { id: workflowId } = await runAction<{ id: string }>(admin, app, "createWorkflowAction", { projectId, name: "Notify" });
  const body = {
    trigger: { type: "event", name: "task.completed", example: '{"task":{"title":"It\'s done"}}' },
    steps: [{ id: crypto.randomUUID(), type: "function", name: "compute", code: "return trigger.task.title;" }],
  };
  await runAction(admin, app, "saveWorkflowAction", { projectId, workflowId, version: 1, body });
  await runAction(admin, app, "publishWorkflowAction", { projectId, workflowId, version: 2 });

  await page.goto(`${app.web}/projects/${projectId}/workflows/${workflowId}`);
  await card(page, /^App Event/).click();
  await page.getByRole("tab", { name: "cURL" }).click();
  const code = (await page.getByRole("group", { name: "cURL" }).textContent()) ?? "";
  const token = signer.sign({ sub: "usr_8412" });
  const start = async () => {
    const { stdout } = await run("sh", ["-c", code], { env: { ...process.env, USER_TOKEN: token, PATCHBAY_API_URL: app.gateway } });
    return (JSON.parse(stdout) as { runs: unknown[] }).runs.length;
  };
  expect(await start()).toBe(1);

  const sql = openDatabase(app.databaseUrl);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where project_id = ${projectId} and external_id = 'usr_8412'`;
  await sql.end();
  await page.goto(`${app.web}/projects/${projectId}/users/${user!.id}`);
  const section = page.getByRole("region", { name: "Workflows" });
  await expect(section.getByText("On by default")).toBeVisible();
  await expect(section.getByRole("link", { name: "Last run of Notify" })).toBeVisible();
  const own = section.getByRole("switch", { name: "Notify for this user" });
  await own.click();
  await expect(section.getByText("Switched off for this user")).toBeVisible();
  await expect.poll(start).toBe(0);

  await page.goto(`${app.web}/projects/${projectId}/workflows/${workflowId}`);
  await button(page, "Users").click();
  const panel = page.getByRole("region", { name: "Whom it runs for" });
  await expect(panel.getByText("0 on, 1 off")).toBeVisible();
  await panel.getByRole("radio", { name: /^Off/ }).check();
  await panel.getByRole("link", { name: "usr_8412" }).click();
  await section.getByRole("button", { name: "Use the default for Notify" }).click();
  await expect(section.getByText("Off by default")).toBeVisible();
  expect(await start(), "no switch of their own, and off by default").toBe(0);
  await own.click();
  await expect(section.getByText("Switched on for this user")).toBeVisible();
  await expect.poll(start).toBe(1);
});

test("a Request trigger asks for body, query and headers by example, and refuses what doesn't fit", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage: page,
}) => {
  test.setTimeout(120_000);
  const { id } = await runAction<{ id: string }>(admin, app, "createWorkflowAction", { projectId, name: "Asked" });
  await page.goto(`${app.web}/projects/${projectId}/workflows/${id}`);
  await button(page, /^Choose a trigger/).click();
  await page.getByRole("menuitem", { name: /^Request/ }).click();
  await page.getByRole("textbox", { name: "Example of its body" }).fill('{"title":"Renew lease"}');
  await button(page, "Add query parameter").click();
  await page.getByRole("textbox", { name: "Parameter name" }).fill("page");
  await page.getByRole("textbox", { name: "Example of page" }).fill("1");
  await button(page, "Add header").click();
  await page.getByRole("textbox", { name: "Header name" }).fill("Cookie");
  await expect(page.getByText("Workflows don’t get to see this header.")).toBeVisible();
  await page.getByRole("textbox", { name: "Header name" }).fill("X-Tenant");
  await page.getByRole("textbox", { name: "Example of X-Tenant" }).fill("northgate");

  await button(page, "Add step").click();
  await page.getByRole("menuitem", { name: /^Response/ }).click();
  await page
    .getByRole("textbox", { name: "Body", exact: true })
    .fill('{"page":"{{trigger.query.page}}","of":"{{trigger.headers.x-tenant}}"}');
  await expect(page.getByText(/^Saved \d\d:\d\d$/)).toBeVisible();
  await button(page, "Publish").click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish version 1" }).click();
  await expect(page.getByText("Version 1 live")).toBeVisible();

  await card(page, /^Request/).click();
  await page.getByRole("tab", { name: "cURL" }).click();
  const code = (await page.getByRole("group", { name: "cURL" }).textContent()) ?? "";
  const environment = { ...process.env, USER_TOKEN: signer.sign({ sub: "usr_8412" }), PATCHBAY_API_URL: app.gateway };
  const start = async (text: string) =>
    await run("sh", ["-c", text], { env: environment }).then(
      ({ stdout }) => stdout,
      ({ stdout }: { stdout: string }) => stdout,
    );
  expect(JSON.parse(await start(code))).toEqual({ page: "1", of: "northgate" });
  expect(await start(code.replace("page=1", "page=two"))).toContain("query.page: It must be a number, as the example is.");
  expect(await start(code.replace(/\n.*x-tenant.*\\\n/, "\n"))).toContain("headers.X-Tenant: It is missing.");
  expect(await start(code.replace('"title"', '"tite"'))).toContain("body.title");
});
