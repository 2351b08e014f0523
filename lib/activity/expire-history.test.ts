import { expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { expireHistory } from "./expire-history.ts";

const { sql } = await testDatabase();
const projectId = crypto.randomUUID();
const KEPT = { RETENTION_ACTIVITY_DAYS: 30, RETENTION_HISTORY_DAYS: 400, RETENTION_DELIVERY_DAYS: 7, RETENTION_RUN_DAYS: 90 };

const DAY = 86_400_000;
const today = new Date(new Date().toISOString().slice(0, 10));
const day = (back: number) => new Date(today.getTime() - back * DAY);
const month = (back: number) => new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - back, 1));
const nameOf = (parent: string, from: Date) => `${parent}_${from.toISOString().slice(0, 10).replaceAll("-", "")}`;

/** A partition as ensure_partitions made it when its time came. */
async function makePartition(parent: string, from: Date, to: Date): Promise<string> {
  const name = nameOf(parent, from);
  await sql.unsafe(
    `create table if not exists ${name} partition of ${parent} for values from ('${from.toISOString()}') to ('${to.toISOString()}')`,
  );
  return name;
}
const partitions = async () =>
  (await sql<{ name: string }[]>`select inhrelid::regclass::text as name from pg_inherits`).map(({ name }) => name);

test("activity of the last 30 days stays, and what is older goes with its day", async () => {
  const kept = await makePartition("activity", day(30), day(29));
  const gone = [await makePartition("activity", day(31), day(30)), await makePartition("activity", day(95), day(94))];
  for (const back of [30, 31])
    await sql`insert into activity (project_id, at, kind, source) values (${projectId}, ${day(back)}, 'call', 'sdk')`;

  await expireHistory(sql, KEPT);
  const left = await partitions();
  expect(left).toEqual(expect.arrayContaining([kept, nameOf("activity", day(0)), nameOf("activity", day(-7))]));
  expect(gone.filter((name) => left.includes(name))).toEqual([]);
  expect(await sql`select at from activity where project_id = ${projectId}`).toEqual([{ at: day(30) }]);
});

test("audit and timelines stay for 400 days, or as long as the instance says", async () => {
  const parents = ["audit", "credential_event"];
  const make = async (back: number) => Promise.all(parents.map((parent) => makePartition(parent, month(back), month(back - 1))));
  const [kept, gone] = [await make(12), await make(15)];

  await expireHistory(sql, KEPT);
  let left = await partitions();
  expect(left).toEqual(expect.arrayContaining(kept));
  expect(gone.filter((name) => left.includes(name))).toEqual([]);

  await expireHistory(sql, { ...KEPT, RETENTION_HISTORY_DAYS: 90 });
  left = await partitions();
  expect(kept.filter((name) => left.includes(name))).toEqual([]);
  expect(left).toEqual(expect.arrayContaining(parents.map((parent) => nameOf(parent, month(1)))));
});

test("counts by hour stay for 400 days", async () => {
  const resourceId = crypto.randomUUID();
  for (const back of [0, 399, 401]) {
    await sql`
      insert into activity_rollup (project_id, resource_id, kind, bucket, class, n, latency)
      values (${projectId}, ${resourceId}, 'call', now() - make_interval(days => ${back}), 'ok', ${back}, '{}')`;
  }
  await expireHistory(sql, KEPT);
  expect(await sql`select n::int from activity_rollup where resource_id = ${resourceId} order by n`).toEqual([{ n: 0 }, { n: 399 }]);
});

test("a start makes the days to come and drops none, since it doesn't know how long to keep them", async () => {
  const old = await makePartition("activity", day(200), day(199));
  await sql`select ensure_partitions()`;
  expect(await partitions()).toContain(old);
});
