/** The connect call over HTTP. One file, since the world behind it takes seconds to make, and one digest holds all refusals to it. */
import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { openSecrets, sealSecrets } from "#lib/credentials/save-credential.ts";
import { createSigningKey } from "#lib/projects/create-signing-key.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { keyedDigest } from "#lib/vault/digest.ts";
import { makeSigner, tasklabDraft, testApi } from "../testing.ts";

const { publish, connect, test: testDraft, tasklab, sql, signer, scope, actor, db, secondProject, api, spine } = await testApi();

const keys = await publish("TaskLab keys", tasklabDraft.apiKey(tasklab.url));
const refresh = await publish("TaskLab", tasklabDraft.refreshToken(tasklab.url), "web-secret-for-the-demo");
const service = await publish("TaskLab service", tasklabDraft.clientCredentials(tasklab.url), "service-secret-for-the-demo");

const ada = { tenant: "northgate", username: "ada", password: "lovelace-1843" };

async function mint(options: Record<string, unknown> = {}): Promise<{ access_token: string; refresh_token: string }> {
  const response = await fetch(`${tasklab.url}/mint`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ client: "tasklab-web", ...options }),
  });
  const { access_token, refresh_token } = (await response.json()) as { access_token: string; refresh_token: string };
  return { access_token, refresh_token };
}

