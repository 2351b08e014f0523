/** Profiles that are read again after the connect, against an API that answers as each test says. */

import { readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Connection } from "#db/client.ts";
import { findUsersByProfile } from "#db/queries/webhook-endpoints.ts";
import { disconnectCredential } from "#lib/credentials/drop-credential.ts";
import { saveCredential } from "#lib/credentials/save-credential.ts";
import { testApi } from "../../server/api/testing.ts";
import { openSpine } from "./open-spine.ts";
import { refreshCredential } from "./refresh-credential.ts";
import { saveUserMetadata } from "./save-user-metadata.ts";
import { verifyCredential } from "./verify-credential.ts";
import { verifyDue } from "./walk-due.ts";

const { publish, connect, sql, db, scope, signer, spine, errors, actor } = await testApi();

let me: { status?: number; body: unknown } | (() => Promise<{ status?: number; body: unknown }>);
let accepted: string | null = null;
let checkStatus = 200;
let issue: () => object;
const seen: string[] = [];
const api = createServer(async (request, response) => {
  const path = request.url!.split("?")[0]!;
  seen.push(path);
  const send = (status: number, body: unknown): ServerResponse =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (path === "/token") return send(200, issue());
  if (accepted !== null && request.headers.authorization !== `Bearer ${accepted}`) return send(401, {});
  if (path !== "/me") return send(checkStatus, []);
  const { status = 200, body } = typeof me === "function" ? await me() : me;
  send(status, body);
});
await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
const { port } = api.address() as AddressInfo;
const own = openSpine({ db, sql } as Connection, { outboundAllow: `127.0.0.1/32:${port}`, onError: (error) => errors.push(error) });
Object.assign(spine, { send: own.send, allowsHttp: own.allowsHttp });

const base = `http://127.0.0.1:${port}`;
const draft = (profile: object, more: object = {}) => ({
  level: "user",
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
  request: { baseUrl: base, authentication: { kind: "bearer", token: "{{credentials.access_token}}" } },
  test: { request: { path: "/check" } },
  profile: { enabled: true, ...profile },
  ...more,
});
const asked = await publish(
  "By request",
  draft({ source: "request", request: { path: "/me" }, fields: [{ name: "email", path: "$.email" }] }),
);
const claimed = await publish("By claims", draft({ source: "jwt", claims: [{ name: "email", claim: "email" }] }));

const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
const users = async (id: string) => await findUsersByProfile(scope, sql, asked, id, 10);
const row = async (id: string) => (await sql`select * from credential where id = ${id}`)[0]!;
const person = async (sub: string) => (await sql`select name, email from connected_user where external_id = ${sub}`)[0];
const events = async (id: string) =>
  await sql<{ kind: string; cause: string; by: string }[]>`
    select kind, cause, detail->>'by' as by from credential_event where credential_id = ${id} order by at`;
const ask = (credentialId: string) => verifyCredential(own, scope, { credentialId, cause: "manual", actor });
const walk = async (id: string) => {
  await sql`update credential set verify_at = case when id = ${id} then now() end, profile_tried_at = profile_tried_at - interval '2 hours'`;
  await verifyDue(own, new AbortController().signal, (error) => errors.push(error));
};

afterEach(() => expect(errors).toEqual([]));
beforeEach(() => {
  me = { body: { id: "ada", email: "ada@example.com" } };
  accepted = null;
  checkStatus = 200;
  issue = () => ({ access_token: "a", expires_in: 3600 });
  seen.length = 0;
});

async function user(sub: string, resourceId = asked, body: object = { access_token: "a" }): Promise<string> {
  const { status, body: made } = await connect(resourceId, body, signer.sign({ sub }));
  expect(status, made.message).toBe(200);
  return made.id!;
}

