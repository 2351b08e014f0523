import { drizzle } from "drizzle-orm/postgres-js";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "#db/client.ts";
import { testDatabase } from "#db/testing.ts";
import {
  type ActivityKey,
  type ActivityQuery,
  findActivity,
  findTimelineCause,
  findUserByExternalId,
  listActivity,
  listSameRequest,
} from "./activity.ts";

const { db, sql } = await testDatabase();

const [own, other] = await Promise.all(["Own", "Other"].map(makeProject));
const scope = { projectId: own! };
const taskLab = await makeResource("TaskLab");
const ledgerly = await makeResource("Ledgerly");
const ada = await makeUser("usr_ada", "Ada Lovelace");
const joon = await makeUser("usr_joon", "");
const HOUR = 3_600_000;
const now = Date.now();
const since = (hours: number): Pick<ActivityQuery, "from"> => ({ from: new Date(now - hours * HOUR) });

async function makeProject(name: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`insert into project (name) values (${name}) returning id`;
  return row!.id;
}
async function makeResource(name: string): Promise<string> {
  const [row] = await sql<{ id: string }[]>`insert into resource (project_id) values (${own!}) returning id`;
  await sql`insert into resource_name (project_id, name_key, name, resource_id, is_current) values (${own!}, ${name.toLowerCase()}, ${name}, ${row!.id}, true)`;
  return row!.id;
}
async function makeUser(externalId: string, name: string): Promise<string> {
  const [row] = await sql<
    { id: string }[]
  >`insert into connected_user (project_id, external_id, name) values (${own!}, ${externalId}, ${name}) returning id`;
  return row!.id;
}

type Made = {
  project_id?: string;
  at?: Date | string;
  resource_id?: string | null;
  user_id?: string | null;
  credential_id?: string;
  kind?: string;
  source?: string;
  path?: string;
  status?: number | null;
  failure?: string | null;
  request_id?: string;
  detail?: object;
};
/** Rows of one test stand together: `path` begins with its name. */
async function add(given: Made): Promise<string> {
  const { at = new Date(now - 60_000), detail = null, ...rest } = given;
  const values = {
    project_id: own!,
    kind: "call",
    source: "sdk",
    method: "GET",
    resource_id: taskLab,
    status: 200,
    duration_ms: 5,
    ...rest,
  };
  const [row] = await sql<
    { id: string }[]
  >`insert into activity ${sql({ ...values, at } as unknown as Record<string, string>)} returning id`;
  // The driver writes times to the millisecond only.
  if (typeof at === "string")
    await sql`update activity set at = ${at}::text::timestamptz where project_id = ${values.project_id} and id = ${row!.id}`;
  if (detail)
    await sql`update activity set detail = ${sql.json(detail as never)} where project_id = ${values.project_id} and id = ${row!.id}`;
  return row!.id;
}
const pathsOf = async (query: Partial<ActivityQuery>, page = {}) =>
  (await listActivity(scope, db, { ...since(24), ...query }, page)).rows.map(({ path }) => path);

