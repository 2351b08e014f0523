import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { findBulkTask } from "#db/queries/users.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { type OnBulkFault, runBulkTask } from "#lib/bulk/run-bulk-task.ts";
import { stopBulkTask } from "#lib/bulk/stop-bulk-task.ts";
import { disconnectCredential } from "#lib/credentials/drop-credential.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { deleteUser } from "./delete-user.ts";
import { BulkFilter } from "./schema.ts";
import { startBulkTask } from "./start-bulk-task.ts";
import { type BulkActs, userWalks } from "./walk-users.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql, url } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const shift = { signal: new AbortController().signal, onError: (error: unknown) => expect.unreachable(String(error)) };
const run = (by: BulkActs, given: Partial<Parameters<typeof runBulkTask>[2]> = {}) =>
  runBulkTask(sql, userWalks(sql, by), { ...shift, ...given });

/** A project of its own with this many users, each connected to both of two resources; that of R0 is invalid for the odd ones. */
async function project(users: number) {
  const { id: projectId } = await createProject(db, actor, { name: "Bulk", adminId: admin.memberId });
  const scope = { projectId };
  const resources = [randomUUID(), randomUUID()];
  for (const [at, id] of resources.entries()) {
    await sql`insert into resource (project_id, id, level, live_revision) values (${projectId}, ${id}, 'user', 1)`;
    await sql`insert into resource_name (project_id, resource_id, name, name_key, is_current) values (${projectId}, ${id}, ${`R${at}`}, ${`r${at}`}, true)`;
  }
  await sql`insert into connected_user (project_id, external_id) select ${projectId}, 'usr_' || n from generate_series(1, ${users}) n`;
  await sql`insert into connected_user (project_id, external_id, kind) values (${projectId}, '', 'test')`;
  for (const [at, id] of resources.entries())
    await sql`insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
      select project_id, ${id}, kind, id, '\\x00'::bytea, 'k1', '\\x00'::bytea, case when ${at} = 0 and right(external_id, 1) in ('1', '3', '5', '7', '9') then 'INVALID' else 'VALID' end, 'oauth2_refresh_token'
      from connected_user where project_id = ${projectId}`;
  const ids = (
    await sql<{ id: string }[]>`select id from connected_user where project_id = ${projectId} and kind = 'user' order by id`
  ).map(({ id }) => id);
  const count = async (table: "credential" | "connected_user" | "audit") =>
    (await sql<{ n: number }[]>`select count(*)::int as n from ${sql(table)} where project_id = ${projectId}`)[0]!.n;
  return { scope, resources: resources as [string, string], ids, count };
}

const everyone = BulkFilter.parse({ q: "", status: null, resourceId: null, userIds: null });
const ok = async () => ({ ok: true }) as const;
const acts = (given: Partial<BulkActs>): BulkActs => ({ refresh: ok, verify: ok, disconnect: ok, deleteUser: ok, ...given });
const really: BulkActs = acts({
  disconnect: async (scope, by, { id }) => {
    await disconnectCredential(scope, db, by, { credentialId: id, cause: "Bulk" });
    return { ok: true };
  },
  deleteUser: async (scope, by, userId) => {
    await deleteUser(scope, db, by, { userId, cause: "Bulk" });
    return { ok: true };
  },
});

