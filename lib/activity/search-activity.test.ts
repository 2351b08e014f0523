import { expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { ActivityFilter } from "./schema.ts";
import { searchActivity, tellActivity } from "./search-activity.ts";
import { readActivityKey, writeActivityKey } from "./words.ts";

const { db, sql } = await testDatabase();
const [project] = await sql<{ id: string }[]>`insert into project (name) values ('Search') returning id`;
const scope = { projectId: project!.id };

const HOUR = 3_600_000;
const now = new Date();
async function add(path: string, hoursAgo: number, given: Record<string, string> = {}) {
  const at = new Date(now.getTime() - hoursAgo * HOUR);
  await sql`insert into activity ${sql({ project_id: scope.projectId, kind: "call", source: "sdk", path, at, ...given } as unknown as Record<string, string>)}`;
}
const find = async (filter: ActivityFilter, page = {}) =>
  (await searchActivity(scope, db, ActivityFilter.parse(filter), { now, ...page })).rows.map(({ path }) => path);

const requestId = crypto.randomUUID();
const hoursToday = now.getUTCHours() + now.getUTCMinutes() / 60;
/** Partitions begin yesterday. */
await add("/minutes", 0.5, { request_id: requestId });
await add("/hours", 2);
await add("/yesterday", 24 + hoursToday / 2);

test("the last 24 hours are shown, unless another time is asked for", async () => {
  expect(await find({})).toEqual(["/minutes", "/hours"]);
  expect(await find({ range: "hour" })).toEqual(["/minutes"]);
  expect(await find({ range: "week" })).toEqual(["/minutes", "/hours", "/yesterday"]);
  const ago = (hours: number) => new Date(now.getTime() - hours * HOUR).toISOString();
  expect(await find({ from: ago(3), to: ago(1) })).toEqual(["/hours"]);
  expect(await find({ to: ago(1) })).toEqual(["/hours", "/yesterday"]);
  expect(await find({ from: ago(40), range: "hour" }), "a time of its own goes before a range").toHaveLength(3);
});

test("what looks like a request id is one, whenever it was; anything else is a part of a path", async () => {
  await add("/older", 24 + hoursToday / 2, { request_id: requestId });
  expect(await find({ q: ` ${requestId.toUpperCase()} ` })).toEqual(["/minutes", "/older"]);
  expect(await find({ q: requestId, range: "hour" })).toEqual(["/minutes"]);
  expect(await find({ q: "HOUR" })).toEqual(["/hours"]);
});

test("a user nobody knows is told from one without calls", async () => {
  expect(await searchActivity(scope, db, { user: "nobody" }, { now })).toEqual({ rows: [], next: null, unknownUser: true });
  await sql`insert into connected_user (project_id, external_id) values (${scope.projectId}, 'quiet')`;
  expect(await searchActivity(scope, db, { user: "quiet" }, { now })).toEqual({ rows: [], next: null });
});

test("a tail gets what is newer than it asks, and never more than the range holds", async () => {
  const at = (hours: number) => new Date(now.getTime() - hours * HOUR).toISOString().replace("Z", "000Z");
  expect(await find({}, { since: at(1) })).toEqual(["/minutes"]);
  expect(await find({ range: "hour" }, { since: at(5) })).toEqual(["/minutes"]);
});

test("a key of a row survives the address, to the microsecond; anything else is none", async () => {
  const { rows } = await searchActivity(scope, db, {}, { now });
  const text = writeActivityKey(rows[0]!);
  expect(text).toMatch(/^\d{16}_[0-9a-f-]{36}$/);
  expect(readActivityKey(text)).toEqual({ at: rows[0]!.at, id: rows[0]!.id });
  expect((await tellActivity(scope, db, readActivityKey(text)!))?.row.path).toBe("/minutes");
  for (const wrong of ["", "x", "1_2", `${text}0`, text.replace("_", "-"), `9${text}`]) expect(readActivityKey(wrong), wrong).toBeNull();
  const micros = { at: "2026-11-25T12:31:07.123456Z", id: crypto.randomUUID() };
  expect(readActivityKey(writeActivityKey(micros))).toEqual(micros);
});