describe("each filter finds its rows, and theirs only", () => {
  const requestId = crypto.randomUUID();
  beforeAll(async () => {
    await add({ path: "/f/ok", user_id: ada });
    await add({ path: "/f/404", status: 404, user_id: ada, request_id: requestId });
    await add({ path: "/f/503", status: 503, resource_id: ledgerly });
    await add({ path: "/f/timeout", status: null, failure: "timeout" });
    await add({ path: "/f/token", kind: "token", source: "schedule", user_id: joon });
    await add({ path: "/f/grant", kind: "token", status: 400, failure: "invalid_grant", request_id: requestId });
    await add({ path: "/f/html", kind: "token", status: 200, failure: "not_understood" });
    await add({ path: "/f/verify", kind: "verify", source: "schedule" });
    await add({ path: "/f/connect", kind: "connect", resource_id: null });
    await add({ path: "/f/test%_\\x", source: "test" });
  });
  const find = async (query: Partial<ActivityQuery>) => (await pathsOf({ path: "/f/", ...query })).map((path) => path!.slice(3)).sort();

  test.each<[string, Partial<ActivityQuery>, string[]]>([
    ["resource", { resourceId: ledgerly }, ["503"]],
    ["user", { userId: ada }, ["404", "ok"]],
    ["kind", { kind: "token" }, ["grant", "html", "token"]],
    ["kind call", { kind: "call", source: "test" }, ["test%_\\x"]],
    ["source", { source: "schedule" }, ["token", "verify"]],
    ["4xx", { end: "4xx" }, ["404", "grant"]],
    ["5xx", { end: "5xx" }, ["503"]],
    ["failed: no answer, or a good status that lacked the token", { end: "failed" }, ["html", "timeout"]],
    ["any error", { end: "error" }, ["404", "503", "grant", "html", "timeout"]],
    ["ok", { end: "ok" }, ["connect", "ok", "test%_\\x", "token", "verify"]],
    ["request id", { requestId }, ["404", "grant"]],
    ["several at once", { userId: ada, end: "4xx", resourceId: taskLab, kind: "call" }, ["404"]],
    ["none", { userId: ada, resourceId: ledgerly }, []],
  ])("%s", async (_, query, paths) => {
    expect(await find(query)).toEqual(paths);
  });

  test("a part of a path, in any case, where % and _ mean themselves", async () => {
    expect(await pathsOf({ path: "F/TIMEO" })).toEqual(["/f/timeout"]);
    expect(await pathsOf({ path: "%_\\x" })).toEqual(["/f/test%_\\x"]);
    expect(await pathsOf({ path: "/f_ok" })).toEqual([]);
  });

  test("a row says whose it is and of which resource; of a deleted one the name is gone", async () => {
    const {
      rows: [row],
    } = await listActivity(scope, db, { ...since(1), userId: ada, end: "4xx" });
    expect(row).toMatchObject({ resourceName: "TaskLab", userName: "Ada Lovelace", externalId: "usr_ada", userKind: "user", requestId });
    const gone = await makeResource("Gone");
    await add({ path: "/gone", resource_id: gone, user_id: joon });
    await sql`update resource set deleted_at = now() where id = ${gone}`;
    const {
      rows: [left],
    } = await listActivity(scope, db, { ...since(1), resourceId: gone });
    expect(left).toMatchObject({ resourceId: gone, resourceName: null, userName: "usr_joon" });
  });
});

describe("pages", () => {
  const resourceId = crypto.randomUUID();
  const MOMENT = new Date(now - 30 * 60_000);
  beforeAll(async () => {
    // Ten of one microsecond, ten of one millisecond, five of other times.
    for (let n = 0; n < 10; n++) await add({ path: `/p/${n}`, resource_id: resourceId, at: MOMENT });
    for (let n = 10; n < 20; n++)
      await add({ path: `/p/${n}`, resource_id: resourceId, at: MOMENT.toISOString().replace("Z", `${String(n * 7).padStart(3, "0")}Z`) });
    for (let n = 20; n < 25; n++) await add({ path: `/p/${n}`, resource_id: resourceId, at: new Date(MOMENT.getTime() + n * 1000) });
  });

  test.each([1, 3, 7, 24, 25])("of %i rows hold every row once, also of one moment, and newest first", async (limit) => {
    const seen: { id: string; at: string }[] = [];
    let before: ActivityKey | undefined;
    for (let page = 0; page < 40; page++) {
      const { rows, next } = await listActivity(scope, db, { ...since(24), resourceId }, { before, limit });
      seen.push(...rows);
      if (!next) break;
      expect(rows).toHaveLength(limit);
      before = next;
    }
    expect(new Set(seen.map(({ id }) => id)).size).toBe(25);
    expect(seen).toHaveLength(25);
    expect(seen.map(({ at }) => at)).toEqual(
      seen
        .map(({ at }) => at)
        .toSorted()
        .toReversed(),
    );
  });

  test("don't move when newer rows come", async () => {
    const first = await listActivity(scope, db, { ...since(24), resourceId }, { limit: 10 });
    await add({ path: "/p/new", resource_id: resourceId, at: new Date(now) });
    const second = await listActivity(scope, db, { ...since(24), resourceId }, { limit: 50, before: first.next! });
    expect(second.rows).toHaveLength(15);
    expect(second.rows.map(({ path }) => path)).not.toContain("/p/new");
  });

  test("of a filter that finds little look at so many rows only, and say where to go on", async () => {
    await add({ path: "/p/rare", resource_id: resourceId, at: new Date(MOMENT.getTime() - 1000) });
    const query = { ...since(24), resourceId, path: "rare" };
    const seen: string[] = [];
    let before: ActivityKey | undefined;
    let pages = 0;
    do {
      const page: Awaited<ReturnType<typeof listActivity>> = await listActivity(scope, db, query, { before, lookAt: 10 });
      seen.push(...page.rows.map(({ path }) => path!));
      before = page.next ?? undefined;
      pages++;
    } while (before);
    expect(seen).toEqual(["/p/rare"]);
    expect(pages).toBe(3);
  });

  test("hold what lies in the range, to its ends", async () => {
    const at = MOMENT;
    const count = async (from: Date, to?: Date) => (await listActivity(scope, db, { from, to, resourceId }, { limit: 100 })).rows.length;
    expect(await count(at, at)).toBe(10);
    expect(await count(new Date(at.getTime() + 1))).toBe(6);
  });
});

