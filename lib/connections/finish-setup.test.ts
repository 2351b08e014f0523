import { expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { tasklabDraft, testApi } from "../../server/api/testing.ts";
import { finishSetup } from "./finish-setup.ts";
import { keepTyped } from "./keep-typed.ts";
import type { TestValues } from "./schema.ts";
import { testResource } from "./test-resource.ts";
import { findAppCredential, findTestCredential } from "./test-values.ts";

const { api, spine, tasklab, sql, db, scope, actor, signer, test: send } = await testApi();
const ADA = { username: "ada", password: "lovelace-1843" };
const WRONG = { username: "ada", password: "not the password" };

const keyed = () => {
  const { inputs: _, profile: __, ...given } = tasklabDraft.apiKey(tasklab.url);
  return { ...given, level: "app", request: { baseUrl: `${tasklab.url}/northgate/basic` } };
};
const oauth = (authType: string, clientId: string, clientSecret = false) => ({
  level: "app",
  authType,
  oauth: { accessTokenUrl: `${tasklab.url}/northgate/oauth/token`, clientId, clientAuthentication: clientSecret ? "basic" : "none" },
  request: { baseUrl: `${tasklab.url}/northgate/v3` },
  test: { request: { path: "/tasks" } },
});

async function edit(resourceId: string, given: object, clientSecret?: string): Promise<void> {
  const { version } = (await findResource(scope, db, resourceId))!.draft;
  const body = ResourceDraft.parse({ ...emptyDraft(), ...given });
  await saveDraft(scope, db, actor, { resourceId, version, body, secrets: clientSecret ? { clientSecret } : {} });
}
let counter = 0;
async function draft(given: object, clientSecret?: string): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name: `Finished ${counter++}` });
  await edit(id, given, clientSecret);
  return id;
}
const versionOf = async (resourceId: string) => (await findResource(scope, db, resourceId))!.draft.version;
const type = async (resourceId: string, values: TestValues) =>
  keepTyped(spine, scope, actor, { resourceId, version: await versionOf(resourceId), values });
const finish = async (resourceId: string) => {
  const version = await versionOf(resourceId);
  return finishSetup(spine, scope, actor, { resourceId, version, allowsHttp: spine.allowsHttp });
};
const rows = (resourceId: string) => sql`select owner, status from credential where resource_id = ${resourceId} order by owner`;
const stored = async (resourceId: string, authType: "api_key" | "oauth2_refresh_token" = "api_key") =>
  (await findTestCredential(scope, sql, resourceId, { level: "app", authType }))!;
const call = async (resourceId: string) =>
  (
    await api.request(`/projects/${scope.projectId}/sdk/proxy/${resourceId}/tasks`, {
      headers: { authorization: `Bearer ${signer.sign({ sub: "user-1" })}` },
    })
  ).status;

test("what was typed and never tested goes live with Finish, which says that no test has tried it", async () => {
  const id = await draft(keyed());
  await type(id, { username: ADA.username });
  expect(await rows(id)).toEqual([{ owner: "candidate", status: "PENDING" }]);
  await expect(finish(id)).rejects.toMatchObject({ code: "bad_input", details: { fields: { "testValues.password": expect.any(String) } } });
  await type(id, { password: ADA.password });
  expect(await finish(id)).toEqual({ number: 1, credential: "untested" });
  expect(await rows(id)).toEqual([{ owner: "app", status: "VALID" }]);
  expect(await call(id)).toBe(200);
});

test("a rotated key that was typed replaces the one before, unless it failed its test", async () => {
  const id = await draft(keyed());
  await send(id, WRONG);
  await type(id, ADA);
  expect(await finish(id)).toMatchObject({ credential: "untested" });
  await send(id, WRONG);
  expect(await finish(id)).toMatchObject({ credential: "kept" });
  expect((await rows(id)).length).toBe(2);
  await send(id, ADA);
  expect(await finish(id)).toMatchObject({ credential: "tested" });
  await type(id, { ...ADA, password: "rotated-0123456789" });
  await finish(id);
  expect(await rows(id)).toEqual([{ owner: "app", status: "VALID" }]);
  expect((await stored(id)).secrets.keys.password).toBe("rotated-0123456789");
});

