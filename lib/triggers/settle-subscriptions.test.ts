/** Subscriptions as they are asked for and torn down, against a real server. One file, since the world behind it takes seconds to make. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeAll, expect, test } from "vitest";
import { listDeliveries } from "#db/queries/deliveries.ts";
import { dropFinishedTriggers, recheckSubscriptions, takeChecks } from "#db/queries/subscriptions.ts";
import { listSubscriptions } from "#db/queries/triggers.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { disconnectCredential } from "#lib/credentials/drop-credential.ts";
import { env } from "#lib/env.ts";
import { deleteResource } from "#lib/resources/delete-resource.ts";
import { deleteUser } from "#lib/users/delete-user.ts";
import { tasklabDraft, testApi } from "#server/api/testing.ts";
import { addTriggerSecret } from "./change-trigger-secrets.ts";
import { createTrigger } from "./create-trigger.ts";
import { deleteTrigger } from "./delete-trigger.ts";
import { readTrigger } from "./read-trigger.ts";
import { retrySubscription } from "./retry-subscription.ts";
import { TriggerDraft } from "./schema.ts";
import { planSubscriptions, settleSubscriptions } from "./settle-subscriptions.ts";

const world = await testApi();
const { db, sql, scope, actor, spine, publish, tasklab, connect, signer } = world;
const origin = await world.listen();
/** Where TaskLab sends events to. */
env().PATCHBAY_API_URL = origin;

const credentials = { tenant: "northgate", username: "ada", password: "lovelace-1843" };
let resourceId = "";
beforeAll(async () => {
  resourceId = await publish("TaskLab", tasklabDraft.apiKey(tasklab.url));
});

/** TaskLab sends after it has answered. */
const PATIENT = { timeout: 20_000 };

