import { describe, expect, test } from "vitest";
import { listSubscriptions, listTriggers } from "#db/queries/triggers.ts";
import { listReadyTriggers } from "#db/queries/workflows.ts";
import { tasklabDraft, testApi } from "#server/api/testing.ts";
import { addTriggerSecret, removeTriggerSecret } from "./change-trigger-secrets.ts";
import { createTrigger } from "./create-trigger.ts";
import { deleteTrigger } from "./delete-trigger.ts";
import { discardTriggerDraft, finishTrigger } from "./finish-trigger.ts";
import { makeUserUrl } from "./make-user-url.ts";
import { readTrigger } from "./read-trigger.ts";
import { saveTriggerDraft } from "./save-trigger-draft.ts";
import { TriggerDraft } from "./schema.ts";
import { updateTrigger } from "./update-trigger.ts";

const world = await testApi();
const { db, sql, scope, actor, publish, tasklab, secondProject, connect } = world;
const resourceId = await publish("TaskLab", tasklabDraft.apiKey(tasklab.url));
const elsewhere = await secondProject();

const byHand = (more: object) => TriggerDraft.parse({ level: "app", creation: "manual", user: { by: "nobody" }, ...more });
const make = async (name: string, body?: TriggerDraft) => (await createTrigger(scope, db, actor, { resourceId, name, body })).id;

