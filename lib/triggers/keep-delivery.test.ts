import { randomBytes, randomUUID } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { createDatabase } from "#db/client.ts";
import { testDatabase } from "#db/testing.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { functionStep, makeWorkflow } from "#lib/workflows/testing.ts";
import { type Arrival, keepDelivery } from "./keep-delivery.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql, url } = await testDatabase();
const { projectId } = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;

/** There is no worker: what a test has started keeps its place in the queue. */
afterEach(async () => {
  await sql`update run set status = 'cancelled'`;
});

/** A trigger that no row stands for: what is kept names it by its id alone. */
async function listened(limits: { maxRuns?: number } = {}) {
  const triggerId = randomUUID();
  const trigger = { type: "resource", resourceId: randomUUID(), triggerId } as const;
  return { triggerId, workflowId: await makeWorkflow({ projectId }, db, { steps: [functionStep("1")], trigger, ...limits }) };
}

function arrival(triggerId: string, key: string | null, more: Partial<Arrival["row"]> = {}): Arrival {
  const row = {
    projectId,
    id: randomUUID(),
    triggerId,
    resourceId: randomUUID(),
    method: "POST",
    headers: [] as [string, string][],
    query: [] as [string, string][],
    body: Buffer.from(`{"key":"${key}"}`),
    size: 12,
    responseStatus: 200,
    durationMs: 3,
    dedupeKey: key,
    ...more,
  };
  return {
    row,
    event: more.status
      ? null
      : { projectId, triggerId, deliveryId: row.id, userIds: [null], payload: { body: { key }, headers: {}, query: {} }, key },
  };
}

const deliveriesOf = async (triggerId: string) =>
  await sql<{ id: string; status: string; reason: string | null; runIds: string[]; transaction: string }[]>`
    select id, status, reason, run_ids as "runIds", xmin::text as transaction from delivery where trigger_id = ${triggerId}`;
const runsOf = async (workflowId: string) =>
  await sql<{ id: string; key: string; deliveryId: string; isAdmitted: boolean; jobs: number }[]>`
    select r.id, r.input->'body'->>'key' as key, r.delivery_id as "deliveryId", r.admitted_at is not null as "isAdmitted",
      (select count(*)::int from jobs.job j where j.data->'data'->>'runId' = r.id::text) as jobs
    from run r where workflow_id = ${workflowId} order by 2`;

test("of those that come at one moment each has its own end: taken, there before, or no event at all; all of them with one commit", async () => {
  const { triggerId, workflowId } = await listened();
  const arrivals = [
    arrival(triggerId, "a"),
    arrival(triggerId, "b"),
    arrival(triggerId, "a"),
    arrival(triggerId, "c", { status: "filtered", reason: "filter" }),
    arrival(triggerId, null),
    arrival(triggerId, "b"),
  ];
  const kept = await Promise.all(arrivals.map((one) => keepDelivery(sql, one)));
  expect(kept.map((one) => one?.status ?? null)).toEqual(["accepted", "accepted", "duplicate", null, "accepted", "duplicate"]);

  const deliveries = await deliveriesOf(triggerId);
  const found = arrivals.map(({ row }) => deliveries.find(({ id }) => id === row.id)!);
  expect(found.map(({ status, reason }) => [status, reason])).toEqual([
    ["accepted", null],
    ["accepted", null],
    ["duplicate", "repeated"],
    ["filtered", "filter"],
    ["accepted", null],
    ["duplicate", "repeated"],
  ]);
  expect(new Set(deliveries.map(({ transaction }) => transaction)).size).toBe(1);
  expect(found.map(({ runIds }) => runIds)).toEqual(kept.map((one) => one?.runIds ?? []));
  const runs = await runsOf(workflowId);
  expect(runs.map(({ key, jobs }) => [key, jobs])).toEqual([
    ["a", 1],
    ["b", 1],
    [null, 1],
  ]);
  for (const { id, deliveryId } of runs) expect(deliveries.find((one) => one.id === deliveryId)!.runIds).toEqual([id]);
});

test("one that the database refuses leaves nothing, its key included, and fails none that come with it", async () => {
  const { triggerId, workflowId } = await listened();
  const refused = arrival(triggerId, "b", { method: "PO\u0000ST" });
  const kept = await Promise.allSettled([arrival(triggerId, "a"), refused, arrival(triggerId, "c")].map((one) => keepDelivery(sql, one)));
  expect(kept.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
  expect((await runsOf(workflowId)).map(({ key }) => key)).toEqual(["a", "c"]);
  expect(await deliveriesOf(triggerId)).toHaveLength(2);
  expect((await keepDelivery(sql, arrival(triggerId, "b")))!.status).toBe("accepted");
});

test("several processes that take the same keys at one moment, each in its own order, start one run for each", async () => {
  const { triggerId, workflowId } = await listened();
  const processes = Array.from({ length: 4 }, () => createDatabase(url, { max: 3 }));
  const keys = Array.from({ length: 80 }, (_, n) => `key ${String(n).padStart(3, "0")}`);
  const kept = await Promise.all(
    processes.map(async (one, n) => {
      const inOrder = keys.toSorted((a, b) => (n % 2 === 0 ? a.localeCompare(b) : b.localeCompare(a)));
      return await Promise.all(inOrder.map((key) => keepDelivery(one.sql, arrival(triggerId, key))));
    }),
  );
  await Promise.all(processes.map((one) => one.close()));
  expect(kept.flat().filter((one) => one!.status === "accepted")).toHaveLength(keys.length);
  const runs = await runsOf(workflowId);
  expect(runs.map(({ key }) => key)).toEqual(keys);
  expect(await deliveriesOf(triggerId)).toHaveLength(4 * keys.length);
});

test("of a workflow with a limit all are durable at once, and no more of them get a job than it may have", async () => {
  const { triggerId, workflowId } = await listened({ maxRuns: 2 });
  const free = await listened();
  await Promise.all([1, 2, 3, 4, 5].map((n) => keepDelivery(sql, arrival(triggerId, `${n}`))));
  await keepDelivery(sql, arrival(free.triggerId, "other"));
  expect(await runsOf(workflowId)).toHaveLength(5);
  // There is no worker here: the door sees to it.
  await expect.poll(async () => (await runsOf(workflowId)).filter(({ jobs, isAdmitted }) => jobs === 1 && isAdmitted).length).toBe(2);
  expect((await runsOf(workflowId)).reduce((sum, { jobs }) => sum + jobs, 0)).toBe(2);
});
