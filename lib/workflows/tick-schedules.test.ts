import { randomBytes } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { startScheduled } from "./start-scheduled.ts";
import { tickSchedules } from "./tick-schedules.ts";
import { triggerExample } from "./trigger-example.ts";

process.env.PATCHBAY_KEYS ??= `k1:${randomBytes(32).toString("base64")}`;
const { sql, db } = await testDatabase();
const admin = await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" });
const projectId = admin!.projectId;
const never = new AbortController().signal;

/** A live workflow that ticks every ten minutes, and was due `late` seconds ago. */
async function schedule(late: number): Promise<string> {
  const [made] = await sql<{ id: string }[]>`
    insert into workflow (project_id, name, live_version, is_enabled, trigger_type, next_run_at)
    values (${projectId}, 'Report', 1, true, 'schedule', now() - make_interval(secs => ${late})) returning id`;
  const body = { trigger: { type: "schedule", cron: "*/10 * * * *", zone: "UTC" }, steps: [] };
  await sql`insert into workflow_version (project_id, workflow_id, number, schema_version, body) values (${projectId}, ${made!.id}, 1, 1, ${sql.json(body)})`;
  return made!.id;
}
type Tick = { projectId: string; workflowId: string; tickAt: string; after: string | null };
const jobs = async () => {
  const rows = await sql<
    { data: { name: string; data: Tick } }[]
  >`select data from jobs.job where data->>'name' = 'workflow-scheduled' order by created_on`;
  return rows.map(({ data }) => data.data);
};
const runsOf = (workflowId: string) => sql<{ user: string }[]>`
  select u.external_id as "user" from run r join connected_user u on u.project_id = r.project_id and u.id = r.user_id
  where r.workflow_id = ${workflowId} order by 1`;

beforeEach(async () => {
  await sql`delete from workflow`;
  await sql`delete from jobs.job`;
  await sql`delete from connected_user`;
});

test("of many workers at once one turns a tick into a job, and the next is planned", async () => {
  const id = await schedule(1);
  await Promise.all(Array.from({ length: 8 }, () => tickSchedules(sql, never)));
  expect((await jobs()).map(({ workflowId }) => workflowId)).toEqual([id]);
  const [row] = await sql<{ ahead: boolean }[]>`select next_run_at > now() as ahead from workflow where id = ${id}`;
  expect(row!.ahead).toBe(true);
});

test("hours of missed ticks are made up for by one, the latest", async () => {
  await schedule(5 * 3_600);
  await tickSchedules(sql, never);
  const [only, ...others] = await jobs();
  expect(others).toEqual([]);
  const age = Date.now() - Date.parse(only!.tickAt);
  expect(age).toBeGreaterThanOrEqual(0);
  expect(age).toBeLessThan(600_000 + 60_000);
});

test("what is off or deleted doesn't tick", async () => {
  await sql`update workflow set is_enabled = false where id = ${await schedule(1)}`;
  await sql`update workflow set deleted_at = now() where id = ${await schedule(1)}`;
  await tickSchedules(sql, never);
  expect(await jobs()).toEqual([]);
});

describe("a tick", () => {
  test("runs once for each connected user who has it on, however often its job is done", async () => {
    const id = await schedule(1);
    await sql`insert into connected_user (project_id, external_id, kind) values (${projectId}, 'ada', 'user'), (${projectId}, 'bob', 'user'), (${projectId}, 'off', 'user'), (${projectId}, '', 'test')`;
    await sql`insert into workflow_enablement (project_id, workflow_id, user_id, enabled) select ${projectId}, ${id}, id, false from connected_user where external_id = 'off'`;
    await tickSchedules(sql, never);
    const [job] = await jobs();
    await startScheduled({ sql }, job!);
    await startScheduled({ sql }, job!);
    expect((await runsOf(id)).map(({ user }) => user)).toEqual(["ada", "bob"]);
  });

  test("brings its steps what the editor's example says", async () => {
    const id = await schedule(1);
    await sql`insert into connected_user (project_id, external_id) values (${projectId}, 'ada')`;
    await tickSchedules(sql, never);
    const [job] = await jobs();
    await startScheduled({ sql }, job!);
    const [run] = await sql<{ input: object }[]>`select input from run where workflow_id = ${id}`;
    const example = triggerExample({ type: "schedule", cron: "*/10 * * * *", zone: "UTC" }, new Date(job!.tickAt));
    expect(run!.input).toEqual({ ...(example as object), user: { id: "ada" } });
  });

  test("of many users goes on in a job of its own", async () => {
    const id = await schedule(1);
    await sql`insert into connected_user (project_id, external_id, kind) select ${projectId}, 'u' || n, 'user' from generate_series(1, 210) n`;
    await tickSchedules(sql, never);
    const [first] = await jobs();
    await startScheduled({ sql }, first!);
    const rest = (await jobs()).find(({ after }) => after !== null);
    await startScheduled({ sql }, rest!);
    expect(await runsOf(id)).toHaveLength(210);
  });
});
