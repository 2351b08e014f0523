import { randomUUID } from "node:crypto";
import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { UserCursor, UserFilter } from "#lib/users/schema.ts";
import { listTimeline } from "./timeline.ts";
import { countUsers, findConnectedUser, findFewUsers, listPills, listUsers, walkUserIds } from "./users.ts";

const { url, sql } = await testDatabase();
const scope = { projectId: randomUUID() };
const elsewhere = { projectId: randomUUID() };
const [tasklab, ledgerly, gone] = [randomUUID(), randomUUID(), randomUUID()];

const filter = (given: Partial<UserFilter> = {}): UserFilter => UserFilter.parse({ q: "", status: null, resourceId: null, ...given });
const idsOf = ({ rows }: { rows: { externalId: string }[] }) => rows.map(({ externalId }) => externalId);

async function makeResource(projectId: string, id: string, name: string, isDeleted = false) {
  await sql`insert into resource (project_id, id, level, live_revision, deleted_at) values (${projectId}, ${id}, 'user', 1, ${isDeleted ? new Date() : null})`;
  await sql`insert into resource_name (project_id, resource_id, name, name_key, is_current) values (${projectId}, ${id}, ${name}, ${name.toLowerCase()}, true)`;
}

async function makeUser(projectId: string, externalId: string, given: { name?: string; email?: string; kind?: "user" | "test" } = {}) {
  const [row] = await sql<{ id: string }[]>`insert into connected_user (project_id, external_id, name, email, kind)
    values (${projectId}, ${externalId}, ${given.name ?? null}, ${given.email ?? null}, ${given.kind ?? "user"}) returning id`;
  return row!.id;
}

async function makeCredential(projectId: string, userId: string, resourceId: string, status: string, owner = "user") {
  const [row] = await sql<{ id: string }[]>`
    insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
    values (${projectId}, ${resourceId}, ${owner}, ${userId}, '', 'k1', '', ${status}, 'api_key') returning id`;
  return row!.id;
}

beforeAll(async () => {
  await sql`insert into project (id, name) values (${scope.projectId}, 'One'), (${elsewhere.projectId}, 'Other')`;
  await makeResource(scope.projectId, tasklab, "TaskLab");
  await makeResource(scope.projectId, ledgerly, "Ledgerly");
  await makeResource(scope.projectId, gone, "Gone", true);
});

describe("a small project", () => {
  let ines: string;
  beforeAll(async () => {
    ines = await makeUser(scope.projectId, "usr_8412", { name: "Ines Carvalho", email: "ines@northgate.example" });
    const joon = await makeUser(scope.projectId, "usr_8390", { name: "Joon Park", email: "JOON@paperlane.example" });
    const odd = await makeUser(scope.projectId, "100%_sure", { name: "İsa 😀" });
    await makeUser(scope.projectId, "never-connected");
    const tester = await makeUser(scope.projectId, "", { name: "Test user", kind: "test" });
    await makeCredential(scope.projectId, ines, tasklab, "VALID");
    await makeCredential(scope.projectId, ines, ledgerly, "INVALID");
    await makeCredential(scope.projectId, joon, tasklab, "PENDING");
    await makeCredential(scope.projectId, odd, gone, "INVALID");
    await makeCredential(scope.projectId, tester, tasklab, "INVALID", "test");
    const foreign = await makeUser(elsewhere.projectId, "usr_8412", { name: "Ines Elsewhere" });
    const other = randomUUID();
    await makeResource(elsewhere.projectId, other, "TaskLab");
    await makeCredential(elsewhere.projectId, foreign, other, "INVALID");
  });

  test("the newest stand first; neither the test user nor another project's are among them", async () => {
    const page = await listUsers(scope, sql, filter(), null);
    expect(idsOf(page)).toEqual(["never-connected", "100%_sure", "usr_8390", "usr_8412"]);
    expect(page.total).toBe(4);
    expect(page.counts, "a deleted resource's credentials don't count").toEqual({ all: 4, VALID: 1, PENDING: 1, INVALID: 1 });
  });

  test.each([
    ["an id", "usr_84", ["usr_8412"]],
    ["a name in any case", "iNES c", ["usr_8412"]],
    ["an email in any case", "joon@PAPER", ["usr_8390"]],
    ["what is no pattern", "%", []],
    ["nor is this", "_sr", []],
    ["an id that looks like one", "100%_", ["100%_sure"]],
    ["letters beyond ASCII", "İsa 😀", ["100%_sure"]],
    ["the beginning only", "Carvalho", []],
    ["spaces around", "  joon ", ["usr_8390"]],
    ["U+0000, which Postgres can't keep", "a\u0000b", []],
  ])("search finds by %s", async (_, q, expected) => {
    const page = await listUsers(scope, sql, filter({ q }), null);
    expect(idsOf(page)).toEqual(expected);
    expect(page.total).toBe(expected.length);
    expect(await countUsers(scope, sql, filter({ q }))).toBe(expected.length);
  });

  test("status and resource speak of the same credential", async () => {
    expect(idsOf(await listUsers(scope, sql, filter({ status: "INVALID" }), null))).toEqual(["usr_8412"]);
    expect(idsOf(await listUsers(scope, sql, filter({ resourceId: tasklab }), null))).toEqual(["usr_8390", "usr_8412"]);
    expect(idsOf(await listUsers(scope, sql, filter({ resourceId: tasklab, status: "INVALID" }), null))).toEqual([]);
    const of = await listUsers(scope, sql, filter({ resourceId: tasklab }), null);
    expect(of.counts).toEqual({ all: 2, VALID: 1, PENDING: 1, INVALID: 0 });
    expect(idsOf(await listUsers(scope, sql, filter({ q: "usr", status: "PENDING" }), null))).toEqual(["usr_8390"]);
  });

  test("what a list shows of credentials leaves deleted resources out", async () => {
    const page = await listUsers(scope, sql, filter(), null);
    const pills = await listPills(
      scope,
      sql,
      page.rows.map(({ id }) => id),
    );
    expect(pills.filter(({ userId }) => userId === ines).map(({ resource, status }) => [resource, status])).toEqual([
      ["Ledgerly", "INVALID"],
      ["TaskLab", "VALID"],
    ]);
    expect(pills).toHaveLength(3);
  });

  test("another project's ids answer like unknown ones", async () => {
    expect(await findConnectedUser(scope, sql, ines)).toMatchObject({ externalId: "usr_8412" });
    expect(await findConnectedUser(elsewhere, sql, ines)).toBeNull();
    expect(await listPills(elsewhere, sql, [ines])).toEqual([]);
    expect(idsOf(await listUsers(elsewhere, sql, filter({ resourceId: tasklab }), null))).toEqual([]);
  });
});

