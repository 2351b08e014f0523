import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { listRuns } from "#db/queries/runs.ts";
import { runBulkTask } from "#lib/bulk/run-bulk-task.ts";
import type { Json } from "#lib/jobs/schema.ts";
import { createSecret } from "#lib/projects/change-secrets.ts";
import { startConnected } from "#lib/workflows/start-connected.ts";
import { tasklabDraft, testApi } from "../../server/api/testing.ts";
import { cancelRun } from "./cancel-run.ts";
import { searchRuns } from "./list-runs.ts";
import { loadRun } from "./load-run.ts";
import { replayRun } from "./replay-run.ts";
import { findReplay, replayRuns, replayWalk } from "./replay-runs.ts";
import type { RunFilter } from "./run-words.ts";

/** Runs as members see them and act on them, and what begins them at connect: with a database and TaskLab behind. */
const { sql, db, scope, actor, publish, publishWorkflow, connect, signer, tasklab, secondProject } = await testApi();
const { projectId } = scope;
const walks = { replay_runs: replayWalk({ db, sql }) };
const shift = { signal: new AbortController().signal, onError: (error: unknown) => expect.unreachable(String(error)) };
const workflowId = await publishWorkflow("Listens", { trigger: { type: "event", name: "done", example: "" }, steps: [] });
const any: RunFilter = { workflow: null, status: null, user: null, range: null, from: null, to: null };

async function insertRun(status: string, more: { minutesAgo?: number; input?: object; userId?: string | null } = {}) {
  const { minutesAgo = 1, input = { task: 1 }, userId = null } = more;
  const [row] = await sql<{ id: string; at: string }[]>`
    insert into run (project_id, at, workflow_id, version, user_id, status, source, input, state)
    values (${projectId}, now() - make_interval(mins => ${minutesAgo}), ${workflowId}, 1, ${userId}, ${status}, 'event', ${sql.json(input as never)}, '{}')
    returning id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;
  return row!;
}

beforeEach(async () => {
  await sql`delete from run`;
});

test("a page goes on exactly where the one before it ended, under a filter too", async () => {
  for (let n = 0; n < 7; n++) await insertRun(n % 2 ? "failed" : "succeeded", { minutesAgo: n });
  const seen: string[] = [];
  let before: { at: string; id: string } | undefined;
  do {
    const page = await listRuns(scope, sql, { from: new Date(0), status: "succeeded" }, { limit: 2, ...(before ? { before } : {}) });
    seen.push(...page.rows.map(({ id }) => id));
    before = page.next ?? undefined;
  } while (before);
  const all = await sql<{ id: string }[]>`select id from run where status = 'succeeded' order by at desc, id desc`;
  expect(seen).toEqual(all.map(({ id }) => id));
});

test("another project sees none of it, and a user nobody knows is more than no match", async () => {
  const run = await insertRun("running");
  const other = await secondProject();
  expect(await searchRuns(other, sql, any)).toEqual({ rows: [], next: null });
  expect(await loadRun(other, { db, sql }, run)).toBeNull();
  await expect(cancelRun(other, db, actor, run)).rejects.toThrow("isn’t kept any more");
  expect(await searchRuns(scope, sql, { ...any, user: "nobody" })).toMatchObject({ unknownUser: true });
});

test("a run that is cancelled ends with its steps, once, and is recorded", async () => {
  const run = await insertRun("waiting");
  await sql`insert into step_run (project_id, run_id, at, step_id, status) values (${projectId}, ${run.id}, ${run.at}::text::timestamptz, ${randomUUID()}, 'waiting')`;
  await cancelRun(scope, db, actor, run);
  await expect(cancelRun(scope, db, actor, run)).rejects.toThrow("ended already");
  const [row] =
    await sql`select r.status, s.status as step, r.finished_at is not null as ended from run r join step_run s on s.run_id = r.id where r.id = ${run.id}`;
  expect(row).toEqual({ status: "cancelled", step: "cancelled", ended: true });
  expect(await sql`select 1 from audit where action = 'run.cancel' and subject = ${`run:${run.id}`}`).toHaveLength(1);
});

test("of a run that keeps a lot no more is read than its page can show, and a cut shows no part of a secret", async () => {
  const secret = "canary-0123456789-abcdefghij-0123456789";
  await createSecret(scope, db, actor, { name: "CUT", value: secret, description: "" });
  const run = await insertRun("succeeded");
  const before = 65_536 - 10;
  await sql`
    insert into step_run (project_id, run_id, at, step_id, status, started_at, output, output_bytes)
    select ${projectId}, ${run.id}, ${run.at}::text::timestamptz, gen_random_uuid(), 'succeeded', now() + n * interval '1 second',
      to_jsonb(repeat('x', ${before}) || ${secret}::text || repeat('y', ${65_536 - secret.length - 5}) || ${secret}::text || repeat('z', 1000000)), 1131072
    from generate_series(1, 300) n`;
  const loaded = (await loadRun(scope, { db, sql }, run))!;
  const text = JSON.stringify(loaded);
  expect(loaded.stepRuns).toHaveLength(300);
  expect(loaded.stepRuns[0]!.output).toMatchObject({ isCut: true, size: 1_131_072, text: expect.stringMatching(/^"x{60000}/) });
  expect(loaded.stepRuns[299]!.output).toEqual({ isCut: true, size: 1_131_072, text: "" });
  expect(text).not.toContain("canary");
  expect(text.length).toBeLessThan(10_000_000);
});

test("a replay has the input of its run and says whose it is; one name begins one", async () => {
  const run = await insertRun("failed", { input: { n: 7 } });
  const key = await replayRun(scope, { db, sql }, actor, { runId: run.id, version: "newest", once: "x" });
  await replayRun(scope, { db, sql }, actor, { runId: run.id, version: "newest", once: "x" });
  const rows = await sql`select id, input, replay_of as "replayOf" from run where id <> ${run.id}`;
  expect(rows).toEqual([{ id: key.id, input: { n: 7 }, replayOf: run.id }]);
});

test("all failed runs of a filter are replayed by the worker, those that fail later are not", async () => {
  for (let n = 0; n < 7; n++) await insertRun("failed", { minutesAgo: n + 1 });
  await insertRun("succeeded");
  const { id, total } = await replayRuns(scope, { db, sql }, actor, { filter: any, version: "newest" });
  expect(total).toBe(7);
  await insertRun("failed", { minutesAgo: -1 });
  await runBulkTask(sql, walks, { ...shift, step: 3 });
  expect(await findReplay(scope, sql, id)).toMatchObject({ state: "done", total: 7, done: 7, failed: 0 });
  expect(await sql`select 1 from run where replay_of is not null`).toHaveLength(7);
});

test("a paused workflow isn't replayed, alone or among others, and says why", async () => {
  const run = await insertRun("failed");
  const pause = (reason: string | null) => sql`update workflow set paused_reason = ${reason} where id = ${workflowId}`;
  await pause("The resource “Gone” was deleted.");
  for (const version of ["same", "newest"] as const)
    await expect(replayRun(scope, { db, sql }, actor, { runId: run.id, version })).rejects.toThrow(
      "is paused: nothing starts it. The resource",
    );
  const { id } = await replayRuns(scope, { db, sql }, actor, { filter: any, version: "same" });
  await runBulkTask(sql, walks, shift);
  const failures = [{ id: run.id, message: expect.stringContaining("“Gone”") }];
  expect(await findReplay(scope, sql, id)).toMatchObject({ state: "done", failed: 1, failures });
  expect(await sql`select 1 from run where replay_of is not null`).toEqual([]);
  await pause(null);
});

test("the page of a run shows no secret of its user, by value or by name", async () => {
  const resourceId = await publish("TaskLab", tasklabDraft.apiKey(tasklab.url));
  const password = "lovelace-1843";
  expect((await connect(resourceId, { tenant: "northgate", username: "ada", password })).status).toBe(200);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where external_id = 'user-1'`;
  const run = await insertRun("succeeded", {
    userId: user!.id,
    input: { echo: `Basic ${Buffer.from(`ada:${password}`).toString("base64")}`, api_key: "other-secret" },
  });
  const text = JSON.stringify(await loadRun(scope, { db, sql }, run));
  expect(text).toContain("echo");
  for (const secret of [password, Buffer.from(`ada:${password}`).toString("base64"), "other-secret"]) expect(text).not.toContain(secret);
});

