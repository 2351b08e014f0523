/** Send Test Request, and the values that it keeps. One file, since the world behind it takes seconds to make. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, test, vi } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { endLease, takeLease } from "#lib/credentials/lease.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { tasklabDraft, testApi } from "../../server/api/testing.ts";
import { openSpine } from "./open-spine.ts";
import type { TestLane, TestReport, TestValues } from "./schema.ts";
import { testResource } from "./test-resource.ts";
import { clearTestValues, findTestCredential, findTestValues } from "./test-values.ts";

const world = await testApi();
const { tasklab, sql, db, scope, actor, errors } = world;
const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32,[::1/128]", onError: (error) => errors.push(error) });

/** An API of ours with a rotating refresh token, so that a second copy of one would be noticed. */
const api = {
  refreshToken: "refresh-0",
  issued: 0,
  expiresIn: 3600,
  taskStatus: 200,
  onToken: async () => {},
  seen: [] as { url: string; authorization: string }[],
};
const upstream = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  api.seen.push({ url: request.url ?? "", authorization: request.headers.authorization ?? "" });
  if (request.url !== "/token") return answer(api.taskStatus, { data: [] });
  await api.onToken();
  if (new URLSearchParams(Buffer.concat(chunks).toString()).get("refresh_token") !== api.refreshToken)
    return answer(400, { error: "invalid_grant" });
  api.issued++;
  api.refreshToken = `refresh-${api.issued}`;
  answer(200, { access_token: `access-${api.issued}`, refresh_token: api.refreshToken, expires_in: api.expiresIn });
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const { port } = upstream.address() as AddressInfo;
const base = `http://127.0.0.1:${port}`;
afterAll(async () => {
  upstream.close();
  await spine.close();
});
beforeEach(() =>
  Object.assign(api, { refreshToken: "refresh-0", issued: 0, expiresIn: 3600, taskStatus: 200, onToken: async () => {}, seen: [] }),
);

let counter = 0;
async function draft(given: object, clientSecret?: string): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name: `Draft ${counter++}` });
  await edit(id, given, clientSecret);
  return id;
}
async function edit(resourceId: string, given: object, clientSecret?: string): Promise<void> {
  const { version, body } = (await findResource(scope, db, resourceId))!.draft;
  const next = ResourceDraft.parse({ ...emptyDraft(), ...given });
  if (!clientSecret && body.oauth.clientSecret) next.oauth.clientSecret = body.oauth.clientSecret;
  await saveDraft(scope, db, actor, { resourceId, version, body: next, secrets: clientSecret ? { clientSecret } : {} });
}
const run = (resourceId: string, values: TestValues = {}, byAdmin = false): Promise<TestReport> =>
  testResource(spine, scope, actor, { resourceId, values, byAdmin, allowsHttp: spine.allowsHttp });
const publish = (resourceId: string) => publishResource(scope, db, actor, { resourceId, allowsHttp: spine.allowsHttp });
const owners = async (resourceId: string) =>
  (await sql<{ owner: string }[]>`select owner from credential where resource_id = ${resourceId} order by owner`).map(({ owner }) => owner);
const lane = ({ lanes }: TestReport, kind: TestLane["kind"]) => lanes.find((one) => one.kind === kind)!;

const appDraft = (baseUrl = base) => ({
  level: "app",
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
  request: { baseUrl },
  test: { request: { path: "/tasks" } },
});
const keyDraft = (given: object = {}) => ({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "username", secret: false }, { name: "password" }],
  request: { baseUrl: base },
  test: { request: { path: "/tasks" } },
  ...given,
});
const basic = (username: string, password: string) => `Basic ${btoa(`${username}:${password}`)}`;