test("without any values Finish publishes nothing, and names the fields", async () => {
  const id = await draft(keyed());
  await expect(finish(id)).rejects.toMatchObject({
    message: expect.stringContaining("Fill in Username, Password in Request Details."),
    details: { fields: { "testValues.username": expect.any(String), "testValues.password": expect.any(String) } },
  });
  expect((await findResource(scope, db, id))!.liveRevision).toBeNull();
});

test("a credential of another authentication type doesn't do", async () => {
  const id = await draft(keyed());
  await type(id, ADA);
  await finish(id);
  await edit(id, oauth("oauth2_refresh_token", "tasklab-public"));
  await expect(finish(id)).rejects.toMatchObject({ message: expect.stringContaining("Fill in Access Token or Refresh Token") });
  await type(id, { access_token: "typed" });
  expect(await finish(id)).toEqual({ number: 2, credential: "untested" });
  expect(await sql`select owner, auth_type from credential where resource_id = ${id}`).toEqual([
    { owner: "app", auth_type: "oauth2_refresh_token" },
  ]);
});

test("client credentials have nothing to type beside the client, and get their token with the first call", async () => {
  const id = await draft(oauth("oauth2_client_credentials", "tasklab-service", true), "service-secret-for-the-demo");
  expect(await finish(id)).toEqual({ number: 1, credential: "untested" });
  expect(await call(id)).toBe(200);
  expect(await finish(id), "a call has proved them").toEqual({ number: 2, credential: "tested" });
});

test("a stored secret isn't bound to other hosts by what is typed beside it", async () => {
  const id = await draft(keyed());
  await type(id, ADA);
  await edit(id, { ...keyed(), request: { baseUrl: "https://evil.example" } });
  await type(id, { username: "eve" });
  expect((await stored(id)).secrets.keys).toEqual({ username: "eve" });
  await expect(finish(id)).rejects.toMatchObject({ details: { fields: { "testValues.password": expect.any(String) } } });
});

test("the live refresh token has no second copy in what is typed", async () => {
  const id = await draft(oauth("oauth2_refresh_token", "tasklab-public"));
  await type(id, { refresh_token: "live-refresh-token" });
  await finish(id);
  await type(id, { access_token: "typed" });
  const { owner, secrets } = await stored(id, "oauth2_refresh_token");
  expect({ owner, ...secrets }).toMatchObject({ owner: "candidate", accessToken: "typed" });
  expect(secrets.refreshToken).toBeUndefined();

  await expect(finish(id), "nor is the one copy dropped by Finish").rejects.toMatchObject({
    details: { fields: { "testValues.refresh_token": expect.any(String) } },
  });
  const live = async () => (await findAppCredential(scope, sql, id, "oauth2_refresh_token"))?.secrets.refreshToken;
  expect(await live()).toBe("live-refresh-token");
  await type(id, { refresh_token: "another-refresh-token", access_token: "typed" });
  expect(await finish(id)).toMatchObject({ credential: "untested" });
  expect(await live()).toBe("another-refresh-token");
});

test("a secret that was typed for one host is neither kept nor sent for one that an editor chose a moment later", async () => {
  const id = await draft(keyed());
  const version = await versionOf(id);
  await edit(id, { ...keyed(), request: { baseUrl: `${tasklab.url}/corvid/basic` } });
  const conflict = { code: "conflict" };
  await expect(keepTyped(spine, scope, actor, { resourceId: id, version, values: ADA })).rejects.toMatchObject(conflict);
  const before = tasklab.log.counters.requests;
  const sent = testResource(spine, scope, actor, { resourceId: id, version, values: ADA, allowsHttp: spine.allowsHttp });
  await expect(sent).rejects.toMatchObject(conflict);
  expect(tasklab.log.counters.requests).toBe(before);
  expect(await rows(id)).toEqual([]);
});

test("what is typed is sealed with its line in the audit log, or not at all", async () => {
  const id = await draft(keyed());
  const lines = () => sql`select detail from audit where subject = ${`resource:${id}`} and action = 'resource.set-secret'`;
  await sql.unsafe("alter table audit add constraint refuses check (action <> 'resource.set-secret') not valid");
  await expect(type(id, ADA)).rejects.toThrow();
  expect(await rows(id)).toEqual([]);
  await sql.unsafe("alter table audit drop constraint refuses");
  await type(id, ADA);
  expect(await lines()).toEqual([{ detail: { fields: ["username", "password"] } }]);
});
