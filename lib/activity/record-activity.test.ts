import { describe, expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { type ActivityRow, createActivityRecorder, rollUp } from "./record-activity.ts";
import { LATENCY_BOUNDS } from "./schema.ts";

const { sql } = await testDatabase();
const projectId = crypto.randomUUID();
const row = (given: Partial<ActivityRow> = {}): ActivityRow => ({
  projectId,
  resourceId: crypto.randomUUID(),
  kind: "call",
  source: "sdk",
  status: 200,
  durationMs: 12,
  ...given,
});
const countOf = async (resourceId: string) => {
  const [found] = await sql<{ n: number }[]>`select count(*)::int as n from activity where resource_id = ${resourceId}`;
  return found!.n;
};
const rollupsOf = async (resourceId: string) =>
  await sql<{ class: string; n: number; latency: number[] }[]>`
    select class, n::int, latency::int[] from activity_rollup where resource_id = ${resourceId} order by class`;

describe("roll-ups", () => {
  test("add up over flushes, and over two processes flushing at once", async () => {
    const resourceId = crypto.randomUUID();
    const others = Array.from({ length: 5 }, () => crypto.randomUUID());
    const recorders = [createActivityRecorder(sql), createActivityRecorder(sql)];
    for (let round = 0; round < 5; round++) {
      for (const recorder of recorders) {
        for (const id of others) recorder.record(row({ resourceId: id }));
        recorder.record(row({ resourceId, durationMs: 3 }));
        recorder.record(row({ resourceId, status: 404, durationMs: 40_000 }));
        recorder.record(row({ resourceId, status: 503 }));
        recorder.record(row({ resourceId, status: undefined, failure: "timeout" }));
      }
      await Promise.all(recorders.map((recorder) => recorder.flush()));
    }
    const rollups = await rollupsOf(resourceId);
    expect(rollups.map(({ class: end, n }) => [end, n])).toEqual(
      [
        ["client_error", 10],
        ["failure", 10],
        ["ok", 10],
        ["server_error", 10],
      ].sort(),
    );
    const ok = rollups.find((rollup) => rollup.class === "ok")!;
    expect(ok.latency).toEqual([10, ...LATENCY_BOUNDS.map(() => 0)]);
    expect(rollups.find((rollup) => rollup.class === "client_error")!.latency.at(-1)).toBe(10);
    expect(await countOf(resourceId)).toBe(40);
  });

  test("leave tests out, and calls of no resource", () => {
    const at = new Date();
    expect(
      rollUp([
        { ...row({ source: "test" }), at },
        { ...row({ resourceId: null }), at },
      ]),
    ).toEqual([]);
  });

  test("keep calls apart from refreshes, checks and connects, and count the calls of every source but tests", () => {
    const resourceId = crypto.randomUUID();
    const at = new Date();
    const rows = (["sdk", "schedule", "workflow", "test"] as const).flatMap((source) =>
      (["call", "token", "verify", "profile"] as const).map((kind) => ({ ...row({ resourceId, kind, source }), at })),
    );
    rows.push({ ...row({ resourceId, kind: "token", source: "schedule", status: 400, failure: "invalid_grant" }), at });
    rows.push({ ...row({ resourceId, kind: "connect", status: 400 }), at });
    const counted = rollUp(rows).map(({ kind, class: end, n }) => `${kind} ${end} ${n}`);
    expect(counted.sort()).toEqual(["call ok 3", "connect client_error 1", "profile ok 3", "token failure 1", "token ok 3", "verify ok 3"]);
  });

  test("count an hour's calls in that hour", () => {
    const resourceId = crypto.randomUUID();
    const rows = ["2026-11-23T10:59:59.999Z", "2026-11-23T11:00:00.000Z"].map((at) => ({ ...row({ resourceId }), at: new Date(at) }));
    expect(rollUp(rows).map(({ bucket, n }) => [bucket.toISOString(), n])).toEqual([
      ["2026-11-23T10:00:00.000Z", 1],
      ["2026-11-23T11:00:00.000Z", 1],
    ]);
  });
});

describe("what is recorded", () => {
  test("is written by close, without waiting for the next flush", async () => {
    const resourceId = crypto.randomUUID();
    const recorder = createActivityRecorder(sql);
    recorder.record(row({ resourceId }));
    await recorder.close();
    expect(await countOf(resourceId)).toBe(1);
  });

  test("is written by itself within a second, and at once when there is much", async () => {
    const resourceId = crypto.randomUUID();
    const recorder = createActivityRecorder(sql);
    recorder.record(row({ resourceId }));
    await expect.poll(() => countOf(resourceId), { timeout: 3_000 }).toBe(1);
    for (let n = 0; n < 2_500; n++) recorder.record(row({ resourceId }));
    await recorder.close();
    expect(await countOf(resourceId)).toBe(2_501);
  });

  test("that the database will never take is dropped, and holds up nothing else", async () => {
    const resourceId = crypto.randomUUID();
    const errors: unknown[] = [];
    const recorder = createActivityRecorder(sql, (error) => errors.push(error));
    const poison = { request: { method: "GET", url: "\u0000", headers: [] } };
    for (let n = 0; n < 9; n++) recorder.record(row({ resourceId, ...(n % 4 === 2 ? { detail: poison } : {}) }));
    await recorder.flush();
    expect(await countOf(resourceId)).toBe(7);
    expect(await rollupsOf(resourceId)).toMatchObject([{ class: "ok", n: 7 }]);
    expect(errors).toHaveLength(2);
    await recorder.close();
    expect(errors).toHaveLength(2);
  });
});

test("a failed flush keeps its rows for the next one, and is told", async () => {
  const resourceId = crypto.randomUUID();
  const errors: unknown[] = [];
  const recorder = createActivityRecorder(sql, (error) => errors.push(error));
  recorder.record(row({ resourceId }));
  await sql`alter table activity_rollup rename to activity_rollup_away`;
  await recorder.flush();
  await sql`alter table activity_rollup_away rename to activity_rollup`;
  expect(errors).toHaveLength(1);
  expect(await countOf(resourceId), "neither half is written without the other").toBe(0);
  await recorder.flush();
  expect(await countOf(resourceId)).toBe(1);
  expect(await rollupsOf(resourceId)).toMatchObject([{ n: 1 }]);
});