describe("the app's credential", () => {
  test("is a candidate until Finish, and the live one after", async () => {
    const id = await draft(appDraft());
    expect((await run(id, { refresh_token: "refresh-0" })).passed).toBe(true);
    expect(await owners(id)).toEqual(["candidate"]);
    await publish(id);
    expect(await owners(id)).toEqual(["app"]);
    // New values typed: the live one goes on until Finish.
    api.refreshToken = "another-0";
    expect((await run(id, { refresh_token: "another-0" })).passed).toBe(true);
    expect(await owners(id)).toEqual(["app", "candidate"]);
    await publish(id);
    expect(await owners(id)).toEqual(["app"]);
    const live = await findTestCredential(scope, sql, id, { level: "app", authType: "oauth2_refresh_token" });
    expect(live!.secrets.refreshToken).toBe(api.refreshToken);
  });

  test.each([
    [3600, 300],
    [120, 30],
  ])("that lives %i s is renewed %i s before its end from Finish on, and the lease of the one before is gone", async (lifetime, margin) => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    const [before] = await sql<{ id: string }[]>`select id from credential where resource_id = ${id}`;
    await takeLease(scope, sql, before!.id, randomUUID());
    Object.assign(api, { refreshToken: "another-0", expiresIn: lifetime });
    await run(id, { refresh_token: "another-0" });
    await publish(id);
    expect(await sql`select 1 from refresh_lease where credential_id = ${before!.id}`).toEqual([]);
    const [row] = await sql`select extract(epoch from expires_at - refresh_at)::float as margin from credential where resource_id = ${id}`;
    expect(row!.margin).toBeLessThanOrEqual(margin);
    expect(row!.margin).toBeGreaterThan(margin - 5);
  });

  test("tested while live keeps its rotated token in its own row, however the test ends: a second copy would end the grant", async () => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    for (const taskStatus of [200, 500, 200]) {
      api.taskStatus = taskStatus;
      const report = await run(id);
      expect(lane(report, "token").state, lane(report, "token").problem?.message).toBe("passed");
      expect(await owners(id)).toEqual(["app"]);
      const [row] = await sql`select status from credential where resource_id = ${id}`;
      expect(row!.status, "a test of a draft says nothing bad about what is live").toBe("VALID");
    }
    // An access token typed beside it is renewed by the same grant, so the row stays one.
    expect((await run(id, { access_token: "typed" })).passed).toBe(true);
    expect(await owners(id)).toEqual(["app"]);
  });

  test("tested by several people at once, while live calls renew it, is renewed one after the other", async () => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    const [row] = await sql<{ id: string }[]>`select id from credential where resource_id = ${id}`;
    const lease = (await takeLease(scope, sql, row!.id, randomUUID()))!;
    const tests = [1, 2, 3, 4].map(() => run(id));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(api.issued, "nobody calls while a live call has the lease").toBe(1);
    await endLease(scope, sql, lease);
    for (const report of await Promise.all(tests)) expect(report.passed, lane(report, "token").problem?.message).toBe(true);
    expect(api.issued).toBe(5);
    expect(await owners(id)).toEqual(["app"]);
  });

  test("tested while live has its lease however long the token call takes: else a live call would spend the same refresh token", async () => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    await sql`delete from refresh_lease`;
    const left = async () => (await sql`select extract(epoch from until - now())::float as left from refresh_lease`)[0]?.left;
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    let extended: unknown;
    api.onToken = async () => {
      await sql`update refresh_lease set until = now() + interval '5 seconds'`;
      vi.advanceTimersByTime(10_000);
      await new Promise((resolve) => setTimeout(resolve, 300));
      extended = await left();
    };
    expect((await run(id)).passed).toBe(true);
    vi.useRealTimers();
    expect(extended).toBeGreaterThan(30);
    expect(await left()).toBeUndefined();
  });

  test("isn't sent in another field by an editor, who could read it at the API; an admin may", async () => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    const posts = { method: "POST", path: "/tasks", body: { kind: "json", text: '{"title":"{{credentials.access_token}}"}' } };
    const named = { path: "/tasks", headers: [{ name: "X-Note", value: "{{credentials.refresh_token}}" }] };
    for (const [request, place] of [
      [posts, "Body of the test request"],
      [named, "X-Note, a header of the test request"],
    ] as const) {
      await edit(id, { ...appDraft(), test: { request } });
      api.seen = [];
      const message = `The app's credential has never gone out in ${place}. Ask an admin to send this test, or to choose Finish.`;
      await expect(run(id)).rejects.toMatchObject({ code: "forbidden", message });
      expect(api.seen).toEqual([]);
      expect((await run(id, {}, true)).passed).toBe(true);
    }
    // Whoever types the token knows it.
    expect((await run(id, { refresh_token: api.refreshToken })).passed).toBe(true);
    await edit(id, { ...appDraft(), test: { request: { path: "/tasks?other" } } });
    expect((await run(id)).passed).toBe(true);
  });

  test("that failed its test doesn't replace one that works", async () => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    expect((await run(id, { refresh_token: "made-up" })).passed).toBe(false);
    await publish(id);
    const rows = await sql`select owner, status from credential where resource_id = ${id} order by owner`;
    expect(rows).toEqual([
      { owner: "app", status: "VALID" },
      { owner: "candidate", status: "INVALID" },
    ]);
  });

  test("of another authentication type isn't promoted", async () => {
    const id = await draft({ ...keyDraft({ level: "app" }) });
    expect((await run(id, { username: "a", password: "b-1234" })).passed).toBe(true);
    await edit(id, appDraft());
    await publish(id);
    expect(await owners(id)).toEqual(["candidate"]);
  });

  test("isn't sent to a host that an edit put in place of the one it was typed for", async () => {
    const id = await draft(appDraft());
    await run(id, { refresh_token: "refresh-0" });
    await publish(id);
    for (const moved of [
      appDraft(`http://localhost:${port}`),
      { ...appDraft(), oauth: { ...appDraft().oauth, accessTokenUrl: `http://localhost:${port}/token` } },
    ]) {
      await edit(id, moved);
      api.seen = [];
      await expect(run(id)).rejects.toMatchObject({
        code: "bad_input",
        details: { fields: { refresh_token: /typed for 127\.0\.0\.1:\d+ .*Type it again/ } },
      });
      await expect(publish(id)).rejects.toMatchObject({ code: "bad_input" });
      expect(api.seen).toEqual([]);
    }
    // Typed again, they are bound to the new host, and Finish takes them there.
    expect((await run(id, { refresh_token: api.refreshToken })).passed).toBe(true);
    await publish(id);
  });
});

