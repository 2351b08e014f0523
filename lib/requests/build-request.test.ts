import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, test } from "vitest";
import { testDatabase } from "#db/testing.ts";
import { redactorOf, redactRequest, secretHeaderValues } from "#lib/activity/redact.ts";
import { listSecretValues } from "#lib/credentials/list-secret-values.ts";
import { type StoredSecrets, showsEnd } from "#lib/credentials/schema.ts";
import { definitionOf } from "#lib/credentials/testing.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { parseAllowList } from "#lib/transport/address-guard.ts";
import { createSend } from "#lib/transport/send.ts";
import { hintOf } from "#lib/vault/seal.ts";
import { buildPreview } from "../../components/requests/build-preview.ts";
import { buildRequest } from "./build-request.ts";
import { performRequest } from "./perform-request.ts";

/** Keeps each request as it came over the wire. */
const recorded: { method: string; url: string; headers: [string, string][]; body: string }[] = [];
const recorder = createServer(async (request: IncomingMessage, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const raw = request.rawHeaders;
  const headers = raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1]!]] : []));
  recorded.push({ method: request.method!, url: request.url!, headers, body: Buffer.concat(chunks).toString() });
  response.writeHead(200, { "content-type": "application/json" }).end('{"access_token":"issued-token-0123456789-abcd"}');
});
await new Promise<void>((resolve) => recorder.listen(0, "127.0.0.1", resolve));
afterAll(() => void recorder.close());
const base = `http://127.0.0.1:${(recorder.address() as AddressInfo).port}/v1`;
const { db, sql } = await testDatabase();
const transport = createSend({ allow: parseAllowList("127.0.0.1/32") });
const spine = { db, sql, ...transport, record: () => {} };

/** What undici and the connection add: no part of the request as built. */
const OF_THE_CONNECTION = new Set(["host", "connection", "content-length", "user-agent", "accept-encoding"]);
const own = (headers: [string, string][]) => headers.filter(([name]) => !OF_THE_CONNECTION.has(name.toLowerCase()));

const inputs = [
  { key: "tenant", title: "Tenant" },
  { key: "note", title: "Note", secret: true },
];
const AWKWARD = "a/b?c#d%20&e=f+g é😀\"'\\";
const secrets: StoredSecrets = {
  inputs: { tenant: AWKWARD, note: "n/o+t=e&s3cret" },
  keys: { username: "ada", password: 'pa:ss "wörd"&=+/-long-enough-123', api_key: "key-0123456789-abcdefgh" },
  plain: ["tenant", "username"],
  accessToken: "access-token-0123456789-9f2c",
  refreshToken: "refresh-token-0123456789-77aa",
};
const scope = { projectId: crypto.randomUUID() };

const apiKeys = [{ name: "username", secret: false }, { name: "password" }, { name: "api_key" }];
const everywhere = {
  path: "/tasks/{{inputs.tenant}}/x?fixed=1&t={{inputs.tenant}}",
  query: [{ name: "q&", value: "{{inputs.tenant}}={{inputs.note}}" }],
  headers: [{ name: "X-Note", value: "{{inputs.note | base64}}" }],
};
const bodies = {
  none: { kind: "none" },
  json: { kind: "json", text: '{"text": "x {{inputs.tenant}} y", "typed": "{{inputs.note}}", "n": 12345678901234567890}' },
  form: {
    kind: "form",
    fields: [
      { name: "a[]", value: "{{inputs.tenant}}" },
      { name: "b", value: "{{inputs.note}}" },
    ],
  },
  raw: { kind: "raw", text: "<t>{{inputs.note}}</t>", contentType: "application/xml" },
};
const authentications: Record<string, object> = {
  none: { kind: "none" },
  bearer: { kind: "bearer", token: "{{credentials.api_key}}" },
  basic: { kind: "basic" },
  query: {
    kind: "query",
    query: [
      { name: "api_key", value: "{{credentials.api_key}}" },
      { name: "p", value: "{{credentials.password}}" },
    ],
  },
  headers: {
    kind: "headers",
    headers: [
      { name: "X-Api-Key", value: "{{credentials.api_key}}" },
      { name: "X-Pass", value: "{{credentials.password | url_encode}}" },
    ],
  },
};
const cases = Object.keys(authentications).flatMap((kind) =>
  Object.keys(bodies).map((body): [string, keyof typeof bodies] => [kind, body as keyof typeof bodies]),
);

