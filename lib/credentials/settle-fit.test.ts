import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { saveCredential } from "./save-credential.ts";
import { settleFit } from "./settle-fit.ts";

process.env.PATCHBAY_KEYS = `k1:${randomBytes(32).toString("base64")}`;
const { db, sql } = await testDatabase();
const admin = (await createFirstAdmin(db, { email: "admin@example.com", password: "correct horse battery" }))!;
const actor: Actor = { kind: "member", id: admin.memberId };
const scope = { projectId: admin.projectId };

async function publish(resourceId: string, draft: object): Promise<void> {
  const body = ResourceDraft.parse({ ...emptyDraft(), level: "user", request: { baseUrl: "https://api.example.com" }, ...draft });
  const { version } = (await findResource(scope, db, resourceId))!.draft;
  await saveDraft(scope, db, actor, { resourceId, version, body, secrets: {} });
  await publishResource(scope, db, actor, { resourceId, allowsHttp: () => false });
}

const oauth = {
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: "https://auth.example.com/token", clientId: "c", clientAuthentication: "none" },
};
const keys = (...names: string[]) => ({ authType: "api_key", apiKeys: names.map((name) => ({ name })) });
const connect = (resourceId: string, externalId: string, supplied: Record<string, string>) =>
  saveCredential(scope, sql, {
    resourceId,
    owner: { kind: "user", externalId },
    authType: "api_key",
    secrets: { inputs: {}, keys: supplied },
    canonical: JSON.stringify(supplied),
    status: "VALID",
    reason: null,
    profile: null,
    verified: false,
    refreshedAt: null,
    checkEvery: 0,
    event: { kind: "connected", cause: "" },
  });
const shown = async () =>
  Object.fromEntries(
    (
      await sql<{ who: string; status: string }[]>`select u.external_id as who, c.shown_status as status
        from credential c join connected_user u on u.project_id = c.project_id and u.id = c.user_id`
    ).map(({ who, status }) => [who, status]),
  );

test("after each publish the lists' status follows the live definition, and connecting again fits at once", async () => {
  const { id } = await createResource(scope, db, actor, { name: "Keys" });
  await publish(id, keys("key"));
  await connect(id, "ada", { key: "1" });
  await connect(id, "bo", { key: "2", region: "eu" });
  await settleFit(sql);
  expect(await shown()).toEqual({ ada: "VALID", bo: "VALID" });

  await publish(id, keys("key", "region"));
  await settleFit(sql);
  expect(await shown(), "lacking a value is pending").toEqual({ ada: "PENDING", bo: "VALID" });

  await connect(id, "ada", { key: "1", region: "us" });
  expect(await shown(), "no turn of the chore is needed").toEqual({ ada: "VALID", bo: "VALID" });

  await publish(id, oauth);
  await settleFit(sql);
  expect(await shown(), "another authentication type asks to reconnect").toEqual({ ada: "INVALID", bo: "INVALID" });

  await publish(id, keys("key"));
  await settleFit(sql);
  expect(await shown(), "and back").toEqual({ ada: "VALID", bo: "VALID" });
});

test("the app's own credential follows it too", async () => {
  const { id } = await createResource(scope, db, actor, { name: "The app's" });
  await publish(id, { ...keys("key"), level: "app" });
  await sql`insert into credential (project_id, resource_id, owner, ciphertext, key_id, supplied_digest, supplied_keys, status, auth_type)
    values (${scope.projectId}, ${id}, 'app', '', 'k1', '', array['key'], 'VALID', 'api_key')`;
  const status = async () => {
    await settleFit(sql);
    return (await sql`select shown_status as s from credential where resource_id = ${id}`)[0]!.s;
  };
  expect(await status()).toBe("VALID");
  await publish(id, { ...oauth, level: "app" });
  expect(await status()).toBe("INVALID");
});

test("more than one batch is settled, and a settled resource isn't looked at again", async () => {
  const { id } = await createResource(scope, db, actor, { name: "Many" });
  await publish(id, keys("key"));
  await sql`with made as (
      insert into connected_user (project_id, external_id) select ${scope.projectId}, 'many-' || n from generate_series(1, 2500) n returning id)
    insert into credential (project_id, resource_id, owner, user_id, ciphertext, key_id, supplied_digest, supplied_keys, status, auth_type)
    select ${scope.projectId}, ${id}, 'user', id, '', 'k1', '', array['key'], 'VALID', 'api_key' from made`;
  await publish(id, keys("key", "region"));
  await settleFit(sql);
  const count = async () =>
    (await sql<{ n: number }[]>`select count(*)::int as n from credential where resource_id = ${id} and shown_status = 'PENDING'`)[0]!.n;
  expect(await count()).toBe(2500);

  await sql`update credential set fit = 'ok' where resource_id = ${id}`;
  await settleFit(sql);
  expect(await count(), "settled: nothing is done").toBe(0);
  await sql`update resource set settled_revision = null where id = ${id}`;
  await settleFit(sql);
  expect(await count(), "unsettled: done again").toBe(2500);
});