describe("a profile by request", () => {
  test("that has changed is stored by the next check, told in the timeline, and events find their user by it", async () => {
    const id = await user("moves");
    const { userId } = { userId: (await row(id)).user_id };
    me = { body: { id: "ada-2", email: "ada@new.example.com" } };
    await walk(id);
    expect(await row(id)).toMatchObject({ profile: { id: "ada-2", email: "ada@new.example.com" }, profile_id: "ada-2", status: "VALID" });
    expect(await users("ada-2")).toEqual([userId]);
    expect(await events(id)).toMatchObject([
      { kind: "connected" },
      { kind: "profile_changed", cause: "Changed: email, id.", by: "schedule" },
    ]);
    expect(await person("moves"), "what the profile filled in follows it").toMatchObject({ email: "ada@new.example.com" });
    await walk(id);
    expect(await events(id), "an unchanged one says nothing").toHaveLength(2);
  });

  test("doesn't write over what the app tells of its user", async () => {
    const id = await user("told");
    await saveUserMetadata(scope, sql, { externalId: "told", metadata: { Email: "ada@example.com" } });
    me = { body: { id: "ada", email: "other@example.com" } };
    await ask(id);
    expect(await row(id)).toMatchObject({ profile: { email: "other@example.com" } });
    expect(await person("told")).toMatchObject({ email: "ada@example.com" });
  });

  test.each([
    ["an error", { status: 500, body: {} }, "The API answered the profile call with 500."],
    ["a refusal, to a token that can't be renewed", { status: 401, body: {} }, "The API answered the profile call with 401."],
    ["no id", { body: { user: { id: 7 } } }, "Nothing is at $.id. There is an id at $.user.id."],
  ])("that fails by %s keeps the last one, marked stale, and the credential stays valid", async (name, answer, why) => {
    const id = await user(`stale ${name}`);
    me = answer;
    await walk(id);
    const stale = await row(id);
    expect(stale).toMatchObject({ profile: { id: "ada", email: "ada@example.com" }, profile_id: "ada", status: "VALID", reason: null });
    expect(stale.profile_failing_since).toBeInstanceOf(Date);
    expect(stale.profile_failure).toContain(why);
    await walk(id);
    expect((await row(id)).profile_failing_since, "since the first").toEqual(stale.profile_failing_since);
    expect(
      (await events(id)).map(({ kind }) => kind),
      "once",
    ).toEqual(["connected", "profile_failed"]);
    expect((await events(id))[1]!.cause).toContain("The profile that was read before is kept.");
    me = { body: { id: "ada", email: "ada@example.com" } };
    await walk(id);
    expect(await row(id)).toMatchObject({ profile_failing_since: null, profile_failure: null });
    expect((await events(id)).map(({ kind }) => kind)).toEqual(["connected", "profile_failed", "profile_read"]);
  });

  test("is read by the schedule once an hour at most, and whenever a member asks", async () => {
    const id = await user("often");
    const read = () => seen.filter((path) => path === "/me").length;
    expect(read()).toBe(1);
    await sql`update credential set verify_at = case when id = ${id} then now() end`;
    await verifyDue(own, new AbortController().signal, (error) => errors.push(error));
    expect([read(), seen.filter((path) => path === "/check").length]).toEqual([1, 1]);
    await ask(id);
    expect(read()).toBe(2);
  });

  test("isn't read when the check fails", async () => {
    const id = await user("refused");
    checkStatus = 500;
    seen.length = 0;
    await ask(id);
    expect(seen).toEqual(["/check"]);
    expect(await row(id)).toMatchObject({ status: "VALID", profile_failing_since: null });
  });

  test.each([
    ["disconnected", async (id: string) => void (await disconnectCredential(scope, db, actor, { credentialId: id, cause: "By a test." }))],
    [
      "connected again, by a process whose clock is behind",
      async (id: string) => {
        expect((await connect(asked, { access_token: "b" }, signer.sign({ sub: "races" }))).status).toBe(200);
        await sql`update credential set profile_tried_at = now() - interval '1 minute' where id = ${id}`;
      },
    ],
  ])("is dropped when the user is %s while it is read", async (name, act) => {
    const id = await user("races");
    me = async () => {
      me = { body: { id: "newer" } };
      await act(id);
      return { body: { id: "late" } };
    };
    await ask(id);
    expect(await users("late")).toEqual([]);
    expect(await sql`select profile_id from credential where id = ${id}`).toEqual(name === "disconnected" ? [] : [{ profile_id: "newer" }]);
    expect((await events(id)).map(({ kind }) => kind)).not.toContain("profile_changed");
  });

  test("of an older reading doesn't write over a newer one's", async () => {
    const id = await user("overtaken");
    me = async () => {
      me = { body: { id: "newer" } };
      await new Promise((resolve) => setTimeout(resolve, 5));
      await ask(id);
      return { status: 500, body: {} };
    };
    await ask(id);
    expect(await row(id)).toMatchObject({ profile_id: "newer", profile_failing_since: null });
  });
});

