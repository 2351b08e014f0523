import { expect, test } from "./fixtures/app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { seedRuns } from "./fixtures/seed-runs.ts";

test("runs are found by their filters, told step by step with secrets masked, and one that waits can be cancelled", async ({
  app,
  projectId,
  signedInPage: page,
}) => {
  const sql = openDatabase(app.databaseUrl);
  const seeded = await seedRuns(sql, projectId);

  await page.goto(`/projects/${projectId}/workflows/runs`);
  const rows = page.getByRole("row").filter({ has: page.getByRole("link", { name: /Run / }) });
  await expect(rows).toHaveCount(3);
  await page.getByLabel("Status").selectOption("Failed");
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/status=failed/);
  await page.getByLabel(/User, by the id/).fill("nobody");
  await expect(page.getByText("No user of this project has the id “nobody”.")).toBeVisible();
  await page.getByRole("button", { name: "Clear filters" }).click();
  await expect(rows).toHaveCount(3);

  await page.locator(`[data-row="${seeded.passed}"]`).getByRole("link").click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(`Run ${seeded.passed.slice(0, 4)}`);
  const path = page.getByRole("region", { name: "Path taken" });
  await expect(path.getByRole("button", { name: /Fan Out.*For each watcher.*3 of 3/ })).toBeVisible();
  await expect(path.getByText("False: not taken")).toBeVisible();
  await page.getByRole("button", { name: "2 · Comment for the watcher" }).click();
  const panel = page.getByRole("region", { name: "Step: Comment for the watcher, item 2" });
  await expect(panel.getByText("429 Too Many Requests")).toBeVisible();
  await expect(panel.getByText("Retry-After: 12, so it waited 12 s")).toBeVisible();
  await expect(panel.getByRole("group", { name: "Input" })).toContainText("Renew cold-store lease");
  await expect(page.getByText("10 min left out")).toBeVisible();
  expect(await page.content(), "what a payload names as a secret").not.toContain(seeded.secret);

  await page.goto(`/projects/${projectId}/workflows/runs/${seeded.failed}`);
  await expect(page.getByText("Reconnect the user, then replay the run.").first()).toBeVisible();

  await page.goto(`/projects/${projectId}/workflows/runs/${seeded.waiting}`);
  await expect(page.getByRole("status").filter({ hasText: "Waiting" })).toBeVisible();
  await page.getByRole("button", { name: "Cancel run" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel run" }).click();
  await expect(page.getByRole("status").filter({ hasText: "Cancelled" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Cancel run" })).toHaveCount(0);
  const steps = await sql`select status from step_run where run_id = ${seeded.waiting} and status = 'waiting'`;
  expect(steps).toHaveLength(0);
  await sql.end();
});