test("connecting for the first time starts what begins with User Connected, once, and connecting again doesn't", async () => {
  const resourceId = await publish("Greeted", tasklabDraft.apiKey(tasklab.url));
  const greeting = await publishWorkflow("Greets", { trigger: { type: "user_connected", resourceId }, steps: [] });
  const elsewhere = await publishWorkflow("Greets others", { trigger: { type: "user_connected", resourceId: randomUUID() }, steps: [] });
  const token = signer.sign({ sub: "newcomer" });
  expect((await connect(resourceId, { tenant: "northgate", username: "ada", password: "wrong" }, token)).status).toBe(400);
  expect((await connect(resourceId, { tenant: "northgate", username: "ada", password: "lovelace-1843" }, token)).status).toBe(200);
  await connect(resourceId, { tenant: "northgate", username: "ada", password: "lovelace-1843" }, token);
  const jobs = await sql<{ data: { data: Json } }[]>`select data from jobs.job where data->>'name' = 'user-connected'`;
  expect(jobs).toHaveLength(1);
  await startConnected({ sql }, jobs[0]!.data.data);
  await startConnected({ sql }, jobs[0]!.data.data);
  expect(await sql`select 1 from run where workflow_id = ${elsewhere}`).toHaveLength(0);
  const rows = await sql`select input from run where workflow_id = ${greeting}`;
  expect(rows).toEqual([
    {
      input: {
        user: { id: "newcomer", metadata: {} },
        resource: { id: resourceId, name: "Greeted" },
        profile: expect.objectContaining({ email: expect.any(String) }),
      },
    },
  ]);
});

test("connecting again after a check has refused the credential is no first time, and going through after a half-failed first connect is", async () => {
  const resourceId = await publish("Greeted once", tasklabDraft.apiKey(tasklab.url));
  await publishWorkflow("Greets once", { trigger: { type: "user_connected", resourceId }, steps: [] });
  const again = () =>
    connect(resourceId, { tenant: "northgate", username: "ada", password: "lovelace-1843" }, signer.sign({ sub: "comes back" }));
  const { body } = await again();
  const greetings = async () =>
    (await sql`select 1 from jobs.job where data->>'name' = 'user-connected' and data->'data'->>'credentialId' = ${body.id!}`).length;
  expect(await greetings()).toBe(1);
  await sql`update credential set status = 'INVALID', reason = 'verify_failed' where id = ${body.id!}`;
  expect((await again()).body).toMatchObject({ id: body.id, status: "VALID" });
  expect(await greetings()).toBe(1);
  await sql`update credential set status = 'INVALID', reason = 'verify_failed', has_connected = false where id = ${body.id!}`;
  await again();
  await again();
  expect(await greetings()).toBe(2);
});