describe("another project", () => {
  const requestId = crypto.randomUUID();
  let theirs: ActivityKey;
  beforeAll(async () => {
    const at = new Date(now - 1000);
    const id = await add({ project_id: other!, path: "/theirs", user_id: ada, request_id: requestId, kind: "token", status: 500 });
    theirs = { id, at: at.toISOString().replace("Z", "000Z") };
    const [row] = await sql<{ at: string }[]>`
      select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from activity where id = ${id}`;
    theirs.at = row!.at;
  });

  test.each<[string, Partial<ActivityQuery>]>([
    ["no filter", {}],
    ["resource", { resourceId: taskLab }],
    ["user", { userId: ada }],
    ["kind", { kind: "token" }],
    ["status", { end: "5xx" }],
    ["request id", { requestId }],
    ["path", { path: "/theirs" }],
  ])("is never seen, by %s", async (_, query) => {
    expect(await pathsOf(query, { limit: 1000 })).not.toContain("/theirs");
    const seen = await listActivity({ projectId: other! }, db, { ...since(24), ...query });
    expect(seen.rows.map(({ path }) => path)).toEqual(["/theirs"]);
    // Not even by the name of a user or resource that has the same id elsewhere.
    expect(seen.rows[0]).toMatchObject({ userName: null, resourceName: null });
  });

  test("its rows, requests and users are answered like unknown ones", async () => {
    expect(await findActivity(scope, db, theirs)).toBeNull();
    expect(await findActivity({ projectId: other! }, db, theirs)).toMatchObject({ path: "/theirs" });
    expect(await listSameRequest(scope, db, { id: crypto.randomUUID(), at: theirs.at, requestId })).toEqual([]);
    expect(await findUserByExternalId({ projectId: other! }, db, "usr_ada")).toBeNull();
    expect(await findUserByExternalId(scope, db, "usr_ada")).toBe(ada);
  });
});

describe("one row", () => {
  test("is found by its key to the microsecond, with what was kept", async () => {
    const at = new Date(now - 120_000).toISOString().replace("Z", "457Z");
    const detail = { request: { method: "GET", url: "https://x/", headers: [] } };
    const id = await add({ at, path: "/one", detail });
    const key = { id, at };
    expect(await findActivity(scope, db, key)).toMatchObject({ ...key, detail });
    expect(await findActivity(scope, db, { id, at: at.replace("457Z", "458Z") })).toBeNull();
    expect(await findActivity(scope, db, { id: crypto.randomUUID(), at })).toBeNull();
  });

  test("brings along what the same request brought about, in order", async () => {
    const requestId = crypto.randomUUID();
    const at = (second: number) => new Date(now - 60_000 + second * 1000);
    await add({ path: "/s/call", at: at(3), request_id: requestId });
    await add({ path: "/s/refused", at: at(1), request_id: requestId, status: 401 });
    const token = await add({ path: "/s/token", at: at(2), request_id: requestId, kind: "token" });
    const rows = await listSameRequest(scope, db, { id: token, at: at(2).toISOString(), requestId });
    expect(rows.map(({ path, status }) => [path, status])).toEqual([
      ["/s/refused", 401],
      ["/s/call", 200],
    ]);
  });

  test("is explained by the timeline's event of the same request, else by the nearest of its kind", async () => {
    const credentialId = crypto.randomUUID();
    const requestId = crypto.randomUUID();
    const at = new Date(now - 60_000).toISOString();
    const event = (kind: string, cause: string, shift: number, detail = {}) =>
      sql`insert into credential_event (project_id, credential_id, at, kind, cause, detail)
        values (${own!}, ${credentialId}, ${at}::timestamptz + make_interval(secs => ${shift}), ${kind}, ${cause}, ${sql.json(detail)})`;
    await event("refreshed", "By hand", 1);
    await event("verified", "Checked", 0);
    await event("refreshed", "The call was answered 401", 20, { requestId });
    const kinds = ["refreshed"];
    expect(await findTimelineCause(scope, db, { at, credentialId, requestId, kinds })).toMatchObject({
      cause: "The call was answered 401",
    });
    expect(await findTimelineCause(scope, db, { at, credentialId, requestId: null, kinds })).toMatchObject({ cause: "By hand" });
    expect(await findTimelineCause({ projectId: other! }, db, { at, credentialId, requestId, kinds })).toBeNull();
  });
});