describe("test values", () => {
  test("typed ones go over stored ones, and null clears", async () => {
    const id = await draft(keyDraft());
    await run(id, { username: "ada", password: "first-1" });
    await run(id, { username: "bob" });
    expect(api.seen.map(({ authorization }) => authorization)).toEqual([basic("ada", "first-1"), basic("bob", "first-1")]);
    await expect(run(id, { password: null })).rejects.toThrow(/Missing: password/);
    const { fields } = (await findTestValues(scope, spine, id))!;
    expect(fields).toEqual({ username: { set: true, value: "bob" }, password: { set: true, hint: "" } });
  });

  test("of a user-level draft don't follow it to another host either, but what isn't secret does", async () => {
    const id = await draft(keyDraft());
    await run(id, { username: "ada", password: "first-1" });
    await edit(id, keyDraft({ request: { baseUrl: `http://localhost:${port}` } }));
    api.seen = [];
    await expect(run(id)).rejects.toMatchObject({ details: { fields: { password: expect.any(String) } } });
    expect(api.seen).toEqual([]);
    expect((await run(id, { password: "again-1" })).passed).toBe(true);
    expect(api.seen.at(-1)!.authorization).toBe(basic("ada", "again-1"));
    expect((await run(id)).passed).toBe(true);
  });

  test("don't follow an input that chooses the host", async () => {
    const inputs = [{ key: "host", title: "Host" }];
    const id = await draft(keyDraft({ inputs, request: { baseUrl: "https://{{inputs.host}}/" } }));
    await run(id, { host: "one.invalid", username: "ada", password: "first-1" });
    await expect(run(id, { host: "evil.invalid" })).rejects.toMatchObject({
      details: { fields: { password: /"host" chooses another host/ } },
    });
    expect(lane(await run(id, { host: "two.invalid", password: "first-1" }), "call").problem?.kind).toBe("dns");
  });

  test("are kept for each authentication type, and apart from users", async () => {
    const id = await draft(keyDraft());
    await run(id, { username: "ada", password: "first-1" });
    await edit(id, { ...appDraft(), level: "user" });
    await run(id, { refresh_token: "refresh-0" });
    await edit(id, keyDraft());
    expect((await run(id)).passed).toBe(true);
    const [row] = await sql`select count(*)::int as n from connected_user where kind = 'test'`;
    expect(row!.n).toBe(1);
  });

  test.each<[string, string, object, TestValues]>([
    ["an app's key", "credentials", { level: "app", apiKeys: [{ name: "key" }] }, { key: "canary-0123456789-abcdef" }],
    [
      "a Required Input of the test user",
      "inputs",
      { inputs: [{ key: "key", title: "Key", secret: true }], apiKeys: [{ name: "username", secret: false }] },
      { key: "canary-0123456789-abcdef", username: "ada" },
    ],
  ])("stay secret when an edit switches Secret off: %s", async (_, from, secretly, values) => {
    const echo = { request: { path: `/tasks?key={{${from}.key}}` } };
    const shape = (hidden: boolean) => {
      const { inputs = [], apiKeys, ...rest } = secretly as { inputs?: object[]; apiKeys: { name: string }[] };
      return keyDraft({
        ...rest,
        inputs: inputs.map((input) => ({ ...input, secret: hidden })),
        apiKeys: apiKeys.map((key) => ({ ...key, secret: key.name === "key" && hidden })),
        test: echo,
      });
    };
    const id = await draft(shape(true));
    const seen = [await run(id, values)];
    expect(api.seen.at(-1)!.url, "the request shows it").toContain(values.key);
    await edit(id, shape(false));
    const shown = [await findTestValues(scope, spine, id)];
    seen.push(await run(id));
    shown.push(await findTestValues(scope, spine, id));
    await edit(id, { ...shape(false), request: { baseUrl: `http://localhost:${port}` } });
    await expect(run(id), "nor does it follow to another host").rejects.toMatchObject({ code: "bad_input" });
    expect(seen.map(({ passed }) => passed)).toEqual([true, true]);
    expect(shown.map((each) => each!.fields.key!.hint)).toEqual(["cdef", "cdef"]);
    expect(JSON.stringify([seen, shown])).not.toContain(values.key);
    // Typed again as what it is now, it is plain.
    await run(id, { key: "typed-again" });
    expect((await findTestValues(scope, spine, id))!.fields.key).toEqual({ set: true, value: "typed-again" });
  });

  test("are cleared with a line in the audit log, or not at all", async () => {
    const id = await draft(keyDraft());
    await run(id, { username: "ada", password: "first-1" });
    const nobody = { kind: "member", id: "not an id" } as const;
    await expect(clearTestValues(scope, spine, nobody, { resourceId: id })).rejects.toThrow();
    expect(await owners(id)).toEqual(["test"]);
    await clearTestValues(scope, spine, actor, { resourceId: id });
    expect(await owners(id)).toEqual([]);
  });

  test("with everything a name can hold reach no prototype", async () => {
    const id = await draft(keyDraft());
    const values = JSON.parse('{"__proto__":"x","toString":"y","username":"a","password":"b-1234"}') as TestValues;
    expect((await run(id, values)).passed).toBe(true);
  });
});