describe("a trigger", () => {
  test("is ready once nothing is missing, its secret included, and says what is", async () => {
    const id = await make("Signed", byHand({ verification: { scheme: "hmac", header: "X-Sig" } }));
    expect(await readTrigger(scope, world, id)).toMatchObject({ ready: false, problems: [{ path: "secret" }] });
    const { id: secretId } = await addTriggerSecret(scope, db, actor, { triggerId: id, value: "0123456789abcdefghij" });
    const ready = await readTrigger(scope, world, id);
    expect(ready).toMatchObject({ ready: true, problems: [], secrets: [{ hint: "ghij", lastSeenAt: null }] });
    expect(ready?.url).toMatch(/\/hooks\/[A-Za-z0-9_-]{43}$/);
    await removeTriggerSecret(scope, db, actor, { triggerId: id, secretId });
    expect(await readTrigger(scope, world, id)).toMatchObject({ ready: false, secrets: [] });
  });

  test("doesn't go by a profile's id where users choose the host that tells it", async () => {
    const free = await publish("Anywhere", {
      ...{ level: "user", authType: "api_key", apiKeys: [{ name: "key" }] },
      ...{ inputs: [{ key: "host", title: "Host" }], request: { baseUrl: "https://{{inputs.host}}" } },
    } as never);
    const body = byHand({ user: { by: "profile_id", path: "$.user" }, verification: { scheme: "none" } });
    const made = await createTrigger(scope, db, actor, { resourceId: free, name: "By profile", body });
    expect(await readTrigger(scope, world, made.id)).toMatchObject({
      ready: false,
      problems: [{ path: "user.by", message: expect.stringContaining("inputs.host") }],
    });
    expect(await readTrigger(scope, world, await make("By profile", body))).toMatchObject({ ready: true, problems: [] });
  });

  test("has two live secrets at most: a third takes the oldest one's place", async () => {
    const id = await make("Rotating", byHand({ verification: { scheme: "hmac" } }));
    const [, second, third] = [
      await addTriggerSecret(scope, db, actor, { triggerId: id, value: "one" }),
      await addTriggerSecret(scope, db, actor, { triggerId: id, value: "two" }),
      await addTriggerSecret(scope, db, actor, { triggerId: id, value: "three" }),
    ];
    expect((await readTrigger(scope, world, id))?.secrets.map((one) => one.id)).toEqual([third.id, second.id]);
  });

  test("that another member saved meanwhile isn't overwritten, and a taken name is refused", async () => {
    const id = await make("Saved twice");
    const body = TriggerDraft.parse({});
    expect(await updateTrigger(scope, db, actor, { triggerId: id, version: 1, body })).toMatchObject({ version: 2, ready: true });
    await expect(updateTrigger(scope, db, actor, { triggerId: id, version: 1, body })).rejects.toMatchObject({ code: "conflict" });
    await expect(make("SAVED twice")).rejects.toMatchObject({ code: "conflict" });
  });

  test("keeps what is typed beside what holds, once it was finished", async () => {
    const id = await make("Edited live");
    const [typed, more] = [byHand({ response: { kind: "echo" } }), byHand({ verification: { scheme: "hmac" } })];
    const save = (version: number, body: TriggerDraft, name = "Edited live") =>
      saveTriggerDraft(scope, db, actor, { triggerId: id, version, draft: { name, body } });

    expect(await save(1, typed)).toMatchObject({ kind: "saved", version: 2, problems: [] });
    expect(await readTrigger(scope, world, id), "before Finish it is what is tried").toMatchObject({
      ready: true,
      draft: null,
      body: typed,
    });
    const offered = async () => (await listReadyTriggers(scope, db)).some((one) => one.id === id);
    expect(await offered(), "no workflow may start with it yet").toBe(false);
    await finishTrigger(scope, db, actor, { triggerId: id, version: 2 });
    expect(await offered()).toBe(true);

    expect(await save(3, more, "Renamed")).toMatchObject({ kind: "saved", version: 4, problems: [{ path: "secret" }] });
    expect(await readTrigger(scope, world, id)).toMatchObject({ name: "Renamed", ready: true, body: typed, draft: more });
    await expect(finishTrigger(scope, db, actor, { triggerId: id, version: 4 })).rejects.toMatchObject({
      code: "conflict",
      details: { fields: { secret: expect.any(String) } },
    });
    const other = byHand({ response: { kind: "echo" }, networks: ["192.0.2.0/24"] });
    await updateTrigger(scope, db, actor, { triggerId: id, version: 4, body: other });
    expect((await readTrigger(scope, world, id))?.draft, "upon a change that holds at once").toEqual({ ...more, networks: other.networks });
    await discardTriggerDraft(scope, db, actor, { triggerId: id, version: 5 });
    expect(await readTrigger(scope, world, id)).toMatchObject({ draft: null, body: other, problems: [] });
  });

  test("that another tab saved meanwhile answers with theirs, and its member", async () => {
    const id = await make("Two tabs");
    const draft = { name: "Two tabs", body: byHand({}) };
    await saveTriggerDraft(scope, db, actor, { triggerId: id, version: 1, draft });
    const late = await saveTriggerDraft(scope, db, actor, { triggerId: id, version: 1, draft: { ...draft, body: TriggerDraft.parse({}) } });
    expect(late).toMatchObject({ kind: "conflict", version: 2, theirs: draft, by: expect.any(String) });
    await expect(finishTrigger(scope, db, actor, { triggerId: id, version: 1 })).rejects.toMatchObject({ code: "conflict" });
  });

  test.each<[string, object, string]>([
    ["an app-level event without a way to its user", { user: { by: "url" } }, "user.by"],
    ["a path that doesn't parse", { user: { by: "user_id", path: "$.[" } }, "user.path"],
    [
      "a signature that leaves the body out",
      { verification: { scheme: "hmac", signed: "{timestamp}", timestampHeader: "X-T" } },
      "verification.signed",
    ],
    ["a time from nowhere", { verification: { scheme: "hmac", signed: "{timestamp}.{body}" } }, "verification.timestampHeader"],
    ["a token that anybody's would do for", { verification: { scheme: "jwt", jwksUrl: "https://a.example/jwks" } }, "verification.issuer"],
    ["an allow-list without addresses", { verification: { scheme: "ip" } }, "networks"],
    ["a response that reads what isn't there", { response: { kind: "custom", body: '{"a": "{{inputs.tenant}}"}' } }, "response.body"],
    [
      "a request that tells no URL",
      { creation: "request", subscription: { create: { method: "POST", path: "/hooks" } } },
      "subscription.create.body.text",
    ],
  ])("isn't ready with %s", async (name, more, path) => {
    const id = await make(name, byHand(more));
    const view = await readTrigger(scope, world, id);
    expect(view?.ready).toBe(false);
    expect(view?.problems.map((problem) => problem.path)).toContain(path);
  });

  test("gives each user a URL of their own, the same every time", async () => {
    const id = await make("Theirs");
    await connect(resourceId, { tenant: "northgate", username: "ada", password: "lovelace-1843" });
    const [user] = await sql`select id from connected_user where external_id = 'user-1'`;
    const first = await makeUserUrl(scope, db, actor, { triggerId: id, userId: user!.id });
    expect(await makeUserUrl(scope, db, actor, { triggerId: id, userId: user!.id })).toEqual(first);
    expect(first.url).not.toBe((await readTrigger(scope, world, id))?.url);
  });

  test("of another project is one that doesn't exist, for every verb", async () => {
    const id = await make("Ours");
    const body = TriggerDraft.parse({});
    const nothing = { code: "not_found" };
    expect(await readTrigger(elsewhere, world, id)).toBeNull();
    await expect(updateTrigger(elsewhere, db, actor, { triggerId: id, version: 1, body })).rejects.toMatchObject(nothing);
    const draft = { name: "Ours", body };
    await expect(saveTriggerDraft(elsewhere, db, actor, { triggerId: id, version: 1, draft })).rejects.toMatchObject(nothing);
    await expect(finishTrigger(elsewhere, db, actor, { triggerId: id, version: 1 })).rejects.toMatchObject(nothing);
    await expect(discardTriggerDraft(elsewhere, db, actor, { triggerId: id, version: 1 })).rejects.toMatchObject(nothing);
    expect((await listSubscriptions(elsewhere, sql, { triggerId: id })).rows).toEqual([]);
    await expect(addTriggerSecret(elsewhere, db, actor, { triggerId: id, value: "x" })).rejects.toMatchObject(nothing);
    await expect(deleteTrigger(elsewhere, db, actor, { triggerId: id })).rejects.toMatchObject(nothing);
    await expect(createTrigger(elsewhere, db, actor, { resourceId, name: "Theirs" })).rejects.toMatchObject(nothing);
    expect(await listTriggers(elsewhere, sql)).toEqual([]);
  });

  test("that is deleted is gone from lists, with its secrets; its name is free", async () => {
    const id = await make("Short-lived", byHand({ verification: { scheme: "hmac" } }));
    await addTriggerSecret(scope, db, actor, { triggerId: id, value: "x" });
    await deleteTrigger(scope, db, actor, { triggerId: id });
    expect(await readTrigger(scope, world, id)).toBeNull();
    expect((await listTriggers(scope, sql, { resourceId })).map((one) => one.id)).not.toContain(id);
    expect(await sql`select 1 from trigger_secret where trigger_id = ${id}`).toHaveLength(0);
    await make("Short-lived");
  });
});
