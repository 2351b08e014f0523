import { createHmac } from "node:crypto";
import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { inviteMember } from "./fixtures/invite-member.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { drafts } from "./fixtures/tasklab.ts";

const SECRET = "a-secret-of-more-than-twenty-letters";

test("a trigger is made by hand, hears a signed event, refuses another, and is set right by the doctor", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  test.setTimeout(120_000);
  const resource = await seedResource(admin, app, projectId, "TaskLab", drafts.apiKeys(app.tasklab));
  const sql = openDatabase(app.databaseUrl);
  await sql`insert into connected_user (project_id, external_id, name) values (${projectId}, 'usr_8412', 'Ines Carvalho')`;
  await sql.end();

  await page.goto(`/projects/${projectId}/resources/${resource}/triggers`);
  await page.getByRole("button", { name: "Create Trigger" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("Task completed");
  await dialog.getByRole("button", { name: "Create Trigger" }).click();
  const step = (title: string) => expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
  const next = () => page.getByRole("button", { name: "Next" }).click();
  await step("Basics");
  await expect(page.getByText("This resource has no test credential.")).toBeVisible();
  await page.getByRole("radio", { name: "By hand" }).check();
  await page.getByRole("radio", { name: "App-level" }).check();
  await next();

  await step("Webhook URL");
  const url = (await page.locator(".trig-url code").textContent()) ?? "";
  await next();

  await step("Verification");
  await expect(page.getByText("Anyone who learns the URL can send events.")).toBeVisible();
  await page.getByRole("button", { name: "GitHub" }).click();
  await expect(page.getByRole("complementary", { name: "Preview" })).toContainText(
    "X-Hub-Signature-256: sha256=<hex of HMAC SHA-256 of {body}>",
  );
  await next();

  await step("Events");
  const steps = page.getByRole("navigation", { name: "Trigger steps" });
  await expect(steps.getByRole("link", { name: /^Verification ?, needs a fix/ })).toBeVisible();
  await page.getByLabel("JSON path of the id").fill("$.user.id");
  await next();

  await step("Listen");
  await page.reload();
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByLabel("Secret", { exact: true }), "leads to what is missing").toBeFocused();
  await page.getByLabel("Secret", { exact: true }).fill(SECRET);
  await page.getByRole("button", { name: "Set secret" }).click();
  await expect(page.getByText("not seen yet")).toBeVisible();
  await steps.getByRole("link", { name: /Listen/ }).click();

  const body = JSON.stringify({ type: "task.completed", user: { id: "usr_8412" }, task: { id: "tsk_5491" } });
  const sign = (encoding: "hex" | "base64") => createHmac("sha256", SECRET).update(body).digest(encoding);
  const send = async (headers: Record<string, string>) =>
    (await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })).status;

  expect(await send({ "x-hub-signature-256": `sha256=${sign("hex")}`, "x-github-delivery": "one" })).toBe(200);
  const events = page.getByRole("region", { name: "Events" });
  await expect(events.getByText("Accepted"), "it arrives while the page listens").toBeVisible();
  await expect(events.getByRole("group", { name: "Newest event" })).toContainText("tsk_5491");
  await steps.getByRole("link", { name: /Events/ }).click();
  await page.getByRole("button", { name: "Use $.user.id" }).click();
  const addCondition = () => page.getByRole("button", { name: "Add condition" }).click();
  await addCondition();
  await page.getByLabel("Field, condition 1").fill("$.first");
  await addCondition();
  await page.getByLabel("Value, condition 2").fill("task.completed");
  await page.getByRole("button", { name: "Remove condition 1" }).click();
  await expect(page.getByLabel("Field, condition 1"), "the other one keeps what was typed").toHaveValue("$.type");
  await expect(page.getByLabel("Value, condition 1")).toHaveValue("task.completed");
  await page.getByRole("button", { name: "Try on captured events" }).click();
  await expect(page.getByText("1 of 1 pass")).toBeVisible();
  await next();
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Task completed" })).toBeVisible();
  await expect(page.getByText("$.type equals task.completed")).toBeVisible();

  expect(await send({ "x-tasklab-signature": sign("base64"), "x-github-delivery": "two" })).toBe(401);
  await page.getByRole("link", { name: "All deliveries" }).click();
  const table = page.getByRole("table", { name: "Deliveries" });
  await expect(table.getByRole("row")).toHaveCount(3);
  await page.getByRole("button", { name: "Refused", exact: true }).click();
  await expect(page).toHaveURL(/status=refused/);
  await expect(table.getByRole("row")).toHaveCount(2);
  await table.getByRole("button", { name: /^Open the delivery/ }).click();
  const panel = page.getByRole("region", { name: "Delivery" });
  await panel.getByRole("button", { name: "Find the signature" }).click();
  await expect(panel.getByText(/HMAC SHA-256 in base64 of \{body\}, in x-tasklab-signature/)).toBeVisible();
  await panel.getByRole("button", { name: "Use this and release 1" }).click();
  await expect(panel.getByText("Ines Carvalho"), "released, and mapped to its user").toBeVisible();
  await expect(page.getByText("Nothing matches"), "none is refused any more").toBeVisible();

  expect(await send({ "x-tasklab-signature": sign("base64"), "x-github-delivery": "three" }), "and the next one passes").toBe(200);
  expect(await send({ "x-tasklab-signature": sign("hex"), "x-github-delivery": "four" })).toBe(401);
  await page.getByRole("button", { name: "All", exact: true }).click();
  await expect(table.getByRole("row")).toHaveCount(5);
});

