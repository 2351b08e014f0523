/** A resource from its draft to its deletion. One file, since each of its tests goes on from the same few steps. */
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { findResource, findRevision, listAliases } from "#db/queries/resources.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { createResource } from "./create-resource.ts";
import { deleteResource, restoreResource, shredDeletedResources } from "./delete-resource.ts";
import { openClientSecret } from "./draft-secrets.ts";
import { duplicateResource } from "./duplicate-resource.ts";
import { publishResource } from "./publish-resource.ts";
import { removeAlias, renameResource } from "./rename-resource.ts";
import { restoreRevision } from "./restore-revision.ts";
import { saveDraft } from "./save-draft.ts";
import { emptyDraft, ResourceDraft } from "./schema.ts";
import { findNameHolder } from "./take-name.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const scope = { projectId: admin.projectId };
const other = { projectId: (await createProject(db, actor, { name: "Other", adminId: admin.memberId })).id };
const allowsHttp = () => false;

const draftOf = (given: object): ResourceDraft => ResourceDraft.parse({ ...emptyDraft(), ...given });
const keysDraft = draftOf({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  request: { baseUrl: "https://api.example.com" },
});
const oauthDraft = (accessTokenUrl = "https://auth.example.com/token", inputs: object[] = []) =>
  draftOf({
    level: "user",
    authType: "oauth2_refresh_token",
    inputs,
    oauth: { accessTokenUrl, clientId: "client" },
    request: { baseUrl: "https://api.example.com" },
  });

let counter = 0;
const create = async (name = `Resource ${counter++}`) => (await createResource(scope, db, actor, { name })).id;
const find = async (id: string) => (await findResource(scope, db, id))!;
const save = async (resourceId: string, body: ResourceDraft, secrets: { clientSecret?: string } = {}, version?: number) =>
  await saveDraft(scope, db, actor, { resourceId, body, secrets, version: version ?? (await find(resourceId)).draft.version });
const publish = (resourceId: string) => publishResource(scope, db, actor, { resourceId, allowsHttp });
const codeOf = async (act: Promise<unknown>) =>
  act.then(
    () => "done",
    (error: unknown) => (error instanceof AppError ? error.code : `not an AppError: ${error}`),
  );

describe("a draft", () => {
  test("saved on an older version changes nothing, and gets to see what stands there", async () => {
    const id = await create();
    await save(id, keysDraft, {}, 1);
    const late = await save(id, emptyDraft(), {}, 1);
    expect(late).toMatchObject({ kind: "conflict", version: 2, theirs: { authType: "api_key" } });
    expect((await find(id)).draft).toMatchObject({ version: 2, body: { authType: "api_key" } });
  });

  test("saved by twenty tabs at once is saved once", async () => {
    const id = await create();
    const ends = await Promise.all(Array.from({ length: 20 }, () => save(id, keysDraft, {}, 1)));
    expect(ends.filter(({ kind }) => kind === "saved")).toHaveLength(1);
    expect((await find(id)).draft.version).toBe(2);
  });

  test("with U+0000 or half a character in a pasted text is saved", async () => {
    const id = await create();
    const body = draftOf({ ...keysDraft, request: { baseUrl: "https://a\u0000b\ud83d" }, appearance: { description: "\u0000" } });
    expect(await save(id, body)).toMatchObject({ kind: "saved", body: { request: { baseUrl: "https://a\ufffdb\ufffd" } } });
  });

  test("of another project, and of a deleted resource, isn't there", async () => {
    const id = await create();
    const foreign = saveDraft(other, db, actor, { resourceId: id, version: 1, body: keysDraft, secrets: {} });
    expect(await codeOf(foreign)).toBe("not_found");
    await deleteResource(scope, db, actor, { resourceId: id });
    expect(await codeOf(saveDraft(scope, db, actor, { resourceId: id, version: 1, body: keysDraft, secrets: {} }))).toBe("not_found");
  });

  test("can't change the level once live", async () => {
    const id = await create();
    await save(id, keysDraft);
    await publish(id);
    expect(await codeOf(save(id, draftOf({ ...keysDraft, level: "app" })))).toBe("conflict");
    expect((await find(id)).draft.body.level).toBe("user");
  });
});