describe("disconnecting", () => {
  test("ends the secrets, their lease and what a failed reconnect left; the user and other credentials stay", async () => {
    const { scope, resources, ids, count } = await project(2);
    const [own] = await sql<{ id: string }[]>`select id from credential where user_id = ${ids[0]!} and resource_id = ${resources[0]}`;
    await sql`insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, status, auth_type)
      values (${scope.projectId}, ${resources[0]}, 'candidate', ${ids[0]!}, '', 'k1', '', 'INVALID', 'api_key')`;
    await sql`insert into refresh_lease (project_id, credential_id, owner, fence, until) values (${scope.projectId}, ${own!.id}, ${randomUUID()}, 1, now())`;
    expect(await disconnectCredential(scope, db, actor, { credentialId: own!.id, cause: "By Ada." })).toBe(true);
    expect(await sql`select from credential where user_id = ${ids[0]!} and resource_id = ${resources[0]}`).toHaveLength(0);
    expect(await sql`select from refresh_lease where credential_id = ${own!.id}`).toHaveLength(0);
    expect(await count("connected_user")).toBe(3);
    expect(await count("credential")).toBe(5);
    const events = await sql`select kind, cause from credential_event where credential_id = ${own!.id}`;
    expect([...events]).toEqual([{ kind: "disconnected", cause: "By Ada." }]);
    expect(await sql`select from audit where action = 'credential.disconnect' and subject = ${`credential:${own!.id}`}`).toHaveLength(1);
  });

  test("again, another project's, or the test user's credential: nothing", async () => {
    const { scope, ids, resources, count } = await project(1);
    const { scope: other } = await project(1);
    const [own] = await sql<{ id: string }[]>`select id from credential where user_id = ${ids[0]!} and resource_id = ${resources[0]}`;
    const [tests] = await sql<{ id: string }[]>`select id from credential where project_id = ${scope.projectId} and owner = 'test' limit 1`;
    const before = await count("audit");
    expect(await disconnectCredential(other, db, actor, { credentialId: own!.id, cause: "" })).toBe(false);
    expect(await disconnectCredential(scope, db, actor, { credentialId: tests!.id, cause: "" })).toBe(false);
    expect(await disconnectCredential(scope, db, actor, { credentialId: randomUUID(), cause: "" })).toBe(false);
    expect(await count("credential")).toBe(4);
    expect(await count("audit")).toBe(before);
  });
});

describe("deleting a user", () => {
  test("deletes their secrets at once and leaves an audit row and the ends of their timelines", async () => {
    const { scope, ids, count } = await project(2);
    const credentials = await sql<{ id: string }[]>`select id from credential where user_id = ${ids[0]!}`;
    await sql`insert into refresh_lease (project_id, credential_id, owner, fence, until) values (${scope.projectId}, ${credentials[0]!.id}, ${randomUUID()}, 1, now())`;
    expect(await deleteUser(scope, db, actor, { userId: ids[0]!, cause: "By Ada." })).toBe(true);
    expect(await sql`select from credential where user_id = ${ids[0]!}`).toHaveLength(0);
    expect(await sql`select from refresh_lease where credential_id = ${credentials[0]!.id}`).toHaveLength(0);
    expect(
      await sql`select from credential_event where kind = 'disconnected' and credential_id = any(${credentials.map(({ id }) => id)})`,
    ).toHaveLength(2);
    expect(await count("connected_user"), "the other one and the test user stay").toBe(2);
    const [row] = await sql`select detail from audit where action = 'user.delete' and subject = ${`user:${ids[0]!}`}`;
    expect(row).toMatchObject({ detail: { credentials: 2 } });
    expect(await deleteUser(scope, db, actor, { userId: ids[0]!, cause: "" }), "twice is one deletion").toBe(false);
  });

  test("another project's user and the test user can't be deleted", async () => {
    const { scope, ids, count } = await project(1);
    const { scope: other } = await project(1);
    const [tester] = await sql<{ id: string }[]>`select id from connected_user where project_id = ${scope.projectId} and kind = 'test'`;
    expect(await deleteUser(other, db, actor, { userId: ids[0]!, cause: "" })).toBe(false);
    expect(await deleteUser(scope, db, actor, { userId: tester!.id, cause: "" })).toBe(false);
    expect(await count("connected_user")).toBe(2);
  });
});

