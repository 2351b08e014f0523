import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, expect, test } from "vitest";
import { deleteProject } from "#lib/projects/change-project.ts";
import { startBulkTask } from "#lib/users/start-bulk-task.ts";
import { startRuns } from "#lib/workflows/start-run.ts";
import { delayStep, functionStep, makeWorkflow } from "#lib/workflows/testing.ts";
import { startWorker } from "../worker.ts";
import { tasklabDraft, testApi } from "./testing.ts";

/** For seven days a deleted project is still there. Nothing of it works any more. */
const world = await testApi();
const { db, sql, scope, actor } = world;
const log = pino({ level: "silent" });
log.error = ((facts: unknown) => world.errors.push(facts)) as never;
const worker = startWorker(world as never, world.spine, log);
afterAll(() => worker.stop());

const until = async (isSo: () => Promise<boolean>) => {
  for (const end = Date.now() + 15_000; Date.now() < end; await sleep(50)) if (await isSo()) return;
  throw new Error(`it never came ${world.errors.map((error) => JSON.stringify(error))}`);
};

test("its tokens aren't renewed, its credentials aren't checked, nothing starts, and what is under way ends as cancelled", async () => {
  const resource = await world.publish("TaskLab", tasklabDraft.apiKey(world.tasklab.url));
  expect((await world.connect(resource, { tenant: "northgate", username: "ada", password: "lovelace-1843" })).status).toBe(200);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where external_id = 'user-1'`;
  const event = { type: "event", name: "done", example: "" } as const;
  const workflowId = await makeWorkflow(scope, db, { steps: [delayStep(2), functionStep("1")], trigger: event });
  const scheduled = await makeWorkflow(scope, db, {
    steps: [functionStep("1")],
    trigger: { type: "schedule", cron: "* * * * *", zone: "UTC" },
  });
  const start = () =>
    db.transaction((tx) => startRuns(tx, scope, { source: { type: "event", name: "done" }, userId: user!.id, payload: {} }));
  const {
    runIds: [runId],
  } = await start();
  const runs = () => sql<{ id: string; status: string; workflowId: string }[]>`select id, status, workflow_id as "workflowId" from run`;
  await until(async () => (await runs()).some(({ status }) => status === "waiting"));

  await deleteProject(scope, db, actor, { typedName: (await sql<{ name: string }[]>`select name from project`)[0]!.name });
  const calls = async () => (await sql`select 1 from activity`).length;
  await sleep(1_500);
  const before = await calls();
  await sql`update credential set verify_at = now() - interval '1 second'`;
  await sql`update workflow set next_run_at = now() - interval '1 second' where id = ${scheduled}`;
  const task = await startBulkTask(scope, world, actor, { kind: "verify", filter: { q: "", userIds: [user!.id] } as never });
  expect((await start()).runIds).toEqual([]);

  await until(async () => (await runs()).every(({ status }) => status === "cancelled"));
  const state = async <Row>(query: Promise<Row[]>) => (await query)[0];
  await until(async () => (await sql`select 1 from workflow where id = ${scheduled} and next_run_at > now()`).length === 1);
  await until(async () => (await sql`select 1 from credential where verify_at > now() + interval '50 minutes'`).length === 1);
  await sleep(1_500);
  expect(await runs()).toEqual([{ id: runId, status: "cancelled", workflowId }]);
  expect(await sql`select status from step_run`).toEqual([{ status: "cancelled" }]);
  expect(await calls()).toBe(before);
  expect(await state(sql`select done, state from bulk_task where id = ${task.id}`)).toEqual({ done: 0, state: "running" });
  expect((await sql`select 1 from jobs.job where state < 'completed'`).length).toBe(0);
  expect(world.errors).toEqual([]);
});