describe("a client secret", () => {
  test("typed is sealed, referred to, and never in the body or the audit log", async () => {
    const id = await create();
    const saved = await save(id, oauthDraft(), { clientSecret: "canary-client-secret" });
    expect(saved).toMatchObject({ kind: "saved", body: { oauth: { clientSecret: { kind: "sealed" } } } });
    const [row] = await sql`select (select string_agg(to_jsonb(d)::text, '') from resource_draft d) as drafts,
      (select string_agg(to_jsonb(a)::text, '') from audit a) as audits, (select count(*)::int from audit where action = 'resource.set-secret' and subject = ${`resource:${id}`}) as n`;
    expect(row!.n).toBe(1);
    expect(`${row!.drafts}${row!.audits}`).not.toContain("canary-client-secret");
  });

  test("of another resource, or of another project, can't be referred to", async () => {
    const owner = await create();
    const saved = await save(owner, oauthDraft(), { clientSecret: "s" });
    const clientSecret = saved.kind === "saved" ? saved.body.oauth.clientSecret! : null;
    const thief = await create();
    const body = oauthDraft("https://evil.example/token");
    body.oauth.clientSecret = clientSecret!;
    expect(await codeOf(save(thief, body))).toBe("bad_input");
    const { id: abroad } = await createResource(other, db, actor, { name: "Abroad" });
    expect(await codeOf(saveDraft(other, db, actor, { resourceId: abroad, version: 1, body, secrets: {} }))).toBe("bad_input");
    // Nor when such a reference got into a draft in some other way: publishing asks for the secret.
    await sql`update resource_draft set body = ${sql.json(body as never)} where resource_id = ${thief}`;
    await expect(publish(thief)).rejects.toMatchObject({ details: { fields: { "oauth.clientSecret": /isn't stored any more/ } } });
    if (clientSecret?.kind !== "sealed") throw new Error("not sealed");
    const open = openClientSecret(scope, db, {
      resourceId: thief,
      id: clientSecret.id,
      accessTokenUrl: "https://auth.example.com/token",
      inputs: [],
    });
    expect(await codeOf(open)).toBe("bad_input");
  });

  test("stays with the host it was typed for: another host, port or list of hosts needs it typed again", async () => {
    const list = (choices: string[]) => [{ key: "host", title: "Host", accepts: { kind: "choices", choices } }];
    const moves: [from: ResourceDraft, to: ResourceDraft][] = [
      [oauthDraft(), oauthDraft("https://evil.example/token")],
      [oauthDraft(), oauthDraft("https://auth.example.com:8443/token")],
      [oauthDraft(), oauthDraft("https://auth.example.com@evil.example/token")],
      [
        oauthDraft("https://{{inputs.host}}/t", list(["a.example"])),
        oauthDraft("https://{{inputs.host}}/t", list(["a.example", "evil.example"])),
      ],
      [oauthDraft("https://{{inputs.host}}/t", list(["a.example"])), oauthDraft("https://{{ inputs['host'] }}/t", list(["evil.example"]))],
    ];
    for (const [from, to] of moves) {
      const id = await create();
      const saved = await save(id, from, { clientSecret: "s" });
      if (saved.kind !== "saved" || saved.body.oauth.clientSecret?.kind !== "sealed") throw new Error("not sealed");
      const { clientSecret } = saved.body.oauth;
      await publish(id);
      await save(id, { ...to, oauth: { ...to.oauth, clientSecret } });
      await expect(publish(id), to.oauth.accessTokenUrl).rejects.toMatchObject({ code: "bad_input" });
      const inputs = to.inputs as never;
      const open = openClientSecret(scope, db, { resourceId: id, id: clientSecret.id, accessTokenUrl: to.oauth.accessTokenUrl, inputs });
      expect(await codeOf(open)).toBe("bad_input");
      await save(id, from.oauth.clientSecret ? from : { ...from, oauth: { ...from.oauth, clientSecret } });
      await publish(id);
    }
  });

  test("isn't brought back by an old revision: today's stays", async () => {
    const id = await create();
    await save(id, oauthDraft(), { clientSecret: "old" });
    await publish(id);
    const renewed = await save(id, oauthDraft(), { clientSecret: "new" });
    await publish(id);
    await restoreRevision(scope, db, actor, { resourceId: id, number: 1 });
    const today = renewed.kind === "saved" ? renewed.body.oauth.clientSecret : undefined;
    expect((await find(id)).draft.body.oauth.clientSecret).toEqual(today);
    expect((await find(id)).draft.version).toBe(4);
  });
});

test("an old revision brings back which Required Input holds the Client Secret, and never a sealed one in its place", async () => {
  const id = await create();
  const byInput = { kind: "input", key: "secret" } as const;
  const sealed = oauthDraft();
  const withInput = oauthDraft(sealed.oauth.accessTokenUrl, [{ key: "secret", title: "Secret", secret: true }]);
  const own = { ...withInput, oauth: { ...withInput.oauth, clientSecret: byInput } };
  await save(id, own);
  await publish(id);
  await save(id, sealed, { clientSecret: "s" });
  await publish(id);
  const secretAfter = async (number: number) => {
    await restoreRevision(scope, db, actor, { resourceId: id, number });
    return (await find(id)).draft.body.oauth.clientSecret;
  };
  expect(await secretAfter(1)).toEqual(byInput);
  await publish(id);
  expect(await secretAfter(2), "it has to be typed again").toBeUndefined();
});

describe("publishing", () => {
  test("makes numbered revisions that later edits don't touch", async () => {
    const id = await create();
    await save(id, keysDraft);
    expect((await publish(id)).number).toBe(1);
    await save(id, draftOf({ ...keysDraft, request: { baseUrl: "https://two.example.com" } }));
    expect((await publish(id)).number).toBe(2);
    const baseUrlOf = async (number: number) => (await findRevision(scope, db, id, number))?.body.request.baseUrl;
    expect(await baseUrlOf(1)).toBe("https://api.example.com");
    expect(await baseUrlOf(2)).toBe("https://two.example.com");
    expect(await baseUrlOf(3)).toBeUndefined();
  });

  test("with something missing names every field, and publishes nothing", async () => {
    const id = await create();
    await expect(publish(id)).rejects.toMatchObject({ code: "bad_input" });
    expect((await find(id)).liveRevision).toBeNull();
  });

  test("of a version that was changed meanwhile is refused", async () => {
    const id = await create();
    await save(id, keysDraft);
    expect(await codeOf(publishResource(scope, db, actor, { resourceId: id, version: 1, allowsHttp }))).toBe("conflict");
  });

  test("and saving at once, many times over, never wait for each other", async () => {
    const id = await create();
    await save(id, keysDraft);
    for (let round = 0; round < 8; round++) {
      const { version } = (await find(id)).draft;
      const ends = await Promise.allSettled([save(id, keysDraft, {}, version), publish(id), save(id, keysDraft, {}, version), publish(id)]);
      expect(ends.filter((end) => end.status === "rejected")).toEqual([]);
    }
  });
});

describe("a name", () => {
  test("is taken in every spelling that looks the same", async () => {
    await create("Task Lab");
    for (const name of ["task lab", " TASK LAB ", "Ｔａｓｋ Lab", "Task\u00a0Lab"])
      expect(await codeOf(create(name)), name).toBe("conflict");
    await create("Café");
    expect(await codeOf(create("CAFE\u0301"))).toBe("conflict");
    await createResource(other, db, actor, { name: "Task Lab" });
  });

  test.each([
    ".",
    "..",
    "a/b",
    "a?b",
    "a#b",
    "a%b",
    "a\\b",
    "{a}",
    "a\u0000",
    "a\u202eb",
    "Task\u200bLab",
    "a\ud83d",
    "",
    "  ",
    "x".repeat(65),
    crypto.randomUUID(),
    "_api",
    " _API",
    "＿ａｐｉ",
  ])("%j is refused", async (name) => {
    await expect(create(name)).rejects.toThrow();
  });

  test("wanted by ten at once goes to one, and nine are told", async () => {
    const ends = await Promise.all(Array.from({ length: 10 }, () => codeOf(create("Wanted"))));
    expect(ends.sort()).toEqual([...Array(9).fill("conflict"), "done"]);
    const [row] =
      await sql`select count(*)::int as n from resource r where not exists (select 1 from resource_name n where n.resource_id = r.id) and deleted_at is null`;
    expect(row!.n, "nobody was made without a name").toBe(0);
  });

  test("stays an alias after a rename: taken for others, free to be taken back, and gone once removed", async () => {
    const id = await create("Before");
    await renameResource(scope, db, actor, { resourceId: id, name: "After" });
    expect((await find(id)).name).toBe("After");
    expect((await listAliases(scope, db, id)).map(({ name }) => name)).toEqual(["Before"]);
    await expect(create("before")).rejects.toThrow(/old name of another resource/);
    await renameResource(scope, db, actor, { resourceId: id, name: "BEFORE" });
    expect((await find(id)).name).toBe("BEFORE");
    expect(await codeOf(removeAlias(scope, db, actor, { resourceId: id, name: "BEFORE" })), "the current name is no alias").toBe(
      "not_found",
    );
    await removeAlias(scope, db, actor, { resourceId: id, name: "After" });
    await create("After");
  });
});

describe("a copy", () => {
  test("has everything but the secrets, and a free name", async () => {
    const id = await create("Copied");
    await save(id, oauthDraft(), { clientSecret: "s" });
    const first = await duplicateResource(scope, db, actor, { resourceId: id });
    const second = await duplicateResource(scope, db, actor, { resourceId: id });
    expect([(await find(first.id)).name, (await find(second.id)).name]).toEqual(["Copied copy", "Copied copy 2"]);
    const { body } = (await find(first.id)).draft;
    expect(body.oauth).toMatchObject({ accessTokenUrl: "https://auth.example.com/token", clientId: "client" });
    expect(body.oauth.clientSecret).toBeUndefined();
  });

  test("of a long name never ends in half a character", async () => {
    const id = await create(`${"x".repeat(58)}😀😀😀`);
    const copy = await duplicateResource(scope, db, actor, { resourceId: id });
    expect((await find(copy.id)).name).toBe(`${"x".repeat(58)} copy`);
  });

  test("of another project's resource can't be made", async () => {
    expect(await codeOf(duplicateResource(other, db, actor, { resourceId: await create() }))).toBe("not_found");
  });
});

describe("a deleted resource", () => {
  test("frees its names at once; brought back, it asks for another when its own was taken", async () => {
    const id = await create("Gone");
    await deleteResource(scope, db, actor, { resourceId: id });
    expect(await codeOf(deleteResource(scope, db, actor, { resourceId: id }))).toBe("not_found");
    expect(await findNameHolder(scope, db, "Gone")).toBeNull();
    await create("gone");
    expect(await codeOf(restoreResource(scope, db, actor, { resourceId: id }))).toBe("conflict");
    expect(await findResource(scope, db, id), "a refused undo leaves it deleted").toBeNull();
    await restoreResource(scope, db, actor, { resourceId: id, name: "Back" });
    expect((await find(id)).name).toBe("Back");
    expect(await codeOf(restoreResource(scope, db, actor, { resourceId: id, name: "Again" }))).toBe("not_found");
  });

  test("can be brought back for seven days; then its secrets are shredded, and those of no other", async () => {
    const ids = [await create(), await create(), await create()] as const;
    for (const id of ids) await save(id, oauthDraft(), { clientSecret: `of ${id}` });
    const [old, recent, kept] = ids;
    for (const id of [old, recent]) await deleteResource(scope, db, actor, { resourceId: id });
    await sql`update resource set deleted_at = now() - interval '7 days 1 second' where id = ${old}`;
    await sql`update resource set deleted_at = now() - interval '6 days 23 hours' where id = ${recent}`;
    expect(await codeOf(restoreResource(scope, db, actor, { resourceId: old }))).toBe("not_found");
    await Promise.all([shredDeletedResources(db), shredDeletedResources(db)]);
    const left = await sql<{ owner: string }[]>`select owner from sealed_value where owner = any(${ids.map((id) => `resource:${id}`)})`;
    expect(left.map(({ owner }) => owner).sort()).toEqual([`resource:${recent}`, `resource:${kept}`].sort());
    const [row] =
      await sql`select (select count(*)::int from resource where id = ${old}) as resources, (select count(*)::int from resource_draft where resource_id = ${old}) as drafts`;
    expect(row).toEqual({ resources: 0, drafts: 0 });
    await restoreResource(scope, db, actor, { resourceId: recent });
  });

  test("of another project can't be deleted, renamed, restored or brought back", async () => {
    const id = await create();
    for (const act of [
      () => deleteResource(other, db, actor, { resourceId: id }),
      () => renameResource(other, db, actor, { resourceId: id, name: "Mine" }),
      () => restoreRevision(other, db, actor, { resourceId: id, number: 1 }),
      () => restoreResource(other, db, actor, { resourceId: id }),
      () => publishResource(other, db, actor, { resourceId: id, allowsHttp }),
    ])
      expect(await codeOf(act())).toBe("not_found");
  });
});