const resourceOf = (kind: string, body: keyof typeof bodies) => ({
  inputs,
  apiKeys,
  request: { baseUrl: base, authentication: authentications[kind], headers: [{ name: "X-Default", value: "{{inputs.note | base64}}" }] },
  test: { request: { method: "POST", ...everywhere, body: bodies[body] } },
});

async function perform(given: object) {
  const definition = definitionOf(given);
  recorded.length = 0;
  const performed = await performRequest(spine, {
    scope,
    resourceId: crypto.randomUUID(),
    definition,
    secrets,
    renew: "always",
    user: { id: "test-user", metadata: {} },
    request: definition.test.request,
    kind: "call",
    source: "test",
  });
  expect(performed.outcome, JSON.stringify(performed.refusal ?? performed.outcome)).toMatchObject({ kind: "answer", status: 200 });
  return { definition, performed };
}

/** What the preview is given: what isn't secret as it is, of the rest the last four characters where they may be shown. */
const previewValues = {
  plain: { tenant: AWKWARD, username: "ada" },
  hints: Object.fromEntries(
    Object.entries({ ...secrets.inputs, ...secrets.keys, access_token: secrets.accessToken!, refresh_token: secrets.refreshToken! }).map(
      ([key, value]) => [key, showsEnd(key) ? hintOf(value) : ""],
    ),
  ),
  secretNames: [],
};