/** What no refused call may change: every table but activity, its roll-ups and last-seen columns. */
async function digestOfTables(): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relname !~ '^(activity|audit)' order by relname`;
  const parts: string[] = [];
  for (const { name } of tables) {
    const [row] =
      await sql`select count(*)::int as n, coalesce(md5(string_agg(md5((to_jsonb(t) - 'last_seen_at' - 'last_used_at')::text), '' order by to_jsonb(t)::text)), '') as digest from ${sql(name)} t`;
    parts.push(`${name} ${row!.n} ${row!.digest}`);
  }
  return parts.join("\n");
}

describe("connecting", () => {
  test("with API keys answers 200 with the credential, its profile, and no secret", async () => {
    const { status, body } = await connect(keys, ada);
    expect(status, body.message).toBe(200);
    expect(body).toMatchObject({
      status: "VALID",
      providerId: "ada",
      isPreviewCredential: false,
      refreshFailureCount: 0,
      configurations: [],
    });
    expect(body.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(JSON.stringify(body)).not.toContain(ada.password);
  });

  test("with API keys reads the profile by request, though claims were chosen when the draft had tokens", async () => {
    const draft = tasklabDraft.apiKey(tasklab.url);
    const resourceId = await publish("Once with tokens", { ...draft, profile: { ...draft.profile, source: "jwt" } });
    const { status, body } = await connect(resourceId, ada);
    expect(status, body.message).toBe(200);
    expect(body.providerId).toBe("ada");
  });

  test("again with the same values changes nothing", async () => {
    const before = await digestOfTables();
    const first = await connect(keys, ada);
    expect(first.status).toBe(200);
    expect(await digestOfTables()).toBe(before);
  });

  test("again with the same values, stored when it wasn't told apart what is secret, makes the others plain, and makes no call", async () => {
    const token = signer.sign({ sub: "stored-long-ago" });
    const pair = await mint();
    for (const [resource, values, plain] of [
      [keys, ada, ["tenant", "username"]],
      [refresh, { tenant: "northgate", ...pair }, ["tenant"]],
    ] as const) {
      const { id } = (await connect(resource, values, token)).body;
      const read = async () => (await sql`select ciphertext, key_id as "keyId", generation from credential where id = ${id!}`)[0] as Row;
      const secrets = openSecrets(scope, id!, await read());
      const { ciphertext } = sealSecrets(scope, id!, { ...secrets, plain: undefined });
      await sql`update credential set ciphertext = ${ciphertext} where id = ${id!}`;

      const { requests } = tasklab.log.counters;
      expect((await Promise.all([1, 2, 3].map(() => connect(resource, values, token)))).map(({ status }) => status)).toEqual([
        200, 200, 200,
      ]);
      const after = await read();
      expect(openSecrets(scope, id!, after)).toEqual({ ...secrets, plain });
      expect(after.generation).toBe(1);
      expect(tasklab.log.counters.requests).toBe(requests);
      const before = await digestOfTables();
      await connect(resource, values, token);
      expect(await digestOfTables(), "once").toBe(before);
    }
  });
  type Row = { ciphertext: Uint8Array; keyId: string; generation: number };

  test("again with the same values changes nothing, in whatever order the resource asks for them now, or did when they were told apart by it", async () => {
    const draft = tasklabDraft.apiKey(tasklab.url);
    const resourceId = await publish("Reordered", draft);
    const { id } = (await connect(resourceId, ada)).body;
    const read = async () => (await sql`select generation, supplied_digest from credential where id = ${id!}`)[0]!;
    const first = await read();

    const { version } = (await findResource(scope, db, resourceId))!.draft;
    const body = ResourceDraft.parse({ ...emptyDraft(), ...draft, apiKeys: draft.apiKeys.toReversed() });
    await saveDraft(scope, db, actor, { resourceId, version, body, secrets: {} });
    await publishResource(scope, db, actor, { resourceId, allowsHttp: spine.allowsHttp });
    const { requests } = tasklab.log.counters;
    expect((await connect(resourceId, ada)).status).toBe(200);
    expect(await read()).toEqual(first);

    const { tenant, username, password } = ada;
    const inFormOrder = JSON.stringify(["api_key", ["tenant", tenant], ["password", password], ["username", username]]);
    await sql`update credential set supplied_digest = ${keyedDigest(inFormOrder)} where id = ${id!}`;
    expect((await connect(resourceId, ada)).status).toBe(200);
    expect(await read(), "and is told apart by the values alone from then on").toEqual(first);
    expect(tasklab.log.counters.requests).toBe(requests);
  });

  test("again with other values keeps the id and raises the generation", async () => {
    const first = await connect(keys, ada, signer.sign({ sub: "user-2" }));
    const second = await connect(keys, { tenant: "corvid", username: "grace", password: "hopper-1952" }, signer.sign({ sub: "user-2" }));
    expect(second.body.id).toBe(first.body.id);
    expect(second.body.providerId).toBe("grace");
    const [row] = await sql`select generation from credential where id = ${first.body.id!}`;
    expect(row!.generation).toBe(2);
  });

  test("with a refresh token alone exchanges it, once", async () => {
    const { refresh_token } = await mint();
    const before = tasklab.log.counters.tokenCalls;
    const { status, body } = await connect(refresh, { tenant: "northgate", refresh_token }, signer.sign({ sub: "user-3" }));
    expect(status, body.message).toBe(200);
    expect(tasklab.log.counters.tokenCalls - before).toBe(1);
  });

  test("with one refresh token ten times at once spends it once, and all ten are connected", async () => {
    const { refresh_token } = await mint();
    const before = tasklab.log.counters.tokenCalls;
    const token = signer.sign({ sub: "renders-twice" });
    const ends = await Promise.all(Array.from({ length: 10 }, () => connect(refresh, { tenant: "northgate", refresh_token }, token)));
    expect(ends.map(({ status, body }) => body.message ?? status)).toEqual(Array(10).fill(200));
    expect(new Set(ends.map(({ body }) => body.id)).size).toBe(1);
    expect(tasklab.log.counters.tokenCalls - before).toBe(1);
  });

  test("with both tokens makes no token call", async () => {
    const pair = await mint();
    const before = tasklab.log.counters.tokenCalls;
    const { status } = await connect(
      refresh,
      { tenant: "northgate", ...pair, expires_in: 300, token_type: "Bearer" },
      signer.sign({ sub: "user-4" }),
    );
    expect(status).toBe(200);
    expect(tasklab.log.counters.tokenCalls).toBe(before);
  });

  test("with a refused access token beside its refresh token, ten times at once, spends that once", async () => {
    const { refresh_token } = await mint();
    const values = { tenant: "northgate", access_token: "ended", refresh_token };
    const before = tasklab.log.counters.tokenCalls;
    const token = signer.sign({ sub: "renders-twice-with-both" });
    const answers = await Promise.all(Array.from({ length: 10 }, () => connect(refresh, values, token)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(tasklab.log.counters.tokenCalls - before).toBe(1);
  });

  test("client credentials gets a token at once, so a wrong input fails there", async () => {
    expect((await connect(service, { tenant: "acme" }, signer.sign({ sub: "user-5" }))).status).toBe(200);
    const wrong = await connect(service, { tenant: "nobody" }, signer.sign({ sub: "user-5b" }));
    expect(wrong.status).toBe(400);
    expect(wrong.body.code).toBe("7003");
  });

  test("a hundred times at once makes one user and one credential", async () => {
    const token = signer.sign({ sub: "busy" });
    const answers = await Promise.all(Array.from({ length: 100 }, () => connect(keys, ada, token)));
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]));
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1);
    const [row] =
      await sql`select count(*)::int as n from credential c join connected_user u on u.id = c.user_id where u.external_id = 'busy'`;
    expect(row!.n).toBe(1);
  });
});

const forged = `x.${Buffer.from(JSON.stringify({ sub: "bo", email: "bo@example.com" })).toString("base64url")}.y`;
const claims = async (name: string, test: object) => {
  const { oauth, ...given } = tasklabDraft.refreshToken(tasklab.url);
  const profile = { enabled: true, source: "jwt", claims: [{ name: "email", claim: "email" }] };
  return await publish(name, { ...given, oauth: { ...oauth, clientId: "tasklab-jwt" }, profile, test }, "jwt-secret-for-the-demo");
};
const readable = await claims("TaskLab claims", { request: { path: "/tasks" } });
const untried = await claims("TaskLab claims, nothing to try", { request: { method: "POST", path: "/tasks" } });
const stored = async (id: string | undefined) =>
  (
    await sql`select profile_id as "profileId", verified_at is not null or refreshed_at is not null as proven from credential where id = ${id!}`
  )[0];

describe("a profile from the claims of an access token", () => {
  test("that the user wrote is refused: the API is asked, whatever the resource says of verifying", async () => {
    const { status, body } = await connect(readable, { tenant: "northgate", access_token: forged }, signer.sign({ sub: "forger" }));
    expect({ status, code: body.code }).toEqual({ status: 400, code: "7003" });
    expect(await sql`select 1 from connected_user where external_id = 'forger'`).toEqual([]);
  });

  test("isn't proven by an answer that doesn't pass the test request, whatever its status", async () => {
    const { access_token } = await mint({ client: "tasklab-jwt", sub: "ada" });
    const pathless = await claims("TaskLab claims, path", { request: { path: "/tasks" }, expectPath: "$.nowhere" });
    const { status, body } = await connect(pathless, { tenant: "northgate", access_token }, signer.sign({ sub: "unproven" }));
    expect({ status, code: body.code }).toEqual({ status: 400, code: "7003" });
    expect(await sql`select 1 from connected_user where external_id = 'unproven'`).toEqual([]);
  });

  test("is the new token's, where the given one was refused and renewed on the way", async () => {
    const { refresh_token } = await mint({ client: "tasklab-jwt", sub: "ada" });
    const values = { tenant: "northgate", access_token: forged, refresh_token };
    const { body } = await connect(readable, values, signer.sign({ sub: "forger-with-grant" }));
    expect(body).toMatchObject({ status: "VALID", providerId: "ada" });
    expect(await stored(body.id)).toEqual({ profileId: "ada", proven: true });
  });

  test("of a token that the API takes counts, without a token call", async () => {
    const { access_token } = await mint({ client: "tasklab-jwt", sub: "ada" });
    const before = tasklab.log.counters.tokenCalls;
    const { body } = await connect(readable, { tenant: "northgate", access_token }, signer.sign({ sub: "honest" }));
    expect(await stored(body.id)).toEqual({ profileId: "ada", proven: true });
    expect(tasklab.log.counters.tokenCalls).toBe(before);
  });

  test("that can't be tried is a renewed token's, or proves nothing", async () => {
    const { refresh_token } = await mint({ client: "tasklab-jwt", sub: "ada" });
    const renewed = { tenant: "northgate", access_token: forged, refresh_token };
    const one = await connect(untried, renewed, signer.sign({ sub: "untried-with-grant" }));
    expect(await stored(one.body.id)).toEqual({ profileId: "ada", proven: true });
    const two = await connect(untried, { tenant: "northgate", access_token: forged }, signer.sign({ sub: "untried" }));
    expect(await stored(two.body.id)).toEqual({ profileId: null, proven: false });
    expect(two.body).toMatchObject({ status: "VALID", providerId: null, providerData: { email: "bo@example.com" } });
  });

  test("stored before ids were proven is forgotten, and comes back when the same values connect again", async () => {
    const { access_token } = await mint({ client: "tasklab-jwt", sub: "ada" });
    const again = () => connect(readable, { tenant: "northgate", access_token }, signer.sign({ sub: "long-since" }));
    const { body } = await again();
    const asked = await connect(keys, ada, signer.sign({ sub: "by-request-long-since" }));
    await sql.unsafe(await readFile("db/migrations/0017_profiles_are_proven.sql", "utf8"));
    expect(await stored(body.id)).toMatchObject({ profileId: null });
    expect(await stored(asked.body.id)).toMatchObject({ profileId: "ada" });
    expect((await again()).body).toMatchObject({ id: body.id, providerId: "ada" });
    expect(await stored(body.id)).toEqual({ profileId: "ada", proven: true });
  });

  test("that the API answered by request is proven", async () => {
    const { body } = await connect(keys, ada, signer.sign({ sub: "by-request" }));
    expect(await stored(body.id)).toEqual({ profileId: "ada", proven: true });
  });
});

describe("a failed connect", () => {
  test("with wrong keys says so with the profile code and leaves the old credential untouched", async () => {
    const token = signer.sign({ sub: "user-6" });
    await connect(keys, ada, token);
    const before = await digestOfTables();
    const { status, body } = await connect(keys, { ...ada, password: "wrong" }, token);
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: "0704", meta: { isIntegrationError: true, upstreamStatus: 401 } });
    expect(await digestOfTables()).toBe(before);
  });

  test.each<[string, Record<string, object>, RegExp]>([
    ["has nothing at the path that must exist", { test: { expectPath: "$.user" } }, /it answered 200, but nothing is at \$\.user\./],
    ["still means expired", { behaviour: { expired: { path: "$.data" } } }, /it answered 200 with its sign of an expired token\./],
  ])("because the answer to the verification, a 200, %s", async (name, { test, ...more }, message) => {
    const { profile, ...draft } = tasklabDraft.apiKey(tasklab.url);
    const resourceId = await publish(`Verified: ${name}`, { ...draft, ...more, test: { ...draft.test, ...test, verifyOnConnect: true } });
    const { status, body } = await connect(resourceId, ada, signer.sign({ sub: "not verified" }));
    expect({ status, ...body }).toMatchObject({ status: 400, code: "7003", message: expect.stringMatching(message) });
    expect(body.meta).toEqual({ isIntegrationError: true, upstreamStatus: 200 });
    expect(await sql`select 1 from credential where resource_id = ${resourceId}`).toEqual([]);
  });

  test("after a rotation keeps what was issued, and the same values resume from it", async () => {
    const { refresh_token } = await mint();
    const token = signer.sign({ sub: "user-7" });
    const broken = await publish(
      "TaskLab broken",
      { ...tasklabDraft.refreshToken(tasklab.url), profile: { enabled: true, request: { path: "/nowhere" }, idPath: "$.data.id" } },
      "web-secret-for-the-demo",
    );
    const first = await connect(broken, { tenant: "northgate", refresh_token }, token);
    expect(first.body).toMatchObject({ code: "0704" });
    const [kept] = await sql`select status, reason, has_connected from credential where resource_id = ${broken}`;
    expect(kept).toEqual({ status: "INVALID", reason: "profile_failed", has_connected: false });
    const calls = tasklab.log.counters.tokenCalls;
    const again = await connect(broken, { tenant: "northgate", refresh_token }, token);
    expect(again.status).toBe(400);
    expect(tasklab.log.counters.tokenCalls, "the used-up refresh token isn't sent again").toBe(calls);
  });
});

describe("refused without a trace", () => {
  const other = makeSigner();
  const hs256 = () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const now = Math.floor(Date.now() / 1000);
    const input = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: "mallory", iat: now, exp: now + 60 })}`;
    return `${input}.${createHmac("sha256", signer.publicPem).update(input).digest("base64url")}`;
  };
  const bodies: [string, unknown, RegExp][] = [
    ["a missing key", { tenant: "northgate", username: "ada" }, /Missing: password/],
    ["all missing keys at once", {}, /Missing: tenant, username, password/],
    ["an unknown key", { ...ada, colour: "red" }, /There is no "colour" here/],
    ["a misspelt key", { ...ada, pasword: "x" }, /Did you mean "password"/],
    ["an array", [ada], /JSON object/],
    ["null", "null", /JSON object/],
    ["broken JSON", "{", /isn't JSON/],
    ["a value that misfits its pattern", { ...ada, tenant: "North Gate" }, /doesn't fit the pattern/],
    ["//evil", { ...ada, tenant: "//evil.example" }, /doesn't fit the pattern/],
    ["@evil", { ...ada, tenant: "x@evil.example" }, /doesn't fit the pattern/],
    ["CR LF", { ...ada, tenant: "a\r\nHost: evil" }, /control character|pattern/],
    ["a number for a string", { ...ada, tenant: 7 }, /must be a string/],
    ["a prototype key", '{"__proto__": {"x": 1}, "tenant": "northgate", "username": "a", "password": "b"}', /__proto__/],
  ];
  const tokens: [string, () => string][] = [
    ["an expired token", () => signer.sign({ sub: "mallory", iat: 1, exp: 2 })],
    ["alg none", () => `${signer.sign({ sub: "mallory" }, { alg: "none" }).split(".").slice(0, 2).join(".")}.`],
    ["HS256 signed with the public PEM", hs256],
    ["a key of nobody", () => other.sign({ sub: "mallory" })],
    ["garbage", () => "a.b.c"],
  ];

  test.each(bodies)("%s", async (_, body, message) => {
    const before = await digestOfTables();
    const answer = await connect(keys, body, signer.sign({ sub: "mallory" }));
    expect(answer.status).toBe(400);
    expect(answer.body.message).toMatch(message);
    expect(answer.body.code).toBe("bad_input");
    expect(await digestOfTables()).toBe(before);
  });

  test.each(tokens)("%s", async (_, token) => {
    const before = await digestOfTables();
    const answer = await connect(keys, ada, token());
    expect(answer.status).toBe(401);
    expect(answer.headers.get("www-authenticate")).toBe("Bearer");
    expect(await digestOfTables()).toBe(before);
  });

  test("another project's token, its resource, and a project that doesn't exist", async () => {
    const elsewhere = await secondProject();
    await createSigningKey(elsewhere, db, actor, { publicKeyPem: other.publicPem });
    const before = await digestOfTables();
    expect((await connect(keys, ada, other.sign({ sub: "mallory" }))).status).toBe(401);
    const foreign = await connect(keys, ada, other.sign({ sub: "mallory" }), elsewhere.projectId);
    const unknown = await connect(crypto.randomUUID(), ada, other.sign({ sub: "mallory" }), elsewhere.projectId);
    expect(foreign.status).toBe(404);
    expect({ ...foreign.body, requestId: 0 }).toEqual({ ...unknown.body, requestId: 0 });
    expect((await connect("not-a-uuid", ada)).status).toBe(404);
    expect((await connect(keys, ada, signer.sign({ sub: "x" }), crypto.randomUUID())).status).toBe(401);
    expect((await connect(keys, ada, signer.sign({ sub: "x" }), "%00")).status).toBe(401);
    expect(await digestOfTables()).toBe(before);
  });

  test("a resource that isn't published", async () => {
    const { createResource } = await import("#lib/resources/create-resource.ts");
    const { id } = await createResource(scope, db, actor, { name: "Only a draft" });
    expect((await connect(id, {})).status).toBe(404);
  });

  test("an app-level resource: there is nothing to connect", async () => {
    const app = await publish("TaskLab app", {
      level: "app",
      authType: "api_key",
      apiKeys: [{ name: "api_key", label: "Key" }],
      request: {
        baseUrl: `${tasklab.url}/northgate/key`,
        authentication: { kind: "headers", headers: [{ name: "X-API-Key", value: "{{credentials.api_key}}" }] },
      },
      test: { request: { path: "/tasks" } },
    });
    const { status, body } = await connect(app, {});
    expect(status).toBe(409);
    expect(body.message).toMatch(/one credential for all users/);
  });

  test("a body over the limit", async () => {
    expect((await connect(keys, { ...ada, password: "x".repeat(300_000) })).status).toBe(413);
  });
});

describe("a test of a draft", () => {
  test("passes all three lanes and keeps a rotated refresh token for the next one", async () => {
    const { refresh_token } = await mint();
    const first = await testDraft(refresh, { tenant: "northgate", refresh_token });
    expect(first.lanes.map((lane) => [lane.kind, lane.state, lane.problem?.message])).toEqual([
      ["token", "passed", undefined],
      ["call", "passed", undefined],
      ["profile", "passed", undefined],
    ]);
    const second = await testDraft(refresh, {});
    expect(second.passed, JSON.stringify(second.lanes.map((lane) => lane.problem))).toBe(true);
    expect(JSON.stringify([first, second])).not.toContain(refresh_token);
  });

  test("says why a token call was refused, and doesn't send what comes after", async () => {
    const report = await testDraft(refresh, { tenant: "northgate", refresh_token: "made-up" });
    expect(report.lanes[0]).toMatchObject({ state: "failed", problem: { kind: "invalid_grant" } });
    expect(report.lanes[1]).toMatchObject({ state: "not_sent" });
    expect(report.lanes[2]).toMatchObject({ state: "not_sent" });
  });
});

test("preflights name their headers, and errors carry Allow-Origin too", async () => {
  const preflight = await api.request(`/projects/${scope.projectId}/sdk/me`, {
    method: "OPTIONS",
    headers: { origin: "https://app.example", "access-control-request-method": "PATCH" },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-methods")).toMatch(/PATCH/);
  expect(preflight.headers.get("access-control-allow-headers")).toMatch(/authorization, content-type.*x-paragon-sdk-version/);
  const refused = await api.request(`/projects/${scope.projectId}/sdk/me`);
  expect(refused.status).toBe(401);
  expect(refused.headers.get("access-control-allow-origin")).toBe("*");
});

test("activity and the audit log hold no secret, also when the API echoes it", async () => {
  const echo = await publish("TaskLab echo", {
    ...tasklabDraft.apiKey(tasklab.url),
    profile: { enabled: false },
    test: { request: { path: "/echo?again={{credentials.password}}" }, verifyOnConnect: true },
  });
  expect((await connect(echo, ada, signer.sign({ sub: "echo" }))).status).toBe(200);
  expect((await testDraft(echo, ada)).passed).toBe(true);
  await spine.close();
  const rows =
    await sql`select to_jsonb(a)::text as row from activity a union all select to_jsonb(a)::text from audit a union all select last_test::text from resource_draft`;
  const text = rows.map(({ row }) => row).join("\n");
  for (const spelling of [
    ada.password,
    Buffer.from(ada.password).toString("base64"),
    Buffer.from(`ada:${ada.password}`).toString("base64"),
  ])
    expect(text).not.toContain(spelling);
  expect(text).toContain("••••••");
});
