import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { drafts } from "./fixtures/tasklab.ts";

test("a new project is led to its first call, and later sees what is wrong first", async ({
  app,
  admin,
  projectId,
  signedInPage: page,
}) => {
  await expect(page, "a project's address leads here").toHaveURL(/\/overview$/);
  const steps = page.getByRole("region", { name: "From the first resource to the first call" });
  await expect(steps.getByRole("link", { name: "Create Resource" })).toBeVisible();

  const resource = await seedResource(admin, app, projectId, "TaskLab", drafts.apiKeys(app.tasklab));
  await page.reload();
  await expect(steps.getByRole("link", { name: "Code to connect" })).toHaveAttribute("href", new RegExp(`/resources/${resource}/code$`));
  await expect(page.getByText("Nothing needs attention")).toBeVisible();

  const sql = openDatabase(app.databaseUrl);
  const latency = Array.from({ length: 18 }, (_, at) => (at === 6 ? 40 : 0));
  for (const [end, n] of [
    ["ok", 10],
    ["server_error", 30],
  ] as const)
    await sql`insert into activity_rollup (project_id, resource_id, kind, bucket, class, n, latency)
      values (${projectId}, ${resource}, 'call', date_trunc('hour', now()), ${end}, ${n}, ${latency}::bigint[])`;
  await sql`insert into activity (project_id, resource_id, kind, source, status) values (${projectId}, ${resource}, 'call', 'sdk', 503)`;
  await sql`insert into run_rollup (project_id, workflow_id, bucket, status, n)
    values (${projectId}, ${resource}, date_trunc('hour', now()), 'succeeded', 7), (${projectId}, ${resource}, date_trunc('hour', now()), 'failed', 2)`;
  await sql.end();

  await page.reload();
  const attention = page.getByRole("region", { name: "Needs attention" });
  await expect(attention.getByRole("listitem")).toContainText(["TaskLab is failing75 % of calls fail, most with 503."]);
  const calls = page.getByRole("region", { name: "Calls by status" });
  await expect(calls.locator("svg path").first(), "the chart is drawn").toBeVisible();
  await calls.getByRole("button", { name: "View as table: Calls by status" }).click();
  await expect(calls.getByRole("row").last()).toContainText(/10\s*0\s*30/);

  const runs = page.getByRole("region", { name: "Workflow runs" });
  await expect(runs.getByText("9, 2 failed")).toBeVisible();
  await runs.getByRole("button", { name: "View as table: Workflow runs" }).click();
  await expect(runs.getByRole("row").last()).toContainText(/7\s*2|2\s*7/);
  await expect(page.getByRole("link", { name: /^Overview\s*Needs attention:\s*1$/ }), "the sidebar says how many").toBeVisible();

  await page.getByRole("link", { name: "Last 30 days" }).click();
  await expect(page).toHaveURL(/range=30d/);
  await expect(calls.getByText("40 calls")).toBeVisible();

  await attention.getByRole("link", { name: /^View calls/ }).click();
  await expect(page).toHaveURL(new RegExp(`/activity\\?resource=${resource}&kind=call&status=error`));
  await expect(page.getByRole("table", { name: "Activity" })).toContainText("503");
});
