import { createHmac } from "node:crypto";
import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
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
  await expect(page.getByRole("heading", { level: 1, name: "Task completed" })).toBeVisible();
  await expect(page.getByText("This resource has no test credential.")).toBeVisible();
  await expect(page.getByText("Anyone who learns the URL can send events.")).toBeVisible();

  await page.getByRole("radio", { name: "By hand" }).check();
  await page.getByRole("radio", { name: "App-level" }).check();
  await page.getByRole("button", { name: "GitHub" }).click();
  await page.getByLabel("JSON path of the id").fill("$.user.id");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await expect(page.getByRole("link", { name: "Set the secret: without one every delivery is refused." })).toBeVisible();
  await page.getByLabel("Secret", { exact: true }).fill(SECRET);
  await page.getByRole("button", { name: "Set secret" }).click();
  await expect(page.getByText("Live: it takes events.")).toBeVisible();

  const url = (await page.locator(".trig-aside code").first().textContent()) ?? "";
  const body = JSON.stringify({ type: "task.completed", user: { id: "usr_8412" }, task: { id: "tsk_5491" } });
  const sign = (encoding: "hex" | "base64") => createHmac("sha256", SECRET).update(body).digest(encoding);
  const send = async (headers: Record<string, string>) =>
    (await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })).status;

  expect(await send({ "x-hub-signature-256": `sha256=${sign("hex")}`, "x-github-delivery": "one" })).toBe(200);
  const aside = page.getByRole("complementary", { name: "URL and events" });
  await expect(aside.getByText("Accepted"), "it arrives while the page listens").toBeVisible();
  await expect(aside.getByRole("group", { name: "Newest event" })).toContainText("tsk_5491");
  await page.getByRole("button", { name: "Use $.user.id" }).click();

  expect(await send({ "x-tasklab-signature": sign("base64"), "x-github-delivery": "two" })).toBe(401);
  await aside.getByRole("link", { name: "All deliveries" }).click();
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