describe("of a hundred thousand rows a page", () => {
  const ROWS = 100_000;
  const MOST_READ = 25_000;
  const project = crypto.randomUUID();
  const [common, rare, user, busy] = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()];
  const requestId = crypto.randomUUID();
  const statements: { text: string; parameters: unknown[] }[] = [];
  const client = postgres(process.env.DATABASE_URL!, { max: 1, onnotice: () => {} });
  const watched: Database = drizzle(client, {
    casing: "snake_case",
    logger: { logQuery: (text, parameters) => void statements.push({ text, parameters }) },
  });

  beforeAll(async () => {
    await sql`insert into project (id, name) values (${project}, 'Large')`;
    // One busy day, of which a fifth is one user's; a failure, a refresh, and a rare resource now and then.
    await sql`
      insert into activity (project_id, at, resource_id, user_id, kind, source, method, path, status, duration_ms, request_id)
      select ${project}, date_trunc('day', now()) + n * interval '1 day' / ${ROWS},
        case when n % 20000 = 7 then ${rare}::uuid else ${common}::uuid end,
        case when n % 5 = 0 then ${busy}::uuid when n % 10000 = 1 then ${user}::uuid else gen_random_uuid() end,
        case when n % 5000 = 3 then 'token' else 'call' end, 'sdk', 'GET', '/tasks/' || n, case when n % 1000 = 9 then 503 else 200 end, 12,
        case when n % 40000 = 11 then ${requestId}::uuid else gen_random_uuid() end
      from generate_series(1, ${ROWS}) n`;
    await sql`analyze activity`;
  }, 180_000);
  afterAll(() => client.end());

  type Plan = {
    "Node Type": string;
    "Relation Name"?: string;
    "Actual Rows"?: number;
    "Actual Loops"?: number;
    "Rows Removed by Filter"?: number;
    Plans?: Plan[];
  };
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
  const explain = async ({ text, parameters }: (typeof statements)[number]) => {
    const [row] = await sql.unsafe<{ "QUERY PLAN": { Plan: Plan }[] }[]>(`explain (analyze, format json) ${text}`, parameters as never[]);
    return nodes(row!["QUERY PLAN"][0]!.Plan).filter((node) => node["Relation Name"]?.startsWith("activity"));
  };

  test.each<[string, Partial<ActivityQuery>]>([
    ["of everything", {}],
    ["of a resource that all calls are of", { resourceId: common }],
    ["of a resource that few are of", { resourceId: rare }],
    ["of a resource that none are of", { resourceId: crypto.randomUUID() }],
    ["of a user with a fifth of the calls", { userId: busy }],
    ["of a user with few", { userId: user }],
    ["of refreshes", { kind: "token" }],
    ["of a kind that there is none of", { kind: "verify" }],
    ["of failures", { end: "5xx" }],
    ["of a class that there is none of", { end: "4xx" }],
    ["of one request", { requestId }],
    ["of a path that one has", { path: "/tasks/77" }],
    ["of a path that none has", { path: "nothing" }],
    ["of a source that there is none of", { source: "schedule" }],
    ["of all at once", { userId: busy, resourceId: common, kind: "call", source: "sdk", end: "error", path: "9" }],
  ])("%s reads one index range, of 20,000 rows at most", async (_, query) => {
    const wanted = { from: new Date(now - 30 * 24 * HOUR), ...query };
    statements.length = 0;
    const first = await listActivity({ projectId: project }, watched, wanted);
    if (first.next) await listActivity({ projectId: project }, watched, wanted, { before: first.next });
    expect(statements.length).toBeGreaterThan(0);
    for (const statement of [...statements]) {
      const scans = await explain(statement);
      expect(
        scans.filter(
          (node) =>
            node["Node Type"] === "Seq Scan" && ((node["Actual Rows"] ?? 0) > 1_000 || (node["Rows Removed by Filter"] ?? 0) > 1_000),
        ),
        statement.text,
      ).toEqual([]);
      const read = scans.reduce(
        (sum, node) => sum + ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)) * (node["Actual Loops"] ?? 1),
        0,
      );
      expect(read, `${statement.text}\n${JSON.stringify(statement.parameters)}`).toBeLessThan(MOST_READ);
    }
  });
});