test("a timeline comes newest first, in pages that lose nothing, even where many events share a moment", async () => {
  const credentialId = randomUUID();
  await sql`insert into credential_event (project_id, credential_id, at, kind, cause)
    select ${scope.projectId}, ${credentialId}, now() - (n / 10) * interval '1 second', case when n % 7 = 0 then 'refresh_failed' else 'refreshed' end, n::text
    from generate_series(1, 95) n`;
  const seen: string[] = [];
  let before: string | null = null;
  do {
    const page = await listTimeline(scope, sql, { credentialId, view: "all", before });
    seen.push(...page.events.map(({ id }) => id));
    before = page.next;
  } while (before);
  expect(new Set(seen).size).toBe(95);
  expect(seen).toHaveLength(95);
  const { events } = await listTimeline(scope, sql, { credentialId, view: "failures", before: null });
  expect(events.map(({ cause }) => Number(cause)).sort((a, b) => a - b)).toEqual([7, 14, 21, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91]);
  expect((await listTimeline(elsewhere, sql, { credentialId, view: "all", before: null })).events).toEqual([]);
});

describe("a large project", () => {
  const USERS = 50_000;
  const large = { projectId: randomUUID() };
  const [common, rare] = [randomUUID(), randomUUID()];
  type Statement = { text: string; parameters: unknown[] };
  const statements: Statement[] = [];
  const watched = postgres(url, {
    max: 1,
    onnotice: () => {},
    debug: (_connection, text, parameters) => statements.push({ text, parameters }),
  });
  afterAll(() => watched.end());

  beforeAll(async () => {
    await sql`insert into project (id, name) values (${large.projectId}, 'Large')`;
    await makeResource(large.projectId, common, "Common");
    await makeResource(large.projectId, rare, "Rare");
    await sql`insert into connected_user (project_id, external_id, name, email, created_at)
      select ${large.projectId}, 'usr_' || n, 'Person ' || n, 'person' || n || '@example.com', now() - n * interval '1 second' from generate_series(1, ${USERS}) n`;
    await sql`insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
      select project_id, ${common}, 'user', id, '\\x00'::bytea, 'k1', '\\x00'::bytea, case when external_id like '%777' then 'INVALID' else 'VALID' end, 'api_key'
      from connected_user where project_id = ${large.projectId}`;
    await sql`insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
      select project_id, ${rare}, 'user', id, '', 'k1', '', 'VALID', 'api_key'
      from connected_user where project_id = ${large.projectId} and external_id like '%4999'`;
    await sql`analyze connected_user, credential`;
  }, 120_000);

  const pages = async (given: UserFilter, limit?: number) => {
    const seen: string[] = [];
    let after: UserCursor | null = null;
    for (let count = 0; count < 100; count++) {
      const page = await listUsers(large, sql, given, after, limit);
      seen.push(...idsOf(page));
      if (!page.next) return seen;
      after = UserCursor.parse(page.next);
    }
    throw new Error("the pages don't end");
  };

  test("counts stop at a thousand, and a small set is told exactly", async () => {
    const { counts, total } = await listUsers(large, sql, filter(), null);
    expect({ counts, total }).toEqual({ counts: { all: 1_001, VALID: 1_001, PENDING: 0, INVALID: 50 }, total: null });
    expect((await listUsers(large, sql, filter({ status: "INVALID" }), null)).total).toBe(50);
    expect((await listUsers(large, sql, filter({ q: "usr_" }), null)).total).toBeNull();
    expect(await countUsers(large, sql, filter({ status: "VALID", resourceId: common }))).toBe(USERS - 50);
  });

  test.each<[string, Partial<UserFilter>, number]>([
    ["a small search", { q: "usr_123" }, 111],
    ["a large search", { q: "usr_12" }, 1_111],
    ["a rare status", { status: "INVALID" }, 50],
    ["a common status of one resource", { status: "VALID", resourceId: rare }, 5],
    ["a rare status within a large search", { status: "INVALID", q: "person" }, 50],
    ["a common status within a large search", { status: "VALID", q: "usr_12" }, 1_110],
  ])("pages go through all of %s once", async (_, given, expected) => {
    const seen = await pages(filter(given));
    expect(new Set(seen).size).toBe(expected);
    expect(seen).toHaveLength(expected);
  });

  test("pages go through everybody once, newest first", async () => {
    const seen = await pages(filter(), 1_000);
    expect(seen.slice(0, 3)).toEqual(["usr_1", "usr_2", "usr_3"]);
    expect(new Set(seen).size).toBe(USERS);
  });

  test("whom a search finds by two texts stands once, by the first of them; page after page in that order", async () => {
    const seen = await pages(filter({ q: "person" }), 1_000);
    expect(seen.slice(0, 3), "by the name, whose blank comes before any digit").toEqual(["usr_1", "usr_10", "usr_100"]);
    expect(new Set(seen).size).toBe(USERS);
    expect(seen).toHaveLength(USERS);
  });

  test("a walk goes through a filter in the order of ids, and names few only where they are few", async () => {
    const given = filter({ status: "VALID" });
    const first = await walkUserIds(large, sql, given, null, 100);
    const second = await walkUserIds(large, sql, given, first.at(-1)!, 100);
    expect([...first, ...second]).toEqual([...first, ...second].sort());
    expect(new Set([...first, ...second]).size).toBe(200);
    expect(await findFewUsers(large, sql, given)).toBeNull();
    expect(await findFewUsers(large, sql, filter())).toBeNull();
    expect(await findFewUsers(large, sql, filter({ status: "INVALID" }))).toHaveLength(50);
  });

  type Plan = {
    "Node Type": string;
    "Relation Name"?: string;
    "Actual Rows"?: number;
    "Actual Loops"?: number;
    "Rows Removed by Filter"?: number;
    Plans?: Plan[];
  };
  const nodes = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(nodes)];
  const isLarge = (node: Plan) => ["connected_user", "credential"].includes(node["Relation Name"] ?? "");
  const explain = async ({ text, parameters }: Statement) => {
    const [row] = await sql.unsafe<{ "QUERY PLAN": { Plan: Plan }[] }[]>(`explain (analyze, format json) ${text}`, parameters as never[]);
    return nodes(row!["QUERY PLAN"][0]!.Plan).filter(isLarge);
  };

  test.each<[string, Partial<UserFilter>, string?]>([
    ["everybody", {}],
    ["everybody, from the middle", {}, "middle"],
    ["a status that most have", { status: "VALID" }],
    ["a status that few have", { status: "INVALID" }],
    ["a status that nobody has", { status: "PENDING" }],
    ["a resource that all have", { resourceId: common }],
    ["a resource that few have", { resourceId: rare }],
    ["a search that finds one", { q: "usr_4242" }],
    ["a search that finds all", { q: "person" }],
    ["a search that finds none", { q: "zzz" }],
    ["a search within a status", { q: "person", status: "INVALID" }],
    ["a search within a resource", { q: "usr_12", resourceId: common }],
  ])("a page of %s reads a few thousand rows at most, by an index", async (_, given, from) => {
    const [middle] = await sql<{ id: string; at: string }[]>`
      select id, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at from connected_user
      where project_id = ${large.projectId} and external_id = 'usr_25000'`;
    statements.length = 0;
    const page = await listUsers(large, watched, filter(given), from ? UserCursor.parse(`${middle!.at}~${middle!.id}`) : null);
    await listPills(
      large,
      watched,
      page.rows.map(({ id }) => id),
    );
    expect(statements.length).toBeGreaterThan(2);
    for (const statement of [...statements]) {
      const scans = await explain(statement);
      expect(
        scans.filter((node) => node["Node Type"] === "Seq Scan"),
        statement.text,
      ).toEqual([]);
      const read = scans.reduce(
        (sum, node) => sum + ((node["Actual Rows"] ?? 0) + (node["Rows Removed by Filter"] ?? 0)) * (node["Actual Loops"] ?? 1),
        0,
      );
      expect(read, `${statement.text}\n${JSON.stringify(statement.parameters)}`).toBeLessThan(6_000);
    }
  });
});