describe("a profile from claims", () => {
  test("is the new token's after a renewal, and stale when the new token has none", async () => {
    issue = () => ({ access_token: jwt({ sub: "ada", email: "ada@example.com" }), expires_in: 3600 });
    const id = await user("renews", claimed, { refresh_token: "r" });
    issue = () => ({ access_token: jwt({ sub: "ada-2", email: "ada@example.com" }), expires_in: 3600 });
    await refreshCredential(own, scope, { credentialId: id, cause: "manual", actor });
    expect(await row(id)).toMatchObject({ profile: { id: "ada-2" }, profile_id: "ada-2" });
    issue = () => ({ access_token: "opaque", expires_in: 3600 });
    await refreshCredential(own, scope, { credentialId: id, cause: "manual", actor });
    expect(await row(id)).toMatchObject({ profile_id: "ada-2", status: "VALID", profile_failure: expect.stringContaining("isn't a JWT") });
    const told = (await events(id)).map(({ kind, cause }) => `${kind} ${cause}`);
    expect(told).toContain("profile_changed Changed: id.");
    expect(told.filter((one) => one.startsWith("profile_failed"))).toHaveLength(1);
  });

  test("is believed when a check proves the token, and not before", async () => {
    const untried = await publish(
      "By claims, untried",
      draft({ source: "jwt", claims: [] }, { test: { request: { path: "/check", method: "POST" } } }),
    );
    const token = jwt({ sub: "victim" });
    const id = await user("forger", untried, { access_token: token });
    expect(await row(id)).toMatchObject({ profile_id: null, profile_tried_at: null });
    await ask(id);
    expect((await row(id)).profile_id, "a POST is not sent, so nothing was proven").toBeNull();
    await sql`update credential set resource_id = ${claimed} where id = ${id}`;
    accepted = "another";
    await ask(id);
    expect(await row(id), "the API refuses the forged token").toMatchObject({ profile_id: null, status: "INVALID" });
    accepted = token;
    await ask(id);
    expect(await row(id)).toMatchObject({ profile_id: "victim", status: "VALID" });
  });

  test("that was forgotten by the migration comes back with the next check, or the next renewal", async () => {
    issue = () => ({ access_token: jwt({ sub: "renewed" }), expires_in: 3600 });
    const [alone, pair] = [
      await user("alone", claimed, { access_token: jwt({ sub: "alone" }) }),
      await user("pair", claimed, { refresh_token: "r" }),
    ];
    await sql`update credential set profile_tried_at = null`;
    await sql.unsafe(await readFile("db/migrations/0017_profiles_are_proven.sql", "utf8"));
    expect([(await row(alone)).profile_id, (await row(pair)).profile_id]).toEqual([null, null]);
    await walk(alone);
    await refreshCredential(own, scope, { credentialId: pair, cause: "schedule" });
    expect([(await row(alone)).profile_id, (await row(pair)).profile_id]).toEqual(["alone", "renewed"]);
  });
});

test("a check of the app's own credential reads no profile", async () => {
  const { profile: _, ...body } = draft({});
  const resourceId = await publish("Of the app", { ...body, level: "app" });
  const { id } = await saveCredential(scope, sql, {
    ...{
      resourceId,
      owner: { kind: "app", boundHost: "" },
      authType: "oauth2_refresh_token",
      canonical: "",
      status: "VALID",
      reason: null,
    },
    ...{ secrets: { inputs: {}, keys: {}, accessToken: "a" }, profile: null, verified: true, refreshedAt: null, checkEvery: 0 },
    event: { kind: "connected", cause: "" },
  });
  await walk(id);
  expect(seen).toEqual(["/check"]);
  expect(await row(id)).toMatchObject({ status: "VALID", profile_tried_at: null });
});
