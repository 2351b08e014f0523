import { randomUUID } from "node:crypto";
import type { Page } from "@playwright/test";
import { connectPath } from "#lib/paths.ts";
import { expect, test } from "./fixtures/app.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { basicHeader, callsSeen, DEMO, drafts } from "./fixtures/tasklab.ts";

/** By the wizard, as an admin does: TaskLab is told by a request, and gives each webhook a secret of its own. */
async function createTrigger(page: Page, projectId: string, resourceId: string): Promise<string> {
  await page.goto(`/projects/${projectId}/resources/${resourceId}/triggers`);
  await page.getByRole("button", { name: "Create Trigger" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Task flagged");
  await page.getByRole("dialog").getByRole("button", { name: "Create Trigger" }).click();
  const step = (title: string) => expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const next = () => page.getByRole("button", { name: "Next" }).click();
  await step("Basics");
  await next();
  await step("Request");
  await page.getByRole("textbox", { name: "Create JSON body" }).fill('{"url": "{{settings.webhookURL}}", "events": ["task.flagged"]}');
  await page.getByRole("textbox", { name: "Teardown path" }).fill("/webhooks/{{subscription.data.id}}");
  await page.getByLabel("JSON path of the secret").fill("$.data.secret");
  const preview = page.getByRole("complementary", { name: "Preview" });
  await expect(preview, "as it will be sent").toContainText("DELETE /northgate/basic/webhooks/subscription.data.id");
  await next();
  await step("Verification");
  await page.getByLabel("How events are verified").selectOption("Standard Webhooks");
  await expect(page.getByText("Each subscription has a secret of its own")).toBeVisible();
  await next();
  await step("Events");
  await next();
  await step("Listen");
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Task flagged" })).toBeVisible();
  await expect(page, "it left the wizard").toHaveURL(/\/triggers\/[0-9a-f-]{36}$/);
  return page.url().split("/").at(-1)!;
}

test("a user connects, TaskLab is told of the webhook, its signed event runs a workflow through every kind of step, and a replay does it again", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage: page,
}) => {
  test.setTimeout(150_000);
  const resourceId = await seedResource(admin, app, projectId, "TaskLab", drafts.apiKeys(app.tasklab));
  const triggerId = await createTrigger(page, projectId, resourceId);
  const { id: workflowId } = await runAction<{ id: string }>(admin, app, "createWorkflowAction", { projectId, name: "Follow up" });
  const request = (method: string, path: string, body: object = { kind: "none" }) => ({ method, path, query: [], headers: [], body });
  const step = (name: string, more: object) => ({ id: randomUUID(), name, ...more });
  const calls = { type: "request", resourceId, attempts: 5, continueOnFailure: false };
  const title = `Follow up ${projectId}`;
  const body = {
    trigger: { type: "resource", resourceId, triggerId },
    steps: [
      step("if_high", {
        type: "condition",
        groups: [{ rules: [{ left: "{{trigger.body.data.priority}}", operator: "equals", right: "high" }] }],
        // biome-ignore lint/suspicious/noThenProperty: a branch; nobody awaits a step
        then: [
          step("each", {
            type: "fan_out",
            items: "{{trigger.body.data.watchers}}",
            concurrency: 2,
            steps: [
              step("note", {
                ...calls,
                request: request("POST", "/tasks", { kind: "json", text: JSON.stringify({ title: `${title} for {{item}}` }) }),
              }),
            ],
          }),
        ],
        else: [],
      }),
      step("wait", { type: "delay", amount: 2, unit: "seconds" }),
      step("count", { type: "function", code: "return { told: trigger.body.data.watchers.length }" }),
      step("look", { ...calls, request: request("GET", "/tasks?told={{steps.count.told}}") }),
    ],
  };
  const { version } = await runAction<{ version: number }>(admin, app, "saveWorkflowAction", { projectId, workflowId, version: 1, body });
  await runAction(admin, app, "publishWorkflowAction", { projectId, workflowId, version });
  await runAction(admin, app, "enableWorkflowAction", { projectId, workflowId, enabled: true });

  const asAda = { authorization: basicHeader(DEMO.ada.username, DEMO.ada.password), "content-type": "application/json" };
  const hooks = async () =>
    (
      (await (await fetch(`${app.tasklab}/northgate/basic/webhooks`, { headers: asAda })).json()) as { data: { url: string }[] }
    ).data.filter(({ url }) => url.startsWith(`${app.gateway}/hooks/`));
  const before = (await hooks()).length;
  const connected = await fetch(app.gateway + connectPath(projectId, resourceId), {
    method: "POST",
    headers: { authorization: `Bearer ${signer.sign({ sub: "ada" })}`, "content-type": "application/json" },
    body: JSON.stringify({ tenant: "northgate", ...DEMO.ada }),
  });
  expect(connected.status).toBe(200);

  await expect.poll(async () => (await hooks()).length, { timeout: 45_000, message: "TaskLab was told of the webhook" }).toBe(before + 1);
  await page.goto(`/projects/${projectId}/triggers/${triggerId}/users`);
  const told = page.getByRole("table", { name: "Users of Task flagged" }).getByRole("row").nth(1);
  await expect(told).toContainText(/Ada|ada/);
  await expect(told.getByText("Made")).toBeVisible();
  await expect(told.getByText("Follow up")).toBeVisible();
  await fetch(`${app.tasklab}/northgate/basic/events`, {
    method: "POST",
    headers: asAda,
    body: JSON.stringify({ type: "task.flagged", data: { priority: "high", watchers: ["ben", "cleo", "dora"] } }),
  });

  await page.goto(`/projects/${projectId}/workflows/runs?workflow=${workflowId}`);
  const rows = page.getByRole("row").filter({ has: page.getByRole("link", { name: /Run / }) });
  await expect(rows, "it appears while the page is open").toHaveCount(1, { timeout: 30_000 });
  await expect(rows.first().getByText("Passed")).toBeVisible({ timeout: 30_000 });
  const made = async () =>
    (await callsSeen(app, { kind: "api", contains: title })).filter(({ method, status }) => method === "POST" && status === 201);
  expect((await made()).map((call) => JSON.parse(call.body).title).sort()).toEqual(
    ["ben", "cleo", "dora"].map((who) => `${title} for ${who}`),
  );
  expect(new Set((await made()).map(({ headers }) => headers["idempotency-key"])).size, "one key for each step of each item").toBe(3);
  expect(await callsSeen(app, { kind: "api", contains: "/tasks?told=3" })).toHaveLength(1);

  await rows.first().getByRole("link", { name: /Run / }).click();
  const path = page.getByRole("region", { name: "Path taken" });
  await expect(path.getByRole("button", { name: "Conditional If high True" })).toBeVisible();
  await expect(path.getByText("False: not taken")).toBeVisible();
  await expect(path.getByRole("button", { name: /Fan Out.*3 items/ })).toBeVisible();
  await expect(path.getByRole("button", { name: /TaskLab Request Note 3 of 3/ })).toBeVisible();

  // From the run to its delivery and back, from a step to its call and back, and from the user.
  await page.getByRole("link", { name: /^Delivery / }).click();
  const delivery = page.getByRole("region", { name: "Delivery" });
  await delivery.getByRole("link", { name: /^Run / }).click();
  await page.getByRole("button", { name: "2 · Note" }).click();
  await page.getByRole("region", { name: "Step: Note, item 2" }).getByRole("link", { name: "activity" }).click();
  const call = page.getByRole("button", { name: /^Open POST/ });
  await expect(call, "the attempt’s own call").toHaveCount(1, { timeout: 5_000 });
  await call.click();
  await page.getByRole("link", { name: /^Follow up, run / }).click();
  await expect(page.getByRole("region", { name: "Step: Note, item 2" }), "it leads to the very step").toBeVisible();
  await page.getByRole("link", { name: "ada", exact: true }).click();
  await page.getByRole("link", { name: /^Follow up, run / }).click();
  await page.getByRole("button", { name: "Replay" }).click();
  await page.getByRole("menuitem", { name: /By the same version/ }).click();
  await expect.poll(async () => (await made()).length, { timeout: 30_000, message: "the replay made its own three" }).toBe(6);

  await page.goto(`/projects/${projectId}/workflows`);
  const runs = page
    .getByRole("row", { name: /Follow up/ })
    .getByRole("cell")
    .nth(4);
  await expect(async () => {
    await page.reload();
    await expect(runs, "both runs are counted").toHaveText("2", { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
});