describe("each failure has its sentence and its next step:", () => {
  const call = (given: object = {}) => draft(keyDraft(given));
  const at = (address: string, path = "/tasks", test: object = {}) =>
    call({ request: { baseUrl: address }, test: { request: { path }, ...test } });
  const tricky = (trick: string) => at(`${tasklab.url}/switch/${trick}/northgate/basic`);
  const ada = { username: "ada", password: "lovelace-1843" };

  test.each<[string, () => Promise<string>, string, RegExp]>([
    ["DNS", () => at("https://nowhere.invalid"), "dns", /host name|DNS|looked up/],
    ["a blocked address", () => at("https://10.0.0.1"), "blocked_address", /was blocked/],
    ["a closed port", () => at("http://127.0.0.1:9"), "connect_refused", /Nothing answers/],
    ["TLS", () => at(`https://127.0.0.1:${port}`), "tls", /secure connection|certificate/],
    [
      "time-out",
      () =>
        call({ ...keyDraft(), request: { baseUrl: `${tasklab.url}/switch/slow=3000/northgate/basic` }, behaviour: { timeoutMs: 1_000 } }),
      "timeout",
      /longer than 1 second/,
    ],
    ["401", () => at(`${tasklab.url}/northgate/key`), "unauthorized", /doesn't accept these keys/],
    ["403", () => tricky("status=403"), "forbidden", /403/],
    ["404", () => at(`${tasklab.url}/northgate/basic`, "/nothing"), "status", /404: nothing is at this address/],
    ["429", () => tricky("rate-limited=7"), "rate_limited", /asks to wait 7 s/],
    ["503", () => tricky("status=503"), "server_error", /failed by itself/],
    ["422", () => tricky("status=422"), "status", /422/],
    ["a redirect to a private address", () => tricky("redirect-to-private=ten"), "blocked_address", /was blocked/],
    ["a redirect loop", () => tricky("redirect-loop"), "too_many_redirects", /redirected more than 5 times/],
    ["an answer of more than 10 MiB", () => tricky("big=12"), "too_large", /larger than 10 MiB/],
    ["a gzip bomb", () => tricky("gzip-bomb"), "too_large", /larger than 10 MiB/],
    ["a connection that breaks off", () => tricky("close"), "reset", /closed the connection/],
    [
      "nothing at the expected path",
      () => at(`${tasklab.url}/northgate/basic`, "/tasks", { expectPath: "$.none" }),
      "rule",
      /nothing is at \$\.none/,
    ],
    [
      "the sign of an expired token in a 200",
      () => call({ request: { baseUrl: `${tasklab.url}/northgate/basic` }, behaviour: { expired: { path: "$.data" } } }),
      "rule",
      /answered 200, but with the sign/,
    ],
    ["a path that leads away", () => at(`${tasklab.url}/northgate/basic`, "//evil.example"), "unbuildable", /starts with \/\//],
  ])("%s", async (_, make, kind, message) => {
    const report = await run(await make(), ada);
    const { state, problem } = lane(report, "call");
    expect({ state, kind: problem?.kind }).toEqual({ state: "failed", kind });
    expect(problem!.message).toMatch(message);
    expect(problem!.fix).toMatch(/^[A-Z].{10,}\.$/s);
    expect(report.passed).toBe(false);
  });

  test.each<[string, string, string, RegExp]>([
    ["200 without a token", "token-without-access-token", "no_token", /no token is at \$\.access_token/],
    ["a refused grant", "token-error=invalid_grant", "invalid_grant", /isn't valid any more/],
    ["a refused client", "token-error=invalid_client", "invalid_client", /doesn't accept this client/],
    ["a page", "html", "not_understood", /HTML page/],
    ["half an answer", "malformed", "not_understood", /doesn't parse/],
    ["nothing", "empty", "not_understood", /empty body/],
    ["too many calls", "rate-limited", "rate_limited", /too many calls/],
    ["its own fault", "status=500", "server_error", /failed/],
    ["a redirect to another origin", "redirect-to-other-origin", "unreachable", /doesn't go along/],
    ["a redirect to a private address", "redirect-to-private=metadata", "unreachable", /was blocked/],
  ])("a token call with %s", async (_, trick, kind, message) => {
    const minted = await fetch(`${tasklab.url}/mint`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client: "tasklab-web" }),
    });
    const { refresh_token } = (await minted.json()) as { refresh_token: string };
    const given = tasklabDraft.refreshToken(tasklab.url);
    const accessTokenUrl = `${tasklab.url}/switch/${trick}/northgate/oauth/token`;
    const id = await draft({ ...given, oauth: { ...given.oauth, accessTokenUrl } }, "web-secret-for-the-demo");
    const report = await run(id, { tenant: "northgate", refresh_token });
    const { state, problem } = lane(report, "token");
    expect({ state, kind: problem?.kind }, problem?.message).toEqual({ state: "failed", kind });
    expect(problem!.message).toMatch(message);
    expect(lane(report, "call").state).toBe("not_sent");
    expect(lane(report, "profile").state).toBe("not_sent");
    expect(JSON.stringify(report)).not.toContain(refresh_token);
    expect(JSON.stringify(report)).not.toContain("web-secret-for-the-demo");
  });

  test.each(["expires-in-string", "no-expires-in", "form-answer", "no-rotation", "gzip"])("and %s is no failure", async (trick) => {
    const given = tasklabDraft.clientCredentials(tasklab.url);
    const accessTokenUrl = `${tasklab.url}/switch/${trick}/northgate/oauth/token`;
    const id = await draft({ ...given, oauth: { ...given.oauth, accessTokenUrl } }, "service-secret-for-the-demo");
    const report = await run(id, { tenant: "northgate" });
    expect(report.passed, JSON.stringify(report.lanes.map((one) => one.problem))).toBe(true);
  });

  test("API keys have no claims: their profile is read by request, whatever was chosen while the draft had tokens", async () => {
    const given = tasklabDraft.apiKey(tasklab.url);
    const id = await draft({ ...given, profile: { ...given.profile, source: "jwt" } });
    const report = await run(id, { tenant: "northgate", ...ada });
    expect(lane(report, "profile")).toMatchObject({ state: "passed", request: { method: "GET" } });
  });

  test("a profile call that is refused says so as the API call does", async () => {
    const given = tasklabDraft.apiKey(tasklab.url);
    const id = await draft({ ...given, profile: { ...given.profile, request: { path: "/nothing" } } });
    const { problem } = lane(await run(id, { tenant: "northgate", ...ada }), "profile");
    expect(problem).toMatchObject({ kind: "status", message: expect.stringMatching(/404/), action: { path: "profile.request.path" } });
  });

  test("a wrong path of the user id, with the one that would do", async () => {
    const given = tasklabDraft.apiKey(tasklab.url);
    const id = await draft({ ...given, profile: { ...given.profile, idPath: "$.id" } });
    const { problem } = lane(await run(id, { tenant: "northgate", ...ada }), "profile");
    expect(problem).toMatchObject({ kind: "profile", action: { path: "profile.idPath", value: "$.data.id" } });
  });

  test("a draft that isn't whole isn't sent, and says what to fix", async () => {
    const id = await draft({ level: "user" });
    await expect(run(id)).rejects.toMatchObject({ code: "bad_input", details: { fields: { authType: expect.any(String) } } });
  });
});

test("none of it was a fault of ours", () => {
  expect(errors.map(String)).toEqual([]);
});
