/** Webhooks over HTTP, as APIs send them. One file, since the world behind it takes seconds to make. */
import { createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { type DeliveryListItem, findDelivery, listDeliveries } from "#db/queries/deliveries.ts";
import { type OpenSpine, openSpine } from "#lib/connections/open-spine.ts";
import { verifyCredential } from "#lib/connections/verify-credential.ts";
import { saveCredential } from "#lib/credentials/save-credential.ts";
import { addTriggerSecret } from "#lib/triggers/change-trigger-secrets.ts";
import { createTrigger } from "#lib/triggers/create-trigger.ts";
import { deleteTrigger } from "#lib/triggers/delete-trigger.ts";
import { diagnoseDelivery } from "#lib/triggers/diagnose-delivery.ts";
import { makeUserUrl } from "#lib/triggers/make-user-url.ts";
import { readTrigger } from "#lib/triggers/read-trigger.ts";
import { mapUnattributed, releaseQuarantined } from "#lib/triggers/release-deliveries.ts";
import { replayDeliveries } from "#lib/triggers/replay-deliveries.ts";
import { TriggerDraft } from "#lib/triggers/schema.ts";
import { updateTrigger } from "#lib/triggers/update-trigger.ts";
import { createApi } from "../create-api.ts";
import { tasklabDraft, testApi } from "../testing.ts";

const world = await testApi();
const { db, sql, scope, actor, spine, publish, tasklab, connect, signer, secondProject } = world;
const resourceId = await publish("TaskLab", tasklabDraft.apiKey(tasklab.url));
const origin = await world.listen();

const credentials = { tenant: "northgate", username: "ada", password: "lovelace-1843" };
let users: Record<string, string> = {};
beforeAll(async () => {
  for (const sub of ["ada", "grace"]) expect((await connect(resourceId, credentials, signer.sign({ sub }))).status).toBe(200);
  const rows = await sql<{ id: string; external_id: string }[]>`select id, external_id from connected_user where kind = 'user'`;
  users = Object.fromEntries(rows.map((row) => [row.external_id, row.id]));
});

let made = 0;
/** A trigger that is ready, a workflow that starts with it, and how to call it over HTTP. */
async function endpoint(more: object, secret?: string) {
  const body = TriggerDraft.parse({ level: "app", creation: "manual", user: { by: "nobody" }, ...more });
  const { id } = await createTrigger(scope, db, actor, { resourceId, name: `Trigger ${++made}`, body });
  if (secret) await addTriggerSecret(scope, db, actor, { triggerId: id, value: secret });
  const view = (await readTrigger(scope, world, id))!;
  const path = new URL(view.url).pathname;
  const workflowId = await startsWith(id);
  return {
    id,
    workflowId,
    path,
    send: (text: string | Uint8Array, headers: Record<string, string> = {}, search = "", method = "POST") =>
      fetch(`${origin}${path}${search}`, {
        method,
        headers: { "content-type": "application/json", ...headers },
        ...(method === "GET" || method === "HEAD" ? {} : { body: text as BodyInit }),
      }),
    deliveries: async () => (await listDeliveries(scope, sql, { triggerId: id })).rows,
    runs: async () =>
      await sql<{ id: string; userId: string | null; input: { body: unknown }; deliveryId: string }[]>`
        select id, user_id as "userId", input, delivery_id as "deliveryId" from run where workflow_id = ${workflowId} order by at`,
  };
}

async function startsWith(triggerId: string): Promise<string> {
  const id = crypto.randomUUID();
  await sql`insert into workflow (project_id, id, name, live_version, is_enabled, trigger_type, trigger_key)
    values (${scope.projectId}, ${id}, ${`W ${id}`}, 1, true, 'resource', ${triggerId})`;
  const definition = { trigger: { type: "resource", resourceId, triggerId }, steps: [] };
  await sql`insert into workflow_version (project_id, workflow_id, number, schema_version, body)
    values (${scope.projectId}, ${id}, 1, 1, ${sql.json(definition)})`;
  return id;
}
const keyOf = ({ at, id }: DeliveryListItem) => ({ at, id });
const hmac = (secret: string, text: string | Uint8Array) => createHmac("sha256", secret).update(text).digest("hex");

describe("an event", () => {
  test("that is verified starts a run for its workflow, with delivery and run pointing at each other, before it is answered", async () => {
    const hook = await endpoint({ verification: { scheme: "hmac", header: "X-Sig" } }, "s3cret-of-this-trigger");
    const text = '{"task": {"id": 7, "title": "Mäuse"}}';
    const response = await hook.send(text, { "x-sig": hmac("s3cret-of-this-trigger", text), "x-other": "1" }, "?from=test");
    expect([response.status, await response.text()]).toEqual([200, ""]);
    const [delivery] = await hook.deliveries();
    const [run] = await hook.runs();
    expect(delivery).toMatchObject({ status: "accepted", reason: null, runIds: [run!.id], responseStatus: 200, method: "POST" });
    expect(run).toMatchObject({ deliveryId: delivery!.id, userId: null });
    expect(run!.input).toMatchObject({ body: { task: { id: 7, title: "Mäuse" } }, headers: { "x-other": "1" }, query: { from: "test" } });
    const detail = await findDelivery(scope, sql, keyOf(delivery!));
    expect(Buffer.from(detail!.body).toString()).toBe(text);
    expect(detail).toMatchObject({ address: "127.0.0.1" });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await readTrigger(scope, world, hook.id)).toMatchObject({
      sample: { body: { task: { id: 7 } } },
      secrets: [{ lastSeenAt: expect.any(Date) }],
    });
  });

  test("of any bytes is verified as it came, and kept", async () => {
    const hook = await endpoint({ verification: { scheme: "hmac", header: "X-Sig" } }, "k");
    const bytes = new Uint8Array([0xff, 0x00, 0xc3, 0x28, 0x80]);
    expect((await hook.send(bytes, { "x-sig": hmac("k", bytes), "content-type": "application/octet-stream" })).status).toBe(200);
    const [delivery] = await hook.deliveries();
    expect([...(await findDelivery(scope, sql, keyOf(delivery!)))!.body]).toEqual([...bytes]);
  });

  test("signed by the standardwebhooks library is taken once, however often it comes", async () => {
    const secret = `whsec_${randomBytes(24).toString("base64")}`;
    const hook = await endpoint({ verification: { scheme: "standard_webhooks" }, dedupe: { by: "header", name: "webhook-id" } }, secret);
    const text = '{"type":"task.created"}';
    const headers = {
      "webhook-id": "msg_1",
      "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
      "webhook-signature": new Webhook(secret).sign("msg_1", new Date(), text),
    };
    const answers = await Promise.all(Array.from({ length: 12 }, () => hook.send(text, headers)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(await hook.runs()).toHaveLength(1);
    const statuses = (await hook.deliveries()).map(({ status }) => status);
    expect([statuses.filter((one) => one === "accepted").length, statuses.filter((one) => one === "duplicate").length]).toEqual([1, 11]);
    // Its window over, it is a new one.
    await sql`update dedupe_key set expires_at = now() - interval '1 second' where trigger_id = ${hook.id}`;
    await hook.send(text, headers);
    expect(await hook.runs()).toHaveLength(2);
  });

  test.each([
    ["a field of it", { by: "field", path: "$.id" }],
    ["its body", { by: "body" }],
  ])("is deduplicated by %s", async (_, dedupe) => {
    const hook = await endpoint({ dedupe });
    for (const text of ['{"id":1}', '{"id":1}', '{"id":2}']) await hook.send(text);
    expect(await hook.runs()).toHaveLength(2);
  });

  test("that can't be kept is refused, and none of those that come at the same moment with it", async () => {
    const hook = await endpoint({ dedupe: { by: "field", path: "$.id" } });
    const deep = `${'{"a":'.repeat(70)}1${"}".repeat(70)}`;
    const texts = Array.from({ length: 24 }, (_, id) => (id % 8 === 5 ? `{"id":${id},"a":${deep}}` : `{"id":${id}}`));
    const answers = await Promise.all(texts.map((text) => hook.send(text).then(({ status }) => status)));
    expect(answers).toEqual(texts.map((_, id) => (id % 8 === 5 ? 400 : 200)));
    const runs = await hook.runs();
    expect(runs.map(({ input }) => (input.body as { id: number }).id).sort((a, b) => a - b)).toEqual(
      texts.flatMap((_, id) => (id % 8 === 5 ? [] : [id])),
    );
    const deliveries = await hook.deliveries();
    expect(deliveries.map(({ runIds: [id] }) => id).sort()).toEqual(runs.map(({ id }) => id).sort());
    expect((await hook.send('{"id":5}')).status, "its key wasn't taken").toBe(200);
    expect(await hook.runs()).toHaveLength(22);
  });

  test("that doesn't meet the filter starts nothing, and is answered alike", async () => {
    const conditions = [
      { source: "body", field: "$.kind", operator: "one_of", value: "a, b" },
      { source: "header", field: "X-Priority", operator: "greater_than", value: "9" },
    ];
    const hook = await endpoint({ filter: { match: "all", conditions } });
    expect((await hook.send('{"kind":"a"}', { "x-priority": "10" })).status).toBe(200);
    expect((await hook.send('{"kind":"a"}', { "x-priority": "9" })).status).toBe(200);
    expect((await hook.send('{"kind":"c"}', { "x-priority": "10" })).status).toBe(200);
    expect((await hook.deliveries()).map(({ status }) => status)).toEqual(["filtered", "filtered", "accepted"]);
    expect(await hook.runs()).toHaveLength(1);
  });

  test("finds its user by the URL, by the app's id, or by the API's own, which may be several's", async () => {
    const byUrl = await endpoint({ level: "user", user: { by: "url" } });
    expect((await byUrl.send("{}")).status, "the trigger's own address is nobody's").toBe(404);
    const { url } = await makeUserUrl(scope, db, actor, { triggerId: byUrl.id, userId: users.grace! });
    expect((await fetch(`${origin}${new URL(url).pathname}`, { method: "POST", body: "{}" })).status).toBe(200);
    expect((await byUrl.runs()).map(({ userId }) => userId)).toEqual([users.grace]);

    const byId = await endpoint({ user: { by: "user_id", path: "$.account.id" } });
    await byId.send('{"account":{"id":"ada"}}');
    expect((await byId.runs()).map(({ userId }) => userId)).toEqual([users.ada]);

    const byProfile = await endpoint({ user: { by: "profile_id", path: "$.owner" } });
    await byProfile.send('{"owner":"ada"}');
    expect(new Set((await byProfile.runs()).map(({ userId }) => userId))).toEqual(new Set([users.ada, users.grace]));
  });

  test("isn't brought to whoever merely claims its profile id, whatever proves the credential later", async () => {
    const hook = await endpoint({ user: { by: "profile_id", path: "$.owner" } });
    const mallory = await saveCredential(scope, sql, {
      ...{ resourceId, owner: { kind: "user", externalId: "mallory" }, authType: "api_key", canonical: "", status: "VALID", reason: null },
      ...{ secrets: { inputs: {}, keys: {} }, profile: { id: "ada", fields: {} }, verified: false, refreshedAt: null, checkEvery: 0 },
      event: { kind: "connected", cause: "Connect call" },
    });
    await sql`update credential set refreshed_at = now(), verified_at = now() where id = ${mallory.id}`;
    await hook.send('{"owner":"ada"}');
    expect(new Set((await hook.runs()).map(({ userId }) => userId))).toEqual(new Set([users.ada, users.grace]));
    await sql`delete from connected_user where id = ${mallory.userId}`;
  });

  test("finds its user by a profile id that was read after the connect", async () => {
    const hook = await endpoint({ user: { by: "profile_id", path: "$.owner" } });
    const [{ id }] = await sql<[{ id: string }]>`
      update credential set profile_id = 'renamed-since', profile_tried_at = null where user_id = ${users.grace!} returning id`;
    await hook.send('{"owner":"ada"}');
    expect((await hook.runs()).map(({ userId }) => userId)).toEqual([users.ada]);
    await verifyCredential(spine, scope, { credentialId: id, cause: "schedule" });
    await hook.send('{"owner":"ada"}');
    expect(new Set((await hook.runs()).slice(1).map(({ userId }) => userId))).toEqual(new Set([users.ada, users.grace]));
  });

  test("of an unknown user waits unattributed: mapped by hand, or released once the user is there, it starts its run", async () => {
    const hook = await endpoint({ user: { by: "user_id", path: "$.user" }, dedupe: { by: "field", path: "$.id" } });
    for (const text of ['{"id":1,"user":"nobody"}', '{"id":2}', '{"id":3,"user":"later"}'])
      expect((await hook.send(text)).status).toBe(200);
    const [third, second, first] = await hook.deliveries();
    expect([first!.reason, second!.reason, third!.reason]).toEqual(["unknown_user", "no_user_value", "unknown_user"]);
    expect(await hook.runs()).toHaveLength(0);

    const [mapped] = await mapUnattributed(spine, scope, actor, { keys: [keyOf(first!)], userId: users.ada! });
    expect(mapped).toMatchObject({ released: true, status: "accepted" });
    expect((await releaseQuarantined(spine, scope, actor, { keys: [keyOf(third!)] }))[0]).toMatchObject({
      released: false,
      status: "unattributed",
    });
    await connect(resourceId, credentials, signer.sign({ sub: "later" }));
    expect((await releaseQuarantined(spine, scope, actor, { keys: [keyOf(third!)] }))[0]).toMatchObject({ released: true });
    expect(await hook.runs()).toHaveLength(2);
    // Twice is once.
    expect((await releaseQuarantined(spine, scope, actor, { keys: [keyOf(third!)] }))[0]!.runIds).toHaveLength(1);
    expect(await hook.runs()).toHaveLength(2);
  });
});

describe("a refused delivery", () => {
  test("starts nothing, says little to the sender and all to members; after a fix it is checked again and released", async () => {
    const hook = await endpoint(
      { verification: { scheme: "hmac", header: "X-Signature", signed: "{timestamp}.{body}", timestampHeader: "X-Time" } },
      "right-secret-01",
    );
    const text = '{"n":1}';
    const time = String(Math.floor(Date.now() / 1000));
    const headers = {
      "x-acme-signature": `v2=${createHmac("sha512", "right-secret-01").update(`${time}:${text}`).digest("base64")}`,
      "x-time": time,
    };
    const response = await hook.send(text, headers);
    expect([response.status, response.headers.get("www-authenticate")]).toEqual([401, "Bearer"]);
    expect(await response.json()).toMatchObject({ code: "refused" });
    const [refused] = await hook.deliveries();
    expect(refused).toMatchObject({ status: "refused", reason: "no_signature", quarantinedUntil: expect.any(Date) });
    expect(await hook.runs()).toHaveLength(0);
    expect((await replayDeliveries(spine, scope, actor, { keys: [keyOf(refused!)] }))[0]).toMatchObject({ id: null });
    expect((await releaseQuarantined(spine, scope, actor, { keys: [keyOf(refused!)] }))[0]).toMatchObject({ released: false });

    expect(await diagnoseDelivery(scope, sql, { key: keyOf(refused!), secret: "wrong-secret-01" })).toEqual({
      diagnosis: null,
      isWhole: true,
    });
    const found = await diagnoseDelivery(scope, sql, { key: keyOf(refused!) });
    expect(found).toMatchObject({
      secretIs: "stored",
      diagnosis: {
        verification: {
          scheme: "hmac",
          algorithm: "sha512",
          encoding: "base64",
          header: "x-acme-signature",
          prefix: "v2=",
          signed: "{timestamp}:{body}",
        },
      },
    });
    const view = (await readTrigger(scope, world, hook.id))!;
    await updateTrigger(scope, db, actor, {
      triggerId: hook.id,
      version: view.version,
      body: { ...view.body, verification: found.diagnosis!.verification },
    });
    expect((await releaseQuarantined(spine, scope, actor, { keys: [keyOf(refused!)] }))[0]).toMatchObject({
      released: true,
      status: "accepted",
    });
    expect(await hook.runs()).toHaveLength(1);
    expect((await hook.send(text, headers)).status, "the next one passes").toBe(200);
    const audited = await sql`select action from audit where subject = ${`trigger:${hook.id}`} order by at desc limit 3`;
    expect(audited.map(({ action }) => action)).toContain("delivery.release");
  });

  test("is judged by the time when it came, and by nothing once its quarantine is over", async () => {
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const hook = await endpoint({ verification: { scheme: "standard_webhooks" } });
    const headers = {
      "webhook-id": "m",
      "webhook-timestamp": String(Math.floor(Date.now() / 1000)),
      "webhook-signature": new Webhook(secret).sign("m", new Date(), "{}"),
    };
    expect((await hook.send("{}", headers)).status, "no secret yet").toBe(401);
    const [first] = await hook.deliveries();
    expect(first).toMatchObject({ reason: "not_ready" });
    await sql`update delivery set at = at where id = ${first!.id}`;
    await addTriggerSecret(scope, db, actor, { triggerId: hook.id, value: secret });
    await hook.send("{}", { ...headers, "webhook-id": "other" });
    const [second] = await hook.deliveries();
    await sql`update delivery set quarantined_until = now() - interval '1 second' where id = ${second!.id}`;
    const released = await releaseQuarantined(spine, scope, actor, { keys: [keyOf(first!), keyOf(second!)] });
    expect(released.map(({ status, released }) => [status, released])).toEqual([
      ["accepted", true],
      ["refused", false],
    ]);
    expect(released[1]!.message).toMatch(/over/);
  });

  test("of a flood is answered, not kept: nobody fills the disk who knows the address alone", async () => {
    const response = { kind: "echo", what: "field", path: "$.challenge", query: "challenge" };
    const hook = await endpoint({ response, verification: { scheme: "shared_secret", name: "X-Token" } }, "the-token-of-this");
    const flood = (send: () => ReturnType<typeof hook.send>) => Promise.all(Array.from({ length: 100 }, send));
    const guesses = await flood(() => hook.send("{}", { "x-token": "guess" }));
    const handshakes = await flood(() => hook.send("", {}, "?challenge=abc", "GET"));
    expect([guesses, handshakes].map((answers) => [...new Set(answers.map(({ status }) => status))])).toEqual([[401], [200]]);
    const [row] = await sql`select count(*)::int as n from delivery where trigger_id = ${hook.id}`;
    // 120 at once, and two a second.
    expect(row!.n).toBeLessThanOrEqual(140);

    const large = await endpoint({ verification: { scheme: "shared_secret", name: "X-Token" } }, "the-token-of-this");
    for (let n = 0; n < 8; n++) expect((await large.send("x".repeat(1_000_000), { "x-token": "guess" })).status).toBe(401);
    expect(await large.deliveries()).toHaveLength(4);
  });

  test("isn't seen, released, mapped, replayed or diagnosed from another project", async () => {
    const elsewhere = await secondProject();
    const hook = await endpoint({ verification: { scheme: "shared_secret", name: "X-Token" } }, "the-token-of-this");
    await hook.send("{}", { "x-token": "guess" });
    const [delivery] = await hook.deliveries();
    const keys = [keyOf(delivery!)];
    expect((await listDeliveries(elsewhere, sql, { triggerId: hook.id })).rows).toEqual([]);
    expect(await findDelivery(elsewhere, sql, keys[0]!)).toBeNull();
    const nothing = { code: "not_found" };
    await expect(releaseQuarantined(spine, elsewhere, actor, { keys })).rejects.toMatchObject(nothing);
    await expect(mapUnattributed(spine, elsewhere, actor, { keys, userId: users.ada! })).rejects.toMatchObject(nothing);
    await expect(replayDeliveries(spine, elsewhere, actor, { keys })).rejects.toMatchObject(nothing);
    await expect(diagnoseDelivery(elsewhere, sql, { key: keys[0]! })).rejects.toMatchObject(nothing);
  });
});

test("one and many are replayed: deliveries of their own, no duplicates, by the trigger as it is now", async () => {
  const hook = await endpoint({ dedupe: { by: "body" } });
  for (const n of [1, 2, 3]) await hook.send(`{"n":${n}}`);
  const originals = await hook.deliveries();
  const replayed = await replayDeliveries(spine, scope, actor, { keys: originals.map(keyOf) });
  expect(replayed.map(({ status }) => status)).toEqual(["accepted", "accepted", "accepted"]);
  expect(await hook.runs()).toHaveLength(6);
  const rows = await hook.deliveries();
  expect(rows.filter(({ replayOf }) => replayOf !== null)).toHaveLength(3);
});

test("what nobody verified is no event by replay either, alone or among others", async () => {
  const response = { kind: "echo", what: "field", query: "challenge" };
  const hook = await endpoint({ response, verification: { scheme: "hmac", header: "X-Sig" } }, "k");
  await hook.send("{}", { "x-sig": hmac("k", "{}") });
  expect((await hook.send("", {}, "?challenge=a", "GET")).status).toBe(200);
  await hook.send('{"forged":true}', {}, "?challenge=a");
  const rows = await hook.deliveries();
  expect(rows.map(({ status, reason }) => [status, reason])).toEqual([
    ["refused", "no_signature"],
    ["filtered", "handshake"],
    ["accepted", null],
  ]);
  // As rows from before are: an event's body under a handshake.
  await sql`update delivery set body = convert_to('{"forged":true}', 'utf8') where id = ${rows[1]!.id}`;
  const [refused, handshake, event] = rows.map(keyOf);
  expect(await replayDeliveries(spine, scope, actor, { keys: [handshake!] })).toMatchObject([
    { id: null, message: expect.stringMatching(/handshake/) },
  ]);
  const replayed = await replayDeliveries(spine, scope, actor, { keys: [refused!, handshake!, event!] });
  expect(replayed.map(({ id }) => id !== null)).toEqual([true, false, false]);
  expect((await hook.runs()).map(({ input }) => input.body)).toEqual([{}, {}]);
});

describe("what was taken before the trigger verified anything", () => {
  const verifyFrom = async (hook: { id: string }, verification: object, secret?: string) => {
    await sql`update trigger set body = body || ${sql.json({ verification } as never)} where id = ${hook.id}`;
    if (secret) await addTriggerSecret(scope, db, actor, { triggerId: hook.id, value: secret });
  };
  const replay = async (hook: { deliveries: () => Promise<DeliveryListItem[]> }) =>
    await replayDeliveries(spine, scope, actor, { keys: (await hook.deliveries()).map(keyOf) });
  const byHmac = TriggerDraft.parse({ verification: { scheme: "hmac", header: "X-Sig" } }).verification;
  const byBasic = TriggerDraft.parse({ verification: { scheme: "basic", username: "ada" } }).verification;

  test("isn't replayed as an event of today, unless today's signature stands in it", async () => {
    const hook = await endpoint({});
    await hook.send('{"forged":true}');
    await hook.send('{"real":true}', { "x-sig": hmac("k", '{"real":true}') });
    expect(
      (await replay(hook)).every(({ id }) => id !== null),
      "nothing is verified yet",
    ).toBe(true);
    await sql`delete from delivery where trigger_id = ${hook.id} and replay_of is not null`;
    await verifyFrom(hook, byHmac, "k");
    const before = (await hook.runs()).length;
    const replayed = await replay(hook);
    expect(replayed.map(({ id, message }) => [id !== null, message])).toEqual([
      [false, expect.stringContaining("before the trigger verified anything")],
      [true, null],
    ]);
    expect((await hook.runs()).slice(before).map(({ input }) => input.body)).toEqual([{ real: true }]);
    expect((await hook.deliveries()).find(({ replayOf }) => replayOf !== null)).toBeDefined();
  });

  test("nor when another scheme verified it, which a trigger has left since", async () => {
    const hook = await endpoint({ verification: { scheme: "hmac", header: "X-Sig" } }, "k");
    await hook.send("{}", { "x-sig": hmac("k", "{}") });
    await verifyFrom(hook, byBasic);
    expect(await replay(hook)).toMatchObject([{ id: null, message: expect.stringContaining("when it verified by HMAC signature") }]);
    // One that asks for nothing takes everything.
    await verifyFrom(hook, { scheme: "none" });
    expect(await replay(hook)).toMatchObject([{ status: "accepted" }]);
  });

  test("nor given to a user where nobody could be found for it", async () => {
    const hook = await endpoint({ user: { by: "user_id", path: "$.user" } });
    await hook.send('{"forged":true}');
    await verifyFrom(hook, byBasic, "k");
    const keys = (await hook.deliveries()).map(keyOf);
    const settled = [
      ...(await mapUnattributed(spine, scope, actor, { keys, userId: users.ada! })),
      ...(await releaseQuarantined(spine, scope, actor, { keys })),
    ];
    expect(settled).toMatchObject([1, 2].map(() => ({ released: false, status: "unattributed" })));
    expect(await hook.runs()).toEqual([]);
  });
});

describe("the answer", () => {
  test("is the whole body, for an API that wants it back", async () => {
    const hook = await endpoint({ response: { kind: "echo", what: "body" } });
    const response = await hook.send('{"a": 1}');
    expect([response.headers.get("content-type"), await response.text()]).toEqual(["application/json", '{"a": 1}']);
    const html = await hook.send("<script>1</script>", { "content-type": "text/html" });
    expect(html.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  });

  test("gives a challenge back, by GET and by POST, and starts no run for it", async () => {
    const response = { kind: "echo", what: "field", path: "$.challenge", query: "hub.challenge" };
    const hook = await endpoint({ response, verification: { scheme: "hmac", header: "X-Sig" } }, "k");
    const got = await hook.send("", {}, "?hub.challenge=abc%26d", "GET");
    expect([got.status, got.headers.get("content-type"), await got.text()]).toEqual([200, "text/plain; charset=utf-8", "abc&d"]);
    const text = '{"challenge":"xyz"}';
    const posted = await hook.send(text, { "x-sig": hmac("k", text) });
    expect(await posted.text()).toBe("xyz");
    expect((await hook.send(text, { "x-sig": "00" })).status, "a POST is verified first").toBe(401);
    expect((await hook.send(text, { "x-sig": "00" }, "?hub.challenge=a")).status, "by query too").toBe(401);
    expect(await (await hook.send("{}", { "x-sig": hmac("k", "{}") }, "?hub.challenge=b")).text()).toBe("b");
    expect((await hook.send('{"n":1}', { "x-sig": hmac("k", '{"n":1}') })).status).toBe(200);
    expect(await hook.runs()).toHaveLength(1);
    expect((await hook.send("", {}, "", "HEAD")).status).toBe(200);
    expect((await hook.send("", {}, "", "GET")).status).toBe(400);
  });

  test("is a status, headers and a body of one's own", async () => {
    const response = {
      kind: "custom",
      status: 202,
      headers: [{ name: "X-Task", value: "{{trigger.body.id}}" }],
      body: '{"got": "{{trigger.body}}", "by": "{{trigger.headers.x-from}}"}',
    };
    const hook = await endpoint({ response });
    const answer = await hook.send('{"id":7}', { "x-from": 'a"b' });
    expect([answer.status, answer.headers.get("x-task"), await answer.json()]).toEqual([202, "7", { got: { id: 7 }, by: 'a"b' }]);
    expect((await hook.send("[]")).status, "a template that fails doesn't lose the event").toBe(200);
    expect(await hook.runs()).toHaveLength(2);
  });

  test("speaks for nothing but itself: opened as a page of the dashboard’s address it runs nothing, and sets nothing there", async () => {
    const html = "<script>alert(document.domain)</script>";
    const named = (name: string) => ({ name, value: "a" });
    const refused = ["Set-Cookie", "Content-Type", "Content-Security-Policy", "Clear-Site-Data", "Refresh", "Location", "Connection"];
    const more = ["Access-Control-Allow-Credentials", "Strict-Transport-Security", "Content-Encoding", "Content-Length", "X-Request-Id"];
    const headers = [...refused, ...more, "X-Own"].map(named);
    const body = TriggerDraft.parse({
      level: "app",
      creation: "manual",
      user: { by: "nobody" },
      response: { kind: "custom", contentType: "text/html", headers, body: html },
    });
    const { id } = await createTrigger(scope, db, actor, { resourceId, name: "Page", body });
    const { problems } = (await readTrigger(scope, world, id))!;
    expect(problems.map(({ path }) => path)).toEqual(headers.slice(0, -1).map((_, index) => `response.headers.${index}.name`));

    const hook = await endpoint({});
    // Stored before such headers were refused.
    await sql`update trigger set body = jsonb_set(body, '{response}', ${sql.json(body.response as never)}) where id = ${hook.id}`;
    const answer = await hook.send("a=<script>", { "content-type": "application/x-www-form-urlencoded" });
    expect(await answer.text()).toBe(html);
    expect(answer.headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'; sandbox");
    expect(answer.headers.get("content-type")).toBe("text/html");
    expect(answer.headers.get("x-own")).toBe("a");
    for (const name of ["set-cookie", "clear-site-data", "refresh", "location", "access-control-allow-credentials", "content-encoding"])
      expect(answer.headers.has(name), name).toBe(false);
    expect(answer.headers.has("strict-transport-security")).toBe(false);
  });

  test.each([
    [204, "application/json"],
    [205, "application/json"],
    [200, "nothing\nX-Evil: 1"],
  ])("of status %i and type %j is sent, however it was stored: the event is kept once", async (status, contentType) => {
    const hook = await endpoint({});
    const response = { kind: "custom", status, contentType, headers: [], body: '{"a":1}' };
    await sql`update trigger set body = jsonb_set(body, '{response}', ${sql.json(response)}) where id = ${hook.id}`;
    const answer = await hook.send("{}");
    expect([answer.status, await answer.text()]).toEqual([status, status === 200 ? response.body : ""]);
    expect(await hook.runs()).toHaveLength(1);
  });

  test("to an address that never was, one that is gone, and a body that is too large", async () => {
    const hook = await endpoint({});
    const unknown = await fetch(`${origin}/hooks/${randomBytes(32).toString("base64url")}`, { method: "POST", body: "{}" });
    await deleteTrigger(scope, db, actor, { triggerId: hook.id });
    const gone = await hook.send("{}");
    expect([unknown.status, gone.status, (await fetch(`${origin}/hooks/x`, { method: "POST" })).status]).toEqual([404, 404, 404]);
    const withoutId = async (response: Response) => (await response.text()).replace(/"requestId":"[^"]*"/, "");
    expect(await withoutId(gone)).toBe(await withoutId(unknown));
    const open = await endpoint({});
    expect((await open.send("x".repeat(1_048_577))).status).toBe(413);
    expect(await open.deliveries()).toEqual([]);
  });
});

describe("a signed token", () => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  let served = 0;
  let kid = "k1";
  let whenAsked = async () => {};
  const server = createServer(async (_request, response) => {
    served += 1;
    await whenAsked();
    response.end(JSON.stringify({ keys: [{ ...publicKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" }] }));
  });
  let jwksUrl = "";
  let guarded: OpenSpine;
  let api: ReturnType<typeof createApi>;
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    jwksUrl = `http://127.0.0.1:${port}/jwks`;
    guarded = openSpine({ db, sql, close: async () => {} }, { outboundAllow: `127.0.0.1/32:${port}`, onError: () => {} });
    api = createApi({ spine: guarded, onError: () => {} });
  });
  afterAll(async () => {
    server.close();
    await guarded.close();
  });
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = (claims: object, header: object = {}) => {
    const input = `${part({ alg: "RS256", kid: "k1", ...header })}.${part({ exp: Math.floor(Date.now() / 1000) + 60, ...claims })}`;
    return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
  };

  test("by a key of the sender's JWKS is taken; another audience, an ended one, one without end and an unsigned one are refused", async () => {
    const hook = await endpoint({ verification: { scheme: "jwt", jwksUrl, audience: "us" } });
    const send = async (jwt: string) =>
      (await api.request(hook.path, { method: "POST", body: "{}", headers: { authorization: `Bearer ${jwt}` } })).status;
    expect(await send(token({ aud: "us" }))).toBe(200);
    expect(await send(token({ aud: "them" }))).toBe(401);
    expect(await send(token({ aud: "us", exp: 1 }))).toBe(401);
    expect(await send(token({ aud: "us", exp: undefined }))).toBe(401);
    expect(await send(`${part({ alg: "none" })}.${part({ aud: "us", exp: 9999999999 })}.`)).toBe(401);
    const hs = `${part({ alg: "HS256", kid: "k1" })}.${part({ aud: "us", exp: 9999999999 })}`;
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    expect(await send(`${hs}.${createHmac("sha256", pem).update(hs).digest("base64url")}`)).toBe(401);
    for (let n = 0; n < 5; n++) expect(await send(token({ aud: "us" }, { kid: `made-up-${n}` }))).toBe(401);
    expect(served, "made-up key ids make us call no more than once").toBeLessThanOrEqual(2);
    expect(await hook.runs()).toHaveLength(1);
  });

  test("that came just after its sender had changed keys is released later: they are asked for by today's clock, with nothing held", async () => {
    const hook = await endpoint({ verification: { scheme: "jwt", jwksUrl, audience: "us" } });
    const send = async (header: object) =>
      (
        await api.request(hook.path, {
          method: "POST",
          body: "{}",
          headers: { authorization: `Bearer ${token({ aud: "us" }, header)}` },
        })
      ).status;
    expect(await send({})).toBe(200);
    kid = "k2";
    expect([await send({ kid: "k2" }), await send({ kid: "k2" })]).toEqual([401, 401]);
    const refused = (await hook.deliveries()).slice(0, 2);
    const before = served;
    let held: unknown = null;
    whenAsked = async () => {
      await sql`select 1 from delivery where id in ${sql(refused.map(({ id }) => id))} for update nowait`.catch((error) => {
        held = error;
      });
    };
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_600_000 });
    const released = await releaseQuarantined(guarded, scope, actor, { keys: refused.map(keyOf) }).finally(() => vi.useRealTimers());
    whenAsked = async () => {};
    expect(released.map(({ status, message }) => [status, message])).toEqual(refused.map(() => ["accepted", null]));
    expect(held).toBeNull();
    expect(served - before, "once for both").toBe(1);
    expect(await hook.runs()).toHaveLength(3);
  });

  test("whose keys can't be fetched: whoever sends tokens makes us ask once in a while, not each time", async () => {
    let asked = 0;
    const away = createServer((_request, response) => {
      asked += 1;
      response.writeHead(503).end();
    });
    await new Promise<void>((resolve) => away.listen(0, "127.0.0.1", resolve));
    const { port } = away.address() as AddressInfo;
    const own = openSpine({ db, sql, close: async () => {} }, { outboundAllow: `127.0.0.1/32:${port}`, onError: () => {} });
    const door = createApi({ spine: own, onError: () => {} });
    const hook = await endpoint({ verification: { scheme: "jwt", jwksUrl: `http://127.0.0.1:${port}/jwks`, audience: "us" } });
    const send = async (kid: string) => {
      const headers = { authorization: `Bearer ${token({ aud: "us" }, { kid })}` };
      return (await door.request(hook.path, { method: "POST", body: "{}", headers })).status;
    };
    for (let n = 0; n < 5; n++) expect(await send(`made-up-${n}`)).toBe(503);
    expect(asked).toBe(1);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 31_000 });
    await send("later").finally(() => vi.useRealTimers());
    expect(asked).toBe(2);
    away.close();
    await own.close();
  });

  test("whose keys stand at a private address that nobody allowed is refused, with 503", async () => {
    const hook = await endpoint({ verification: { scheme: "jwt", jwksUrl: "http://127.0.0.1:1/jwks", audience: "us" } });
    const response = await api.request(hook.path, {
      method: "POST",
      body: "{}",
      headers: { authorization: `Bearer ${token({ aud: "us" })}` },
    });
    expect(response.status).toBe(503);
    expect(await hook.deliveries()).toMatchObject([{ status: "refused", reason: "keys_unavailable" }]);
  });
});

test("what authenticates is never stored readable: not a shared secret, a password, or a token", async () => {
  const canary = `canary-${randomBytes(12).toString("hex")}`;
  const shared = await endpoint({ verification: { scheme: "shared_secret", name: "X-Token" } }, canary);
  await shared.send(`{"echoed":"no"}`, { "x-token": canary });
  const basic = await endpoint({ verification: { scheme: "basic", username: "ada" } }, canary);
  await basic.send("{}", { authorization: `Basic ${Buffer.from(`ada:${canary}`).toString("base64")}` });
  const refused = await basic.send("{}", { authorization: `Basic ${Buffer.from(`eve:${canary}`).toString("base64")}` });
  expect(refused.headers.get("www-authenticate")).toBe('Basic realm="Webhook"');
  const inQuery = await endpoint({ verification: { scheme: "shared_secret", place: "query", name: "k" } }, canary);
  await inQuery.send("{}", {}, `?k=${canary}`);
  await new Promise((resolve) => setTimeout(resolve, 50));
  await spine.close();
  const tables = ["delivery", "trigger", "trigger_secret", "activity", "audit", "run"];
  for (const table of tables) {
    const [row] = await sql`select coalesce(string_agg(t::text, ' '), '') as text from ${sql(table)} t`;
    for (const spelling of [canary, Buffer.from(canary).toString("base64").slice(0, -4), Buffer.from(`ada:${canary}`).toString("base64")])
      expect(row!.text.includes(spelling) ? table : "nowhere").toBe("nowhere");
  }
  expect(world.errors).toEqual([]);
});
