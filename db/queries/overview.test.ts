import { randomUUID } from "node:crypto";
import { beforeAll, expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { LATENCY_BOUNDS } from "#lib/activity/schema.ts";
import { findAppStatus } from "./activity.ts";
import { countByBin, findBeginnings, findCommonFailure, listFailedWorkflows, listResourceTroubles } from "./overview.ts";

const { db, sql } = await testDatabase();
const scope = { projectId: randomUUID() };
const elsewhere = { projectId: randomUUID() };
const empty = { projectId: randomUUID() };
const [tasklab, ledgerly, gone, foreign] = [randomUUID(), randomUUID(), randomUUID(), randomUUID()];

async function makeResource(projectId: string, id: string, name: string, given: { level?: string; isDeleted?: boolean } = {}) {
  await sql`insert into resource (project_id, id, level, auth_type, live_revision, deleted_at)
    values (${projectId}, ${id}, ${given.level ?? "user"}, 'api_key', 1, ${given.isDeleted ? new Date() : null})`;
  await sql`insert into resource_name (project_id, resource_id, name, name_key, is_current) values (${projectId}, ${id}, ${name}, ${name.toLowerCase()}, true)`;
  await sql`insert into resource_draft (project_id, resource_id, version, schema_version, body) values (${projectId}, ${id}, 1, 1, '{}')`;
}

async function makeCredential(projectId: string, resourceId: string, given: Record<string, unknown>) {
  const owner = given.owner ?? "user";
  const kind = owner === "test" ? "test" : "user";
  const [user] =
    owner === "app"
      ? [null]
      : await sql<
          { id: string }[]
        >`insert into connected_user (project_id, external_id, kind) values (${projectId}, ${randomUUID()}, ${kind}) returning id`;
  const row = {
    status: "VALID",
    reason: null,
    failing_since: null,
    last_failure: null,
    fit: "ok",
    auth_type: "api_key",
    ...given,
    owner,
    project_id: projectId,
    resource_id: resourceId,
    user_id: user?.id ?? null,
    ciphertext: "",
    key_id: "k1",
    supplied_digest: "",
  };
  await sql`insert into credential ${sql(row as never)}`;
}

const histogram = (bucket: number, n: number) => Array.from({ length: LATENCY_BOUNDS.length + 1 }, (_, at) => (at === bucket ? n : 0));
const count = (projectId: string, resourceId: string, kind: string, bucket: string, end: string, n: number) =>
  sql`insert into activity_rollup (project_id, resource_id, kind, bucket, class, n, latency)
    values (${projectId}, ${resourceId}, ${kind}, ${bucket}, ${end}, ${n}, ${histogram(3, n)}::bigint[])`;

beforeAll(async () => {
  await sql`insert into project (id, name) values (${scope.projectId}, 'One'), (${elsewhere.projectId}, 'Other'), (${empty.projectId}, 'Empty')`;
  await makeResource(scope.projectId, tasklab, "TaskLab");
  await makeResource(scope.projectId, ledgerly, "Ledgerly", { level: "app" });
  await makeResource(scope.projectId, gone, "Gone", { isDeleted: true });
  await makeResource(elsewhere.projectId, foreign, "TaskLab");
});

test("calls of all resources are added up by bin, kind and end; others' and older ones aren't", async () => {
  const to = new Date("2026-11-20T12:00:00Z");
  await count(scope.projectId, tasklab, "call", "2026-11-20T11:00:00Z", "ok", 3);
  await count(scope.projectId, ledgerly, "call", "2026-11-20T06:00:00Z", "ok", 4);
  await count(scope.projectId, ledgerly, "call", "2026-11-20T05:00:00Z", "failure", 2);
  await count(scope.projectId, tasklab, "token", "2026-11-20T11:00:00Z", "ok", 9);
  await count(scope.projectId, tasklab, "connect", "2026-11-20T11:00:00Z", "ok", 50);
  await count(scope.projectId, tasklab, "call", "2026-11-19T23:00:00Z", "ok", 50);
  await count(scope.projectId, tasklab, "call", "2026-11-20T12:00:00Z", "ok", 50);
  await count(elsewhere.projectId, foreign, "call", "2026-11-20T11:00:00Z", "ok", 50);
  const rows = await countByBin(scope, db, { to, binHours: 6, bins: 2 });
  const told = rows.map((row) => `${row.bin.toISOString().slice(11, 13)} ${row.kind} ${row.class} ${row.n}`).sort();
  expect(told).toEqual(["00 call failure 2", "06 call ok 7", "06 token ok 9"]);
  expect(rows.find(({ n }) => n === 7)!.latency).toEqual(histogram(3, 7));
});

test("each resource's troubles are its own users': not the test user's, not a deleted resource's, not another project's", async () => {
  await makeCredential(scope.projectId, tasklab, { status: "INVALID", reason: "reconnect" });
  await makeCredential(scope.projectId, tasklab, { status: "INVALID", reason: "reconnect" });
  await makeCredential(scope.projectId, tasklab, { fit: "reconnect" });
  await makeCredential(scope.projectId, tasklab, { fit: "needs_input" });
  await makeCredential(scope.projectId, tasklab, { failing_since: new Date(), last_failure: "invalid_client" });
  await makeCredential(scope.projectId, tasklab, { failing_since: new Date(), last_failure: "unreachable" });
  await makeCredential(scope.projectId, tasklab, { owner: "test", status: "INVALID" });
  await makeCredential(scope.projectId, ledgerly, { owner: "app", status: "INVALID", reason: "rejected" });
  await makeCredential(scope.projectId, gone, { status: "INVALID" });
  await makeCredential(elsewhere.projectId, foreign, { status: "INVALID" });
  await sql`insert into resource_health (project_id, resource_id, outage_since, last_failure) values (${scope.projectId}, ${tasklab}, now(), 'unreachable')`;
  const rows = await listResourceTroubles(scope, db);
  expect(rows.sort((a, b) => a.name.localeCompare(b.name))).toEqual([
    expect.objectContaining({ name: "Ledgerly", invalid: 0, appStatus: "INVALID", appReason: "rejected", outageSince: null }),
    expect.objectContaining({
      name: "TaskLab",
      invalid: 3,
      pending: 1,
      clientRefused: 1,
      reason: "reconnect",
      invalidAt: expect.any(Date),
      outageSince: expect.any(Date),
      lastFailure: "unreachable",
      appStatus: null,
    }),
  ]);
});

test("an app's credential that was made for another authentication type is told as one to renew, on the Overview and on its page", async () => {
  const [project, id] = [{ projectId: randomUUID() }, randomUUID()];
  await sql`insert into project (id, name) values (${project.projectId}, 'Changed')`;
  await makeResource(project.projectId, id, "Changed", { level: "app" });
  await makeCredential(project.projectId, id, { owner: "app" });
  expect(await findAppStatus(project, db, id)).toBe("VALID");
  expect(await listResourceTroubles(project, db)).toMatchObject([{ appStatus: "VALID", appReason: null }]);
  await sql`update resource set auth_type = 'oauth2_client_credentials' where id = ${id}`;
  expect(await findAppStatus(project, db, id)).toBe("INVALID");
  expect(await listResourceTroubles(project, db)).toMatchObject([{ appStatus: "INVALID", appReason: "reconnect" }]);
});

test("what most failed calls have in common is named; tests and what worked say nothing", async () => {
  const call = (status: number | null, failure: string | null, source = "sdk", kind = "call") =>
    sql`insert into activity (project_id, resource_id, kind, source, status, failure) values (${scope.projectId}, ${tasklab}, ${kind}, ${source}, ${status}, ${failure})`;
  const since = new Date(Date.now() - 60_000);
  expect(await findCommonFailure(scope, db, tasklab, since)).toBeNull();
  await Promise.all([call(200, null), call(200, null), call(200, null), call(503, null), call(503, null), call(404, null)]);
  await Promise.all([
    call(500, null, "test"),
    call(500, null, "test"),
    call(500, null, "test"),
    call(400, "invalid_grant", "sdk", "token"),
  ]);
  expect(await findCommonFailure(scope, db, tasklab, since)).toEqual({ status: 503, failure: null });
  await Promise.all([call(null, "timeout"), call(null, "timeout"), call(null, "timeout")]);
  expect(await findCommonFailure(scope, db, tasklab, since)).toEqual({ status: null, failure: "timeout" });
  expect(await findCommonFailure(elsewhere, db, tasklab, since)).toBeNull();
});

test("a project's beginnings are its own", async () => {
  expect(await findBeginnings(empty, db)).toEqual({ hasResource: false, hasLive: false, hasUser: false, hasCall: false, resourceId: null });
  expect(await findBeginnings(scope, db)).toMatchObject({ hasResource: true, hasLive: true, hasUser: true, hasCall: true });
  expect(await findBeginnings(elsewhere, db)).toMatchObject({ hasLive: true, hasUser: false, hasCall: true, resourceId: foreign });
});

test("failed runs of a day are counted by workflow; what succeeded, is older or elsewhere isn't", async () => {
  expect(await listFailedWorkflows(scope, db)).toEqual([]);
  const make = async ({ projectId }: { projectId: string }, name: string, runs: [status: string, hoursAgo: number][]) => {
    const id = randomUUID();
    await sql`insert into workflow (project_id, id, name) values (${projectId}, ${id}, ${name})`;
    for (const [status, hours] of runs)
      await sql`insert into run (project_id, at, workflow_id, version, status, source, input, state)
        values (${projectId}, now() - make_interval(hours => ${hours}), ${id}, 1, ${status}, 'event', '{}', '{}')`;
    return id;
  };
  const id = await make(scope, "Sync invoices", [
    ["failed", 1],
    ["failed", 3],
    ["failed", 30],
    ["succeeded", 1],
  ]);
  await make(elsewhere, "Elsewhere", [["failed", 1]]);
  expect(await listFailedWorkflows(scope, db)).toEqual([{ workflowId: id, workflow: "Sync invoices", count: 2, since: expect.any(Date) }]);
});
