import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { countRunsByBin } from "#db/queries/overview.ts";
import { listUses } from "#db/queries/timeline.ts";
import { createActivityRecorder } from "#lib/activity/record-activity.ts";
import { tellActivity } from "#lib/activity/search-activity.ts";
import { testApi } from "../../server/api/testing.ts";
import { cancelRun } from "./cancel-run.ts";
import { loadRun } from "./load-run.ts";
import { flushRunEnds, noteRunEnd } from "./note-run-end.ts";

/** Ways between a run, its delivery, its calls and the credential that it used; and what the charts count of runs. */
const { sql, db, scope, actor, publishWorkflow, secondProject } = await testApi();
const { projectId } = scope;
const stepId = randomUUID();
const workflowId = await publishWorkflow("Digest", {
  trigger: { type: "event", name: "done", example: "" },
  steps: [{ id: stepId, name: "build_digest", type: "function", code: "return 1" }],
});
const other = await secondProject();
const keyTime = sql`to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`;

async function insertRun(more: { deliveryId?: string; minutesAgo?: number } = {}) {
  const [row] = await sql<{ id: string; at: string }[]>`
    insert into run (project_id, at, workflow_id, version, status, source, delivery_id, input, state)
    values (${projectId}, now() - make_interval(mins => ${more.minutesAgo ?? 0}), ${workflowId}, 1, 'running', 'event', ${more.deliveryId ?? null}, '{}', '{}')
    returning id, ${keyTime}`;
  return row!;
}

test("a call tells its run and step, and a credential the runs that used it, each once", async () => {
  const [first, second] = [await insertRun({ minutesAgo: 2 }), await insertRun()];
  const credentialId = randomUUID();
  const recorder = createActivityRecorder(sql);
  for (const run of [first, first, second])
    recorder.record({ projectId, credentialId, kind: "call", source: "workflow", durationMs: 1, run: { id: run.id, step: `${stepId}/0` } });
  await recorder.close();
  const calls = await sql<{ id: string; at: string }[]>`select id, ${keyTime} from activity where run_id = ${second.id}`;
  expect(calls).toHaveLength(1);
  expect(await tellActivity(scope, db, calls[0]!)).toMatchObject({
    row: { step: `${stepId}/0` },
    run: { id: second.id, at: second.at, workflow: "Digest", stepName: "build_digest" },
  });
  expect(await tellActivity(other, db, calls[0]!)).toBeNull();

  const all = { credentialId, from: null, to: null };
  const { uses, isCut } = await listUses(scope, sql, all);
  expect(isCut).toBe(false);
  expect(uses.map(({ id, workflow }) => [id, workflow]).sort()).toEqual([first, second].map(({ id }) => [id, "Digest"]).sort());
  expect(await listUses(scope, sql, { ...all, to: new Date(Date.now() - 60_000) })).toEqual({ uses: [], isCut: false });
  expect(await listUses(other, sql, all)).toEqual({ uses: [], isCut: false });
});

test("a run leads to its delivery while that is kept, also to one that was held for days, and so does the webhook's row", async () => {
  const requestId = randomUUID();
  const [delivery] = await sql<{ id: string; at: string; triggerId: string }[]>`
    insert into delivery (project_id, at, trigger_id, resource_id, status, method, headers, query, body, size, response_status, request_id)
    values (${projectId}, now() - interval '1 day', ${randomUUID()}, ${randomUUID()}, 'accepted', 'POST', '[]', '[]', '', 0, 200, ${requestId})
    returning id, ${keyTime}, trigger_id as "triggerId"`;
  const run = await insertRun({ deliveryId: delivery!.id });
  expect((await loadRun(scope, { db, sql }, run))?.delivery).toEqual(delivery);

  const [row] = await sql<{ id: string; at: string }[]>`
    insert into activity (project_id, at, kind, source, request_id)
    values (${projectId}, ${delivery!.at}::text::timestamptz, 'webhook', 'webhook', ${requestId}) returning id, ${keyTime}`;
  expect((await tellActivity(scope, db, row!))?.delivery).toEqual(delivery);

  await sql`delete from delivery where id = ${delivery!.id}`;
  expect((await loadRun(scope, { db, sql }, run))?.delivery, "no longer kept").toEqual({ id: delivery!.id });
});

test("runs are counted by the hour of their end, in batches, and cancelled ones at once", async () => {
  const hour = Date.parse("2026-03-10T22:10:00Z");
  noteRunEnd(projectId, workflowId, "succeeded", hour);
  noteRunEnd(projectId, workflowId, "succeeded", hour + 60_000);
  await flushRunEnds(sql);
  noteRunEnd(projectId, workflowId, "succeeded", hour);
  noteRunEnd(projectId, workflowId, "failed", hour);
  await sql`alter table run_rollup rename to run_rollup_away`;
  await expect(flushRunEnds(sql)).rejects.toThrow();
  await sql`alter table run_rollup_away rename to run_rollup`;
  await flushRunEnds(sql);
  await flushRunEnds(sql);
  const counts = (to: string, of = scope) => countRunsByBin(of, db, { to: new Date(to), binHours: 1, bins: 24 });
  const bin = new Date("2026-03-10T22:00:00Z");
  expect((await counts("2026-03-10T23:00:00Z")).sort((a, b) => a.n - b.n)).toEqual([
    { status: "failed", bin, n: 1 },
    { status: "succeeded", bin, n: 3 },
  ]);
  expect(await counts("2026-03-10T23:00:00Z", other)).toEqual([]);

  await cancelRun(scope, db, actor, await insertRun());
  await cancelRun(scope, db, actor, await insertRun());
  const soon = new Date(Math.ceil((Date.now() + 1) / 3_600_000) * 3_600_000).toISOString();
  expect(await counts(soon)).toEqual([expect.objectContaining({ status: "cancelled", n: 2 })]);
});
