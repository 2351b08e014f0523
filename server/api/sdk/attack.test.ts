import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { deleteResource } from "#lib/resources/delete-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { createApi } from "../create-api.ts";
import { testApi } from "../testing.ts";

/** What callers and hostile or broken APIs send: each ends in a refusal that says why, never in a 500, and leaks nothing. */
const world = await testApi();
const { connect, sql, signer, scope, actor, db, api, errors } = world;

/** An API of ours that answers what a test tells it to. */
let answer: (url: string) => { status?: number; type?: string; body: string | Buffer; headers?: Record<string, string> } = () => ({
  body: "{}",
});
const seen: string[] = [];
const upstream = createServer((request, response) => {
  seen.push(`${request.method} ${request.url}`);
  const { status = 200, type = "application/json", body, headers = {} } = answer(request.url ?? "");
  response.writeHead(status, { "content-type": type, ...headers }).end(body);
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const upstreamPort = (upstream.address() as AddressInfo).port;
afterAll(() => void upstream.close());

const wide = openSpine(world as never, { outboundAllow: `127.0.0.1/32,[::1/128]`, onError: (error) => errors.push(error) });
const wideApi = createApi({ spine: wide, onError: (error) => errors.push(error) });
afterAll(() => wide.close());
const base = `http://127.0.0.1:${upstreamPort}`;

async function publishWide(name: string, draft: object, clientSecret?: string): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name });
  const body = ResourceDraft.parse(draft);
  await saveDraft(scope, db, actor, { resourceId: id, version: 1, body, secrets: clientSecret ? { clientSecret } : {} });
  await publishResource(scope, db, actor, { resourceId: id, allowsHttp: wide.allowsHttp });
  return id;
}
const send = async (id: string, body: unknown, sub = "user") => {
  const response = await wideApi.request(`/projects/${scope.projectId}/sdk/resources/${id}/connect`, {
    method: "POST",
    headers: { authorization: `Bearer ${signer.sign({ sub })}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return {
    status: response.status,
    body: (await response.json()) as {
      message: string;
      code: string;
      meta?: Record<string, unknown>;
      providerData?: Record<string, unknown>;
      id: string;
    },
  };
};
const noFaults = () => expect(errors.map(String)).toEqual([]);

const profiled = await publishWide("Profiled", {
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  request: { baseUrl: base, authentication: { kind: "headers", headers: [{ name: "X-Key", value: "{{credentials.key | url_encode}}" }] } },
  profile: { enabled: true, request: { path: "/me" }, idPath: "$.id", fields: [{ name: "name", path: "$.name" }] },
});
const tokened = await publishWide("Tokened", {
  level: "user",
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
  request: { baseUrl: base },
});

describe("an API that answers", () => {
  test.each<[string, string, number, unknown]>([
    ["U+0000 in a field", '{"id":"1","name":"a\\u0000b"}', 200, { id: "1", name: "a\ufffdb" }],
    ["half a character in a field", '{"id":"1","name":"\\ud83d"}', 200, { id: "1", name: "\ufffd" }],
    ["U+0000 in the id", '{"id":"1\\u0000"}', 400, undefined],
    ["an id of 256 characters", `{"id":"${"x".repeat(256)}"}`, 400, undefined],
    ["a field nested without end", `{"id":"1","name":${"[".repeat(20_000)}${"]".repeat(20_000)}}`, 200, { id: "1" }],
    ["a field larger than 2 kB", `{"id":"1","name":"${"x".repeat(3_000)}"}`, 200, { id: "1" }],
    ["prototype keys", '{"id":"1","__proto__":{"name":"x"}}', 200, { id: "1" }],
    ["a number for an id", '{"id":12345678901}', 200, { id: "12345678901" }],
  ])("%s", async (name, body, status, profile) => {
    answer = () => ({ body });
    const end = await send(profiled, { key: "k-123456" }, `profile ${name}`);
    expect(end.status, end.body.message).toBe(status);
    if (status === 200) expect(end.body.providerData).toEqual(profile);
    else expect(end.body.code).toBe("0704");
    noFaults();
  });

  test("a secret inside its error code, field names or Retry-After gets it no further", async () => {
    const canary = "canary-refresh-token-4711";
    for (const body of [
      { error: canary },
      { error: `bad ${canary}\u0000` },
      { [canary]: { token: "t" } },
      { error: "x", error_description: canary },
    ]) {
      for (const status of [200, 400, 401, 429, 500]) {
        answer = () => ({ status, body: JSON.stringify(body), headers: { "retry-after": canary } });
        const end = await send(tokened, { refresh_token: canary }, `echo ${status}`);
        expect(end.status).toBe(400);
        expect(JSON.stringify(end.body)).not.toContain(canary);
      }
    }
    noFaults();
  });

  test("bytes that Postgres can't keep: its failures are logged all the same", async () => {
    answer = () => ({ status: 500, type: "text/plain", body: Buffer.from("oh\u0000no 😀") });
    await send(profiled, { key: "k-123456" }, "nul");
    await wide.close();
    const [row] =
      await sql`select detail->'response'->>'body' as body from activity where status = 500 and kind = 'profile' order by at desc limit 1`;
    expect(row!.body).toBe("oh\ufffdno 😀");
    noFaults();
  });

  test("a token that lives until the year 275760", async () => {
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    for (const exp of [253_402_300_800, 8.64e12, 1e300]) {
      const end = await send(tokened, { access_token: `${part({})}.${part({ exp })}.x` }, `exp ${exp}`);
      expect(end.status, end.body.message).toBe(200);
    }
    noFaults();
  });
});

describe("values of odd shapes", () => {
  test("a key that ends in emoji connects: nothing halves them", async () => {
    answer = () => ({ body: '{"id":"1"}' });
    const end = await send(profiled, { key: "a-long-key-with-an-emoji-😀😀" }, "emoji");
    expect(end.status, end.body.message).toBe(200);
    const [row] = await sql`select hints from credential where id = ${end.body.id}`;
    expect(row!.hints).toEqual({});
    noFaults();
  });

  test.each([
    ["255 characters beyond the BMP", "😀".repeat(255)],
    ["half a character", "a\ud83d"],
    ["U+0000", "a\u0000"],
    ["nothing", ""],
    ["a number", 7],
  ])("a sub of %s is refused as a token", async (_, sub) => {
    const end = await connect(profiled, { key: "k" }, signer.sign({ sub }));
    expect(end.status).toBe(401);
    noFaults();
  });

  test("a sub of 127 characters beyond the BMP is a user like any other", async () => {
    answer = () => ({ body: '{"id":"1"}' });
    expect((await send(profiled, { key: "k-123456" }, "😀".repeat(127))).status).toBe(200);
  });

  test.each<[string, string, number]>([
    ["U+0000 in a value", '{"meta":{"a":"x\\u0000"}}', 400],
    ["U+0000 in a key", '{"meta":{"a\\u0000":1}}', 400],
    ["half a character", '{"meta":{"a":["\\ud83d"]}}', 400],
    ["nested without end", `{"meta":{"a":${"[".repeat(10_000)}${"]".repeat(10_000)}}}`, 400],
    ["a number beyond range", '{"meta":{"a":1e999}}', 400],
    ["a list", '{"meta":[]}', 400],
    ["nothing", "", 400],
    ["too much", `{"meta":{"a":"${"x".repeat(40_000)}"}}`, 413],
    ["prototype keys", '{"meta":{"__proto__":{"x":1},"constructor":{"y":2}}}', 200],
    ["a name of 300 emoji", `{"meta":{"name":"${"😀".repeat(300)}"}}`, 200],
  ])("metadata with %s", async (_, body, status) => {
    const response = await api.request(`/projects/${scope.projectId}/sdk/me`, {
      method: "PATCH",
      headers: { authorization: `Bearer ${signer.sign({ sub: "meta" })}`, "content-type": "application/json" },
      body,
    });
    expect(response.status, await response.clone().text()).toBe(status);
    expect(({} as { x?: unknown }).x).toBeUndefined();
    noFaults();
  });
});

describe("me", () => {
  test("names each live resource with the standing of the user's credential", async () => {
    answer = () => ({ body: '{"id":"1"}' });
    await send(profiled, { key: "k-123456" }, "me-user");
    const response = await api.request(`/projects/${scope.projectId}/sdk/me`, {
      headers: { authorization: `Bearer ${signer.sign({ sub: "me-user" })}` },
    });
    expect(response.status).toBe(200);
    const { resources } = (await response.json()) as { resources: { id: string; slug: string; credentialStatus?: string }[] };
    expect(resources.find(({ id }) => id === profiled)).toMatchObject({ slug: "Profiled", credentialStatus: "VALID" });
    expect(resources.find(({ id }) => id === tokened)).not.toHaveProperty("credentialStatus");
  });
});

describe("a body", () => {
  test("sent without a length is counted as it comes", async () => {
    const chunk = new TextEncoder().encode("x".repeat(64 * 1024));
    let sent = 0;
    const body = new ReadableStream({ pull: (controller) => (sent++ < 1_000 ? controller.enqueue(chunk) : controller.close()) });
    const response = await api.request(`/projects/${scope.projectId}/sdk/resources/${profiled}/connect`, {
      method: "POST",
      headers: { authorization: `Bearer ${signer.sign({ sub: "u" })}` },
      body,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    expect(sent).toBeLessThan(20);
  });

  test("that is longer than it says is cut off by no one's trust in it", async () => {
    const response = await api.request(`/projects/${scope.projectId}/sdk/resources/${profiled}/connect`, {
      method: "POST",
      headers: { authorization: `Bearer ${signer.sign({ sub: "u" })}`, "content-length": "2" },
      body: JSON.stringify({ key: "x".repeat(600_000) }),
    });
    expect(response.status).toBe(413);
  });

  test("that breaks off is the caller's fault, with and without a length", async () => {
    for (const length of [{}, { "content-length": "20" }]) {
      const body = new ReadableStream({ pull: (controller) => controller.error(new Error("aborted")) });
      const response = await api.request(`/projects/${scope.projectId}/sdk/resources/${profiled}/connect`, {
        method: "POST",
        headers: { authorization: `Bearer ${signer.sign({ sub: "u" })}`, ...length },
        body,
        duplex: "half",
      } as RequestInit);
      expect(response.status).toBe(400);
    }
    noFaults();
  });

  test("nested without end is a refusal", async () => {
    const end = await connect(profiled, `{"key":${"[".repeat(100_000)}${"]".repeat(100_000)}}`);
    expect(end.status).toBe(400);
    noFaults();
  });
});

describe("a resource that changes meanwhile", () => {
  const inputDraft = (inputs: object[]) => ({
    level: "user",
    authType: "api_key",
    inputs,
    apiKeys: [{ name: "key" }],
    request: { baseUrl: base, authentication: { kind: "none" } },
  });

  test("deleted: 404 from the next call on, and no 500 for the one in between", async () => {
    const id = await publishWide("Going", inputDraft([]));
    const calls = Array.from({ length: 20 }, (_, n) => send(id, { key: `k-${n}` }, `going ${n}`));
    await deleteResource(scope, db, actor, { resourceId: id });
    const statuses = new Set((await Promise.all(calls)).map(({ status }) => status));
    for (const status of statuses) expect([200, 404]).toContain(status);
    expect((await send(id, { key: "k" }, "late")).status).toBe(404);
    noFaults();
  });

  test("published with another required input: asks for it, names it, and connecting again fixes it", async () => {
    const id = await publishWide("Growing", inputDraft([]));
    const first = await send(id, { key: "k-1" }, "grows");
    expect(first.status).toBe(200);
    const { draft } = (await findResource(scope, db, id))!;
    const body = ResourceDraft.parse(inputDraft([{ key: "tenant", title: "Tenant" }]));
    await saveDraft(scope, db, actor, { resourceId: id, version: draft.version, body, secrets: {} });
    await publishResource(scope, db, actor, { resourceId: id, allowsHttp: wide.allowsHttp });
    const lacking = await send(id, { key: "k-1" }, "grows");
    expect(lacking.body.message).toBe("Missing: tenant.");
    const me = await api.request(`/projects/${scope.projectId}/sdk/me`, {
      headers: { authorization: `Bearer ${signer.sign({ sub: "grows" })}` },
    });
    const { resources } = (await me.json()) as { resources: { id: string; credentialStatus?: string }[] };
    expect(resources.find((one) => one.id === id)).toMatchObject({ credentialStatus: "PENDING" });
    const fixed = await send(id, { key: "k-1", tenant: "t" }, "grows");
    expect(fixed).toMatchObject({ status: 200, body: { id: first.body.id } });
  });
});

describe("templates", () => {
  test("see the user's metadata in a profile request, and refuse a header that it would break", async () => {
    const id = await publishWide("Metadata", {
      level: "user",
      authType: "api_key",
      apiKeys: [{ name: "key" }],
      request: { baseUrl: base, authentication: { kind: "none" } },
      profile: {
        enabled: true,
        request: { path: "/me/{{user.metadata.plan}}", headers: [{ name: "X-Plan", value: "{{user.metadata.plan}}" }] },
      },
    });
    const meta = (plan: string) =>
      api.request(`/projects/${scope.projectId}/sdk/me`, {
        method: "PATCH",
        headers: { authorization: `Bearer ${signer.sign({ sub: "planned" })}` },
        body: JSON.stringify({ meta: { plan } }),
      });
    answer = () => ({ body: '{"id":"1"}' });
    await meta("gold/silver&x=1");
    const before = seen.length;
    expect((await send(id, { key: "k-1" }, "planned")).status).toBe(200);
    expect(seen.slice(before)).toEqual(["GET /me/gold%2Fsilver%26x%3D1"]);
    await meta("x\r\nX-Evil: 1");
    const evil = await send(id, { key: "k-2" }, "planned");
    expect(evil.body.message).toMatch(/line break/);
    noFaults();
  });
});

describe("a half-failed connect", () => {
  test("that is resumed when its kept token has ended renews it with the kept refresh token, not the used one", async () => {
    const id = await publishWide("Resumed", {
      level: "user",
      authType: "oauth2_refresh_token",
      oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
      request: { baseUrl: base },
      profile: { enabled: true, request: { path: "/me" } },
    });
    let issued = 0;
    let profileStatus = 503;
    const sent: string[] = [];
    answer = (url) => {
      if (url !== "/token") return { status: profileStatus, body: '{"id":"1"}' };
      issued++;
      return { body: JSON.stringify({ access_token: `access-${issued}`, refresh_token: `refresh-${issued}` }) };
    };
    upstream.on("request", (request) => {
      if (request.url === "/token") request.on("data", (chunk: Buffer) => sent.push(chunk.toString()));
    });
    const body = { refresh_token: "refresh-0" };
    expect((await send(id, body, "resumed")).body.code).toBe("0704");
    // Meanwhile the access token has ended: the API says 401 until it is renewed.
    profileStatus = 401;
    const unrenewed = await send(id, body, "resumed");
    expect(unrenewed.body.code).toBe("0704");
    profileStatus = 200;
    expect((await send(id, body, "resumed")).status).toBe(200);
    expect(sent.map((text) => new URLSearchParams(text).get("refresh_token"))).toEqual(["refresh-0", "refresh-1"]);
    noFaults();
  });
});