describe("what is built is what arrives, byte for byte, and what the preview shows", () => {
  test.each(cases)("authentication %s, body %s", async (kind, body) => {
    const given = resourceOf(kind, body);
    const { definition, performed } = await perform(given);
    const built = buildRequest(definition, definition.test.request, {
      inputs: secrets.inputs,
      credentials: secrets.keys,
      user: { id: "test-user", metadata: {} },
    });
    const [arrived] = recorded;
    const origin = new URL(base).origin;
    expect({ ...arrived, url: origin + arrived!.url, headers: own(arrived!.headers) }).toEqual({
      method: built.method,
      url: built.url,
      headers: built.headers,
      body: built.body ?? "",
    });

    const redact = redactorOf([...listSecretValues(definition, secrets), ...secretHeaderValues(built)]);
    const seen = redactRequest({ ...built, url: origin + arrived!.url, headers: own(arrived!.headers), body: arrived!.body }, redact);
    expect(redactRequest(performed.request!, performed.redact)).toEqual(seen);
    const draft = ResourceDraft.parse({ ...emptyDraft(), level: "user", authType: "api_key", ...given });
    const preview = buildPreview(draft, previewValues);
    if (!("request" in preview.call)) throw new Error(preview.call.problem);
    // Base64 of a stand-in is as masked as base64 of the secret, though other characters are left at its edges.
    const edges = (request: object) =>
      JSON.stringify(request).replace(/[A-Za-z0-9+/=]{0,3}•+( \S{4}(?=[A-Za-z0-9+/=]|"))?[A-Za-z0-9+/=]{0,3}/g, "•");
    expect(edges(preview.call.request)).toBe(edges(seen));
    for (const secret of [secrets.keys.password!, secrets.keys.api_key!, secrets.inputs.note!])
      expect(JSON.stringify(seen)).not.toContain(secret);
  });

  test.each(["basic", "body", "none"])("a token call with client authentication %s, then a bearer call", async (clientAuthentication) => {
    const given = {
      authType: "oauth2_refresh_token",
      oauth: {
        accessTokenUrl: `${base}/token`,
        clientId: "client",
        clientAuthentication,
        clientSecret: { kind: "input", key: "note" },
        scope: "a b",
      },
      inputs,
      request: { baseUrl: base },
      test: { request: { path: "/tasks" } },
    };
    const { performed } = await perform(given);
    const [token, call] = recorded;
    const { request } = performed.tokenCalls[0]!;
    expect({ ...token, url: new URL(base).origin + token!.url, headers: own(token!.headers) }).toEqual({
      method: request.method,
      url: request.url,
      headers: request.headers,
      body: request.body,
    });
    expect(own(call!.headers)).toEqual([
      ["Accept", "application/json"],
      ["Authorization", "Bearer issued-token-0123456789-abcd"],
    ]);
    const draft = ResourceDraft.parse({ ...emptyDraft(), level: "user", ...given });
    const preview = buildPreview(draft, previewValues);
    const seen = redactRequest(request, performed.redact);
    // The stand-in of the secret has no last four; that one has them nowhere either.
    expect(preview.token).toMatchObject({ request: { method: seen.method, url: seen.url, headers: seen.headers } });
  });
});

describe("a value stays in its place:", () => {
  const build = (given: object, values: Partial<{ inputs: Record<string, unknown>; credentials: Record<string, string> }> = {}) => {
    const definition = definitionOf({ inputs, apiKeys, ...given });
    return buildRequest(definition, definition.test.request, { inputs: secrets.inputs, credentials: secrets.keys, ...values });
  };

  test("in path, query, form and JSON it comes out as it went in", async () => {
    await perform(resourceOf("query", "form"));
    const url = new URL(recorded[0]!.url, base);
    expect(url.pathname.split("/").map(decodeURIComponent)).toEqual(["", "v1", "tasks", AWKWARD, "x"]);
    expect([...url.searchParams]).toEqual([
      ["fixed", "1"],
      ["t", AWKWARD],
      ["q&", `${AWKWARD}=${secrets.inputs.note}`],
      ["api_key", secrets.keys.api_key],
      ["p", secrets.keys.password],
    ]);
    expect([...new URLSearchParams(recorded[0]!.body)]).toEqual([
      ["a[]", AWKWARD],
      ["b", secrets.inputs.note],
    ]);
    await perform(resourceOf("none", "json"));
    expect(JSON.parse(recorded[0]!.body)).toMatchObject({ text: `x ${AWKWARD} y`, typed: secrets.inputs.note });
    expect(recorded[0]!.body).toContain("12345678901234567890");
  });

  test("Basic is UTF-8 in base64 (RFC 7617)", async () => {
    await perform(resourceOf("basic", "none"));
    const header = recorded[0]!.headers.find(([name]) => name === "Authorization")![1];
    expect(Buffer.from(header.slice(6), "base64").toString()).toBe(`ada:${secrets.keys.password}`);
  });

  test("a colon in a Basic user name would move the border to the password, and is refused", () => {
    const given = { request: { baseUrl: base, authentication: { kind: "basic" } } };
    expect(() => build(given, { credentials: { ...secrets.keys, username: "ada:admin" } })).toThrow(/colon/);
  });

  test.each(["a\r\nX-Evil: 1", "a\nb", "a\u0000b"])("%j in a header is refused", (value) => {
    const given = {
      request: { baseUrl: base, authentication: { kind: "headers", headers: [{ name: "X-K", value: "{{inputs.tenant}}" }] } },
    };
    expect(() => build(given, { inputs: { tenant: value, note: "n" } })).toThrow(/line break or control character/);
  });

  test.each(["..", "../..", ".", "%2e%2e", "..;", "\\..", "a/../.."])("%j as a path segment leads nowhere else", (value) => {
    const given = { request: { baseUrl: base, authentication: { kind: "none" } }, test: { request: { path: "/t/{{inputs.tenant}}/x" } } };
    let url: URL | null = null;
    try {
      url = new URL(build(given, { inputs: { tenant: value, note: "n" } }).url);
    } catch (error) {
      expect((error as Error).message).toMatch(/path/);
    }
    if (url) expect(url.pathname).toMatch(/^\/v1\/t\/[^/]+\/x$/);
  });

  test("authentication comes last: no default header and no header of the call replaces it", () => {
    const { headers } = build({
      request: {
        baseUrl: base,
        authentication: { kind: "bearer", token: "{{credentials.api_key}}" },
        headers: [{ name: "authorization", value: "default" }],
      },
      test: {
        request: {
          headers: [
            { name: "AUTHORIZATION", value: "call" },
            { name: "Accept", value: "text/plain" },
          ],
        },
      },
    });
    expect(headers).toEqual([
      ["Accept", "text/plain"],
      ["Authorization", `Bearer ${secrets.keys.api_key}`],
    ]);
  });
});