describe("a bulk task", () => {
  test("goes through a selection, touches what fits the filter only, and lists what failed", async () => {
    const { scope, resources, ids } = await project(30);
    const valid = await sql<{ id: string }[]>`
      select user_id as id from credential where resource_id = ${resources[0]} and owner = 'user' and status = 'VALID'`;
    const chosen = ids.slice(0, 25);
    const touched = chosen.filter((each) => valid.some((row) => row.id === each));
    const filter = { ...everyone, status: "VALID" as const, resourceId: resources[0], userIds: chosen };
    const { id } = await startBulkTask(scope, { db, sql }, actor, { kind: "refresh", filter });
    expect(await findBulkTask(scope, sql, null)).toMatchObject({ id, state: "running", total: 25, done: 0, kind: "refresh" });

    const seen: string[] = [];
    const refresh: BulkActs["refresh"] = async (_scope, by, { userId, resource }) => {
      expect(by).toEqual(actor);
      seen.push(`${userId} ${resource}`);
      return userId === touched[0] ? { ok: false, message: "Access revoked." } : { ok: true };
    };
    expect(await run(acts({ refresh }))).toBe(true);
    expect(touched.length).toBeLessThan(25);
    expect(seen.sort()).toEqual(touched.map((each) => `${each} R0`));
    const failures = [{ id: touched[0], message: "R0: Access revoked." }];
    expect(await findBulkTask(scope, sql, id)).toMatchObject({ state: "done", total: 25, done: 25, failed: 1, failures });
    expect(await findBulkTask(scope, sql, null)).toBeNull();
    expect(await run(acts({})), "there is no other").toBe(false);
  });

  test("over more than a thousand goes by its filter, counts first, and leaves the test user alone", async () => {
    const { scope, ids } = await project(1_100);
    const { id } = await startBulkTask(scope, { db, sql }, actor, { kind: "verify", filter: { ...everyone, q: "USR_" } });
    expect(await findBulkTask(scope, sql, id)).toMatchObject({ total: 0, userIds: null });
    const seen = new Set<string>();
    const verify: BulkActs["verify"] = async (_scope, _by, { userId }) => {
      seen.add(userId);
      return { ok: true };
    };
    await run(acts({ verify }), { step: 100 });
    expect(await findBulkTask(scope, sql, id)).toMatchObject({ state: "done", total: 1_100, done: 1_100, failed: 0 });
    expect([...seen].sort()).toEqual(ids);
  }, 60_000);

  test("that deletes users deletes those that match, and nobody else", async () => {
    const { scope, count } = await project(12);
    const { id } = await startBulkTask(scope, { db, sql }, actor, { kind: "delete_users", filter: { ...everyone, q: "usr_1" } });
    await run(really);
    expect(await findBulkTask(scope, sql, id)).toMatchObject({ state: "done", total: 4, done: 4, failed: 0 });
    expect(await count("connected_user"), "8 others and the test user").toBe(9);
    expect(await sql`select from audit where project_id = ${scope.projectId} and action = 'user.delete'`).toHaveLength(4);
  });

  test("an act that throws is that user's failure and nobody else's, and tells nothing of itself", async () => {
    const { scope, ids } = await project(3);
    const { id } = await startBulkTask(scope, { db, sql }, actor, { kind: "verify", filter: everyone });
    const verify: BulkActs["verify"] = async (_scope, _by, { userId }) => {
      if (userId === ids[1]) throw new Error("secret-in-an-error");
      return { ok: true };
    };
    const heard: Parameters<OnBulkFault>[] = [];
    await run(acts({ verify }), { onError: (...said) => heard.push(said) });
    const task = await findBulkTask(scope, sql, id);
    const where = { requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), task: id, id: ids[1] };
    expect(heard, "the log hears what it was").toEqual([[expect.objectContaining({ message: "secret-in-an-error" }), where]]);
    const message = expect.stringContaining(heard[0]![1].requestId);
    expect(task).toMatchObject({ done: 3, failed: 1, failures: [{ id: ids[1], message }] });
    expect(JSON.stringify(task)).not.toContain("secret-in-an-error");
  });

  test("runs alone in its project, and says so", async () => {
    const { scope } = await project(2);
    const start = () => startBulkTask(scope, { db, sql }, actor, { kind: "verify", filter: everyone });
    const started = await Promise.allSettled([start(), start(), start()]);
    expect(started.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    expect(started.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
    await run(acts({}));
    await expect(startBulkTask(scope, { db, sql }, actor, { kind: "verify", filter: { ...everyone, q: "nobody" } })).rejects.toMatchObject({
      code: "not_found",
    });
  });

  test("that is stopped begins no further user; another project's can't be stopped", async () => {
    const { scope, ids } = await project(40);
    const { scope: other } = await project(1);
    const { id } = await startBulkTask(scope, { db, sql }, actor, { kind: "verify", filter: everyone });
    expect(await stopBulkTask(other, db, actor, { taskId: id })).toBe(false);
    const seen = new Set<string>();
    const verify: BulkActs["verify"] = async (_scope, _by, { userId }) => {
      seen.add(userId);
      if (seen.size === 6) expect(await stopBulkTask(scope, db, actor, { taskId: id })).toBe(true);
      return { ok: true };
    };
    await run(acts({ verify }), { step: 5 });
    const task = (await findBulkTask(scope, sql, id))!;
    expect(task.state).toBe("stopped");
    expect(task.done, "what was done is told").toBe(seen.size);
    expect(task.done).toBeLessThan(ids.length);
    expect(await run(acts({}))).toBe(false);
    expect(await stopBulkTask(scope, db, actor, { taskId: id })).toBe(false);
  });

  test("a worker that is told to leave hands over at once; one that was killed is followed after its claim ends", async () => {
    const { scope, ids, count } = await project(60);
    const { id } = await startBulkTask(scope, { db, sql }, actor, { kind: "disconnect", filter: everyone });

    const leaving = new AbortController();
    const disconnect: BulkActs["disconnect"] = async (...given) => {
      leaving.abort();
      return await really.disconnect(...given);
    };
    await run(acts({ disconnect }), { signal: leaving.signal, step: 5 });
    expect(await findBulkTask(scope, sql, id)).toMatchObject({ state: "running", done: 5 });

    await killInTheMiddle(scope.projectId);
    const half = (await findBulkTask(scope, sql, id))!;
    expect(half.state).toBe("running");
    expect(half.done).toBeGreaterThan(5);
    expect(half.done).toBeLessThan(60);

    expect(await run(really), "while its claim lasts nobody follows").toBe(false);
    await expect.poll(() => run(really), { timeout: 10_000, interval: 200 }).toBe(true);
    expect(await findBulkTask(scope, sql, id)).toMatchObject({ state: "done", total: 60, done: 60, failed: 0 });
    expect(await count("credential"), "the test user's").toBe(2);
    const audited = await sql`select from audit where project_id = ${scope.projectId} and action = 'credential.disconnect'`;
    expect(audited, "each credential was disconnected once").toHaveLength(ids.length * 2);
  }, 60_000);
});

/** A worker of its own process, killed once it has done some of it. */
async function killInTheMiddle(projectId: string): Promise<void> {
  const script = `
    const { createDatabase } = await import("#db/client.ts");
    const { disconnectCredential } = await import("#lib/credentials/drop-credential.ts");
    const { runBulkTask } = await import("#lib/bulk/run-bulk-task.ts");
    const { userWalks } = await import("#lib/users/walk-users.ts");
    const { db, sql } = createDatabase(process.env.DATABASE_URL);
    const ok = async () => ({ ok: true });
    const disconnect = async (scope, actor, { id }) => {
      await new Promise((resolve) => setTimeout(resolve, 60));
      await disconnectCredential(scope, db, actor, { credentialId: id, cause: "Bulk" });
      return { ok: true };
    };
    const walks = userWalks(sql, { refresh: ok, verify: ok, disconnect, deleteUser: ok });
    await runBulkTask(sql, walks, { signal: new AbortController().signal, onError: console.error, step: 5, claimSeconds: 3 });
  `;
  const root = path.join(import.meta.dirname, "../..");
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    cwd: root,
    env: { ...process.env, DATABASE_URL: url },
    stdio: "inherit",
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const doneBy = async () => (await sql<{ done: number }[]>`select done from bulk_task where project_id = ${projectId}`)[0]!.done;
  while ((await doneBy()) < 15) await new Promise((resolve) => setTimeout(resolve, 20));
  child.kill("SIGKILL");
  await ended;
}