test("an edit of a live trigger waits for Finish, and secrets are an admin's", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
  browser,
}) => {
  const resource = await seedResource(admin, app, projectId, "TaskLab", drafts.apiKeys(app.tasklab));
  const { id } = await runAction<{ id: string }>(admin, app, "createTriggerAction", {
    projectId,
    resourceId: resource,
    name: "Task renamed",
    body: { level: "app", creation: "manual", user: { by: "nobody" }, verification: { scheme: "hmac", header: "X-Sig" } },
  });
  await runAction(admin, app, "addTriggerSecretAction", { projectId, triggerId: id, value: SECRET });
  const overview = `/projects/${projectId}/triggers/${id}`;
  await page.goto(`${overview}/setup/listen`);
  await page.getByRole("button", { name: "Finish" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Task renamed" })).toBeVisible();

  const editor = await inviteMember(page, browser, app, projectId, { role: "Editor", email: `editor-${projectId}@example.com` });
  const theirs = await editor.newPage();
  await theirs.goto(`${app.web}${overview}/setup/verification`);
  await expect(theirs.getByText("Only an admin changes the secret.")).toBeVisible();
  await expect(theirs.getByLabel("Next secret")).toHaveCount(0);
  await theirs.getByLabel("Signature header").fill("X-Other");
  await theirs.getByRole("link", { name: /^Listen/ }).click();
  await theirs.getByRole("button", { name: "Finish" }).click();
  await expect(theirs.getByText("Finish takes the role of admin").first()).toBeVisible();
  await theirs.getByRole("link", { name: "Close" }).first().click();
  await expect(theirs.getByText("Changes wait for Finish.")).toBeVisible();
  await expect(theirs.getByText("X-Sig", { exact: true }), "what holds").toBeVisible();
  await theirs.getByRole("button", { name: "Drop the changes" }).click();
  await expect(theirs.getByText("Changes wait for Finish.")).toHaveCount(0);

  await page.goto(overview);
  await page.getByLabel("Next secret").fill("another-secret-of-twenty-letters");
  await page.getByRole("button", { name: "Set secret" }).click();
  await expect(page.getByText("Change it at the API now.")).toBeVisible();
  const url = (await page.locator(".trig-aside code").first().getAttribute("title")) ?? "";
  const signature = createHmac("sha256", "another-secret-of-twenty-letters").update("{}").digest("hex");
  expect((await fetch(url, { method: "POST", headers: { "x-sig": signature }, body: "{}" })).status).toBe(200);
  await page.reload();
  await expect(page.getByText("The API uses the newer secret. Remove the older one.")).toBeVisible();
  await page.getByRole("button", { name: "Remove the older secret" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove secret" }).click();
  await expect(page.getByLabel("Next secret"), "one is left").toBeVisible();
});