const errors: unknown[] = [];
const settle = async (by = spine) => {
  // A comparison, what it brought up, and what became due by that.
  while (await planSubscriptions(sql));
  const round = () => settleSubscriptions(by, new AbortController().signal, (error) => errors.push(error));
  while ((await round()) > 0);
  while (await planSubscriptions(sql));
  while ((await round()) > 0);
};
const atTasklab = async (user = "ada", password = "lovelace-1843") => {
  const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
  const response = await fetch(`${tasklab.url}/northgate/basic/webhooks`, { headers: { authorization } });
  return ((await response.json()) as { data: { id: string; url: string; secret: string }[] }).data;
};
const fire = async (type: string) =>
  await fetch(`${tasklab.url}/northgate/basic/events`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from("ada:lovelace-1843").toString("base64")}`, "content-type": "application/json" },
    body: JSON.stringify({ type, data: { n: 1 } }),
  });

let made = 0;
async function trigger(more: object = {}, on = resourceId): Promise<{ id: string; workflowId: string }> {
  const body = TriggerDraft.parse({
    level: "user",
    creation: "request",
    subscription: {
      create: {
        method: "POST",
        path: "/webhooks",
        body: { kind: "json", text: '{"url": "{{settings.webhookURL}}", "events": ["task.flagged"]}' },
      },
      teardown: { method: "DELETE", path: "/webhooks/{{subscription.data.id}}" },
      secretPath: "$.data.secret",
    },
    verification: { scheme: "none" },
    ...more,
  });
  const { id } = await createTrigger(scope, db, actor, { resourceId: on, name: `Trigger ${++made}`, body });
  const workflowId = crypto.randomUUID();
  await sql`insert into workflow (project_id, id, name, live_version, is_enabled, trigger_type, trigger_key)
    values (${scope.projectId}, ${workflowId}, ${workflowId}, 1, true, 'resource', ${id})`;
  const definition = { trigger: { type: "resource", resourceId: on, triggerId: id }, steps: [] };
  await sql`insert into workflow_version (project_id, workflow_id, number, schema_version, body)
    values (${scope.projectId}, ${workflowId}, 1, 1, ${sql.json(definition)})`;
  return { id, workflowId };
}
const userId = async (externalId: string): Promise<string> => {
  const [row] = await sql<
    { id: string }[]
  >`select id from connected_user where project_id = ${scope.projectId} and external_id = ${externalId}`;
  return row!.id;
};
const credentialId = async (externalId: string): Promise<string> => {
  const [row] = await sql<{ id: string }[]>`select c.id from credential c where c.user_id = ${await userId(externalId)} and owner = 'user'`;
  return row!.id;
};

test("an API is told once a trigger and user, its signed events arrive, and it is told that they end when the user disconnects", async () => {
  const { id, workflowId } = await trigger({ verification: { scheme: "none" } });
  await settle();
  expect(await atTasklab(), "nobody has connected").toEqual([]);
  await connect(resourceId, credentials, signer.sign({ sub: "ada" }));
  await Promise.all([settle(), settle()]);
  const [subscribed, ...others] = await atTasklab();
  expect(others).toEqual([]);
  expect(subscribed!.url).toMatch(new RegExp(`^${origin}/hooks/[A-Za-z0-9_-]{43}$`));
  const shown = async () => (await listSubscriptions(scope, sql, { triggerId: id })).rows;
  await sql`insert into workflow (project_id, name, live_version, is_enabled, trigger_type, trigger_key, is_on_by_default)
    values (${scope.projectId}, 'Off unless a user asks', 1, true, 'resource', ${id}, false)`;
  const isTold = { externalId: "ada", state: "active", lastError: null, workflows: [workflowId] };
  expect(await shown(), "for the workflow that ada has, not for one that is off by default").toMatchObject([isTold]);

  await fire("task.flagged");
  await fire("task.other");
  await expect.poll(async () => (await listDeliveries(scope, sql, { triggerId: id })).rows.length, PATIENT).toBe(1);
  const [delivery] = (await listDeliveries(scope, sql, { triggerId: id })).rows;
  expect(delivery).toMatchObject({ status: "accepted", userId: await userId("ada") });
  expect(delivery!.runIds).toHaveLength(1);

  await disconnectCredential(scope, db, actor, { credentialId: await credentialId("ada"), cause: "Test" });
  await settle();
  expect(await atTasklab()).toEqual([]);
  const [row] = await sql`select state, farewell_ciphertext, answer_ciphertext from trigger_subscription where trigger_id = ${id}`;
  expect(await shown(), "taken back, and seen to be").toMatchObject([{ externalId: "ada", state: "idle", wanted: false }]);
  expect(row, "the kept credential is gone with it").toEqual({ state: "idle", farewell_ciphertext: null, answer_ciphertext: null });
  await sql`update workflow set is_enabled = false where id = ${workflowId}`;
});

test("events are verified by the secret that the API gave this user's subscription", async () => {
  const { id, workflowId } = await trigger({ verification: { scheme: "standard_webhooks" } });
  await connect(resourceId, credentials, signer.sign({ sub: "ada" }));
  await settle();
  await fire("task.flagged");
  await expect
    .poll(async () => (await listDeliveries(scope, sql, { triggerId: id })).rows.map(({ status }) => status), PATIENT)
    .toEqual(["accepted"]);
  const [theirs] = await atTasklab();
  expect((await fetch(theirs!.url, { method: "POST", body: '{"forged": true}' })).status).toBe(401);
  expect((await readTrigger(scope, world, id))?.ready).toBe(true);
  // Off for this user: taken back. On again: made again.
  const ada = await userId("ada");
  await sql`insert into workflow_enablement (project_id, workflow_id, user_id, enabled) values (${scope.projectId}, ${workflowId}, ${ada}, false)`;
  await settle();
  expect(await atTasklab()).toEqual([]);
  await sql`update workflow_enablement set enabled = true where workflow_id = ${workflowId}`;
  await settle();
  expect(await atTasklab()).toHaveLength(1);
  await deleteTrigger(scope, db, actor, { triggerId: id });
  await settle();
  expect(await atTasklab()).toEqual([]);
  await dropFinishedTriggers(sql);
  expect(await sql`select 1 from trigger where id = ${id}`).toHaveLength(0);
});

test("neither the URL that users share nor the trigger's secret goes to a host that a user chose", async () => {
  const seen: string[] = [];
  const recorder = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    seen.push(`${request.method} ${request.url} ${JSON.stringify(request.headers)} ${body}`);
    response.end("{}");
  });
  await new Promise<void>((resolve) => recorder.listen(0, "127.0.0.1", resolve));
  const { port } = recorder.address() as AddressInfo;
  const opened = openSpine(world as never, { outboundAllow: "127.0.0.1/32", onError: (error) => errors.push(error) });
  // Users' own hosts are public ones, which no test has: here one is sent to as the admin's would be.
  const wide = { ...opened, send: ({ isUsersHost: _, ...request }, options) => opened.send(request, options) } satisfies typeof opened;
  const draft = { level: "user", authType: "api_key", apiKeys: [{ name: "key" }] };
  const anywhere = { inputs: [{ key: "host", title: "Host" }], request: { baseUrl: "https://{{inputs.host}}" } };
  const chosen = await publish("Chosen by users", { ...draft, ...anywhere });

  const told = async (level: "user" | "app", text: string) => {
    const subscription = { create: { method: "POST", path: "/hooks", body: { kind: "json", text } }, hasTeardown: false };
    const by = level === "app" ? { user: { by: "user_id", path: "$.id" } } : {};
    const body = TriggerDraft.parse({ level, creation: "request", subscription, verification: { scheme: "none" }, ...by });
    const { id } = await createTrigger(scope, db, actor, { resourceId: chosen, name: `Told ${++made}`, body });
    const workflowId = crypto.randomUUID();
    await sql`insert into workflow (project_id, id, name, live_version, is_enabled, trigger_type, trigger_key)
      values (${scope.projectId}, ${workflowId}, ${workflowId}, 1, true, 'resource', ${id})`;
    return { id, problems: (await readTrigger(scope, world, id))!.problems };
  };
  const [url, secret] = ['{"u": "{{settings.webhookURL}}"}', '{"u": "{{settings.webhookURL}}", "s": "{{settings.webhookSecret}}"}'];
  const [own, shared, signed] = [await told("user", url), await told("app", url), await told("user", secret)];
  expect(own.problems).toEqual([]);
  const at = "subscription.create.body.text";
  expect(shared.problems).toEqual([{ path: at, message: expect.stringMatching(/webhookURL.*inputs.host.*User-level/) }]);
  expect(signed.problems).toEqual([{ path: at, message: expect.stringMatching(/webhookSecret.*inputs.host/) }]);

  // As if both had been finished before the resource's address became the user's choice.
  const value = "the-secret-that-all-users-share";
  await addTriggerSecret(scope, db, actor, { triggerId: signed.id, value });
  await sql`update trigger set ready = true where resource_id = ${chosen}`;
  await sql`update resource_revision set body = jsonb_set(body, '{request,baseUrl}', ${sql.json(`http://{{inputs.host}}:${port}`)})
    where resource_id = ${chosen}`;
  await connect(chosen, { key: "k", host: "127.0.0.1" }, signer.sign({ sub: "mallory" }));
  await settle(wide);
  const states = async (id: string) => (await listSubscriptions(scope, sql, { triggerId: id })).rows;
  expect(await states(own.id)).toMatchObject([{ state: "active" }]);
  for (const { id } of [shared, signed])
    expect(await states(id)).toMatchObject([{ state: "failing", lastError: expect.stringMatching(/all users share.*inputs.host/) }]);
  const sharedUrl = (await readTrigger(scope, world, shared.id))!.url;
  expect(seen).toHaveLength(1);
  expect(seen[0]).toContain("/hooks/");
  for (const each of [value, sharedUrl.split("/").at(-1)!]) expect(seen.join("\n")).not.toContain(each);
  await sql`update workflow set is_enabled = false where trigger_key in ${sql([own.id, shared.id, signed.id])}`;
  await settle(wide);
  await wide.close();
  recorder.close();
});

test("an API that fails is asked again, the reason shown, and nothing secret in it", async () => {
  const { id, workflowId } = await trigger();
  await connect(resourceId, credentials, signer.sign({ sub: "ada" }));
  const setSwitches = (api: string[]) =>
    fetch(`${tasklab.url}/_switches`, {
      method: "PUT",
      body: JSON.stringify({ api }),
      headers: { "content-type": "application/json", "sec-fetch-site": "none" },
    });
  await setSwitches(["status=503"]);
  await settle();
  const {
    rows: [failing],
  } = await listSubscriptions(scope, sql, { triggerId: id });
  expect(failing).toMatchObject({ state: "failing", lastError: expect.stringContaining("503"), nextTryAt: expect.any(Date) });
  await setSwitches([]);
  const retry = (where = scope) => retrySubscription(where, db, actor, { subscriptionId: failing!.id });
  expect(await retry(await world.secondProject()), "another project's").toBe(false);
  expect(await retry()).toBe(true);
  await settle();
  expect(await retry(), "it was made").toBe(false);
  const audited = await sql`select subject, detail from audit where action = 'subscription.retry'`;
  expect(audited).toEqual([{ subject: `trigger:${id}`, detail: { subscriptionId: failing!.id, userId: await userId("ada") } }]);
  expect((await listSubscriptions(scope, sql, { triggerId: id })).rows).toMatchObject([{ state: "active", lastError: null, attempts: 0 }]);
  const [token] = (await atTasklab()).map(({ url }) => url.split("/").at(-1)!);
  await spine.close();
  const [log] = await sql`select string_agg(a::text, ' ') as text from activity a where source = 'webhook'`;
  expect(log!.text).toContain("503");
  expect(log!.text).not.toContain(token);
  await sql`update workflow set is_enabled = false where id = ${workflowId}`;
  await settle();
});

test("at an API that remembers Idempotency-Keys, off and on again makes it anew, and what is tried again makes nothing twice", async () => {
  const answered = new Map<string, string>();
  const there = new Set<string>();
  const keys: string[] = [];
  /** The API does as it was told, and its answer is lost. */
  let losesAnswer = false;
  const api = createServer((request, response) => {
    const key = String(request.headers["idempotency-key"]);
    keys.push(key);
    if (!answered.has(key)) {
      const id = request.method === "DELETE" ? request.url!.split("/").at(-1)! : `hook_${answered.size + 1}`;
      if (request.method === "DELETE") there.delete(id);
      else there.add(id);
      answered.set(key, JSON.stringify({ id }));
    }
    if (losesAnswer) request.socket.destroy();
    else response.end(answered.get(key));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  const { port } = api.address() as AddressInfo;
  const wide = openSpine(world as never, { outboundAllow: "127.0.0.1/32", onError: (error) => errors.push(error) });
  const remembering = await publish("Remembers keys", {
    level: "user",
    authType: "api_key",
    apiKeys: [{ name: "key" }],
    request: { baseUrl: "https://api.example.com" },
  });
  await sql`update resource_revision set body = jsonb_set(body, '{request,baseUrl}', ${sql.json(`http://127.0.0.1:${port}`)})
    where resource_id = ${remembering}`;
  const create = { method: "POST", path: "/hooks", body: { kind: "json", text: '{"url": "{{settings.webhookURL}}"}' } };
  const subscription = { create, teardown: { method: "DELETE", path: "/hooks/{{subscription.id}}" } };
  const { id, workflowId } = await trigger({ subscription }, remembering);
  const { id: bare, workflowId: ofBare } = await trigger({ subscription: { create, hasTeardown: false } }, remembering);
  const turn = async (on: boolean, by = workflowId) => {
    await sql`update workflow set is_enabled = ${on} where id = ${by}`;
    await settle(wide);
  };
  await turn(false, ofBare);
  const shown = async (triggerId = id) => (await listSubscriptions(scope, sql, { triggerId })).rows.map(({ state }) => state);
  const tryNow = () => sql`update trigger_subscription set next_try_at = now() where trigger_id = ${id}`;

  losesAnswer = true;
  await connect(remembering, { key: "k" }, signer.sign({ sub: "ada" }));
  await settle(wide);
  expect([await shown(), [...there]]).toEqual([["failing"], ["hook_1"]]);
  losesAnswer = false;
  await tryNow();
  await settle(wide);
  expect([await shown(), [...there]], "the same thing, asked twice").toEqual([["active"], ["hook_1"]]);

  losesAnswer = true;
  await turn(false);
  expect([await shown(), [...there]]).toEqual([["removing"], []]);
  losesAnswer = false;
  await tryNow();
  await settle(wide);
  expect(await shown()).toEqual(["idle"]);
  expect(new Set(keys).size, "one key for each of the two, however often it was tried").toBe(2);
  expect(keys.length).toBeGreaterThanOrEqual(4);

  for (let round = 0; round < 2; round++) {
    await turn(true);
    expect([await shown(), there.size]).toEqual([["active"], 1]);
    await turn(false);
    expect([await shown(), there.size]).toEqual([["idle"], 0]);
  }

  // On again while it isn't known to be taken back.
  await turn(true);
  losesAnswer = true;
  await turn(false);
  losesAnswer = false;
  await turn(true);
  expect([await shown(), there.size]).toEqual([["active"], 1]);
  await turn(false);

  // Whatever ended it at the API.
  await turn(true, ofBare);
  there.clear();
  await turn(false, ofBare);
  await turn(true, ofBare);
  expect([await shown(bare), there.size]).toEqual([["active"], 1]);
  await turn(false, ofBare);
  await wide.close();
  api.close();
});

test("what hasn't changed isn't compared again, and of many users all are, some hundreds at a time", async () => {
  const { id, workflowId } = await trigger();
  await settle();
  expect(await sql`select 1 from subscription_check`).toEqual([]);
  await sql`insert into connected_user (project_id, external_id, kind) select ${scope.projectId}, 'many-' || n, 'user' from generate_series(1, 1100) n`;
  await sql`insert into credential (project_id, resource_id, owner, user_id, auth_type, ciphertext, key_id, supplied_digest, status)
    select u.project_id, ${resourceId}, 'user', u.id, c.auth_type, c.ciphertext, c.key_id, c.supplied_digest, 'VALID' from connected_user u, credential c
    where u.external_id like 'many-%' and c.id = ${await credentialId("ada")}`;
  expect((await sql`select 1 from subscription_check where trigger_id = ${id}`).length, "each connection is noted").toBe(1100);
  await sql`delete from subscription_check`;
  await sql`update workflow set is_enabled = false where id = ${workflowId}`;
  await sql`update workflow set is_enabled = true where id = ${workflowId}`;
  expect((await sql`select 1 from subscription_check where trigger_id = ${id}`).length, "both switches in one note").toBe(1);
  let rounds = 0;
  while (await planSubscriptions(sql)) rounds++;
  expect(rounds).toBe(3);
  const wanted = () => sql`select 1 from trigger_subscription where trigger_id = ${id} and wanted`.then((rows) => rows.length);
  expect(await wanted()).toBeGreaterThanOrEqual(1100);
  await sql`update workflow set name = 'Renamed', next_run_at = now() where id = ${workflowId}`;
  expect(await planSubscriptions(sql), "nothing that matters has changed").toBe(false);
  await sql`delete from credential c using connected_user u where u.id = c.user_id and u.external_id like 'many-%'`;
  while (await planSubscriptions(sql));
  expect(await wanted()).toBeLessThan(5);
  const turn = (on: boolean) => sql`update workflow set is_enabled = ${on} where id = ${workflowId}`;
  await turn(false);
  await sql.begin(async (tx) => {
    await takeChecks(tx, 10);
    await turn(true);
  });
  expect(await planSubscriptions(sql), "what changes while a worker is at the note is noted again").toBe(true);
  await sql`delete from trigger_subscription where trigger_id = ${id} and state = 'idle'`;
  await turn(false);
  await sql`delete from subscription_check`;
  await recheckSubscriptions(sql);
  expect((await sql`select 1 from subscription_check where trigger_id = ${id}`).length, "the slow round notes every trigger").toBe(1);
  await settle();
});

test("a user who is deleted, and a resource, are taken back at the API at once", async () => {
  const { id } = await trigger();
  for (const sub of ["one", "two"]) await connect(resourceId, credentials, signer.sign({ sub }));
  await settle();
  const before = (await atTasklab()).length;
  await deleteUser(scope, db, actor, { userId: await userId("one"), cause: "Test" });
  await settle();
  expect(await atTasklab()).toHaveLength(before - 1);
  await deleteResource(scope, db, actor, { resourceId });
  await settle();
  expect(await atTasklab()).toEqual([]);
  const { rows } = await listSubscriptions(scope, sql, { triggerId: id });
  expect(rows.map(({ state, workflows }) => ({ state, workflows }))).toEqual(rows.map(() => ({ state: "idle", workflows: [] })));
  expect(errors).toEqual([]);
});
