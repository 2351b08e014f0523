import { createServer, type IncomingMessage, request as nodeRequest, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { openSpine } from "#lib/connections/open-spine.ts";
import { testResource } from "#lib/connections/test-resource.ts";
import { createSigningKey } from "#lib/projects/create-signing-key.ts";
import { PERMISSIONS_CLAIM } from "#lib/projects/token-permissions.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { deleteResource } from "#lib/resources/delete-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { renameResource } from "#lib/resources/rename-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { serveApi } from "../../serve-api.ts";
import { createApi } from "../create-api.ts";
import { makeSigner, testApi } from "../testing.ts";

/**
 * Requests sent through a resource, as the gateway serves them, to an API that does what each test tells it to. One file, since that
 * world takes seconds to make.
 */
const world = await testApi();
const { sql, db, signer, scope, actor, errors } = world;

type Seen = { method: string; url: string; headers: IncomingMessage["headers"]; raw: string[]; body: Buffer };
let seen: Seen[] = [];
let handle: (request: IncomingMessage, response: ServerResponse, seen: Seen) => void = () => {};
/** Handles before the body is read. */
let early: ((request: IncomingMessage, response: ServerResponse) => void) | null = null;

const upstream = createServer((request, response) => {
  if (early) return early(request, response);
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const one = {
      method: request.method!,
      url: request.url!,
      headers: request.headers,
      raw: request.rawHeaders,
      body: Buffer.concat(chunks),
    };
    seen.push(one);
    handle(request, response, one);
  });
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const port = (upstream.address() as AddressInfo).port;
const base = `http://127.0.0.1:${port}`;

const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32", onError: (error) => errors.push(error) });
const onError = (error: unknown) => errors.push(error);
const gateway = serveApi(createApi({ spine, onError }), { port: 0, hostname: "127.0.0.1" }, () => {});
await new Promise<void>((resolve) => (gateway.listening ? resolve() : gateway.once("listening", resolve)));
const origin = `http://127.0.0.1:${(gateway.address() as AddressInfo).port}`;
afterAll(async () => {
  await spine.close();
  gateway.closeAllConnections();
  gateway.close();
  upstream.closeAllConnections();
  upstream.close();
});
beforeEach(() => {
  seen = [];
  early = null;
  handle = (_, response) => response.writeHead(200, { "content-type": "application/json" }).end('{"ok":true}');
});

async function publish(name: string, draft: object): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name });
  await saveDraft(scope, db, actor, { resourceId: id, version: 1, body: ResourceDraft.parse(draft), secrets: {} });
  await publishResource(scope, db, actor, { resourceId: id, allowsHttp: spine.allowsHttp });
  return id;
}

const keyed = {
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  request: {
    baseUrl: `${base}/v3`,
    authentication: { kind: "headers", headers: [{ name: "X-Key", value: "{{credentials.key}}" }] },
    headers: [{ name: "X-Default", value: "of {{user.id}}" }],
  },
};
const KEY = "key-canary-4711";
const tasks = await publish("Tasks & More", keyed);
const token = (sub = "ada", claims: object = {}) => signer.sign({ sub, ...claims });

async function connect(id: string, values: object, sub = "ada") {
  const response = await fetch(`${origin}/projects/${scope.projectId}/sdk/resources/${id}/connect`, {
    method: "POST",
    headers: { authorization: `Bearer ${token(sub)}`, "content-type": "application/json" },
    body: JSON.stringify(values),
  });
  expect(response.status, await response.clone().text()).toBe(200);
}
await connect(tasks, { key: KEY });

type Init = RequestInit & { sub?: string; token?: string; duplex?: "half" };
const call = (path: string, { sub, token: given, headers, ...init }: Init = {}, resource: string = tasks) =>
  fetch(`${origin}/projects/${scope.projectId}/sdk/proxy/${resource}${path}`, {
    ...init,
    headers: { authorization: `Bearer ${given ?? token(sub)}`, ...headers },
  });
const refused = async (response: Response) => ({
  status: response.status,
  ...((await response.json()) as { message: string; code: string; requestId: string; meta?: Record<string, unknown> }),
});

/** A request line as it is written: nothing that a client would repair is repaired. */
function raw(
  path: string,
  headers: Record<string, string> = {},
  method = "GET",
): Promise<{ status: number; text: string; headers: IncomingMessage["headers"] }> {
  return new Promise((resolve, reject) => {
    const sent = nodeRequest(origin, { method, path, headers: { authorization: `Bearer ${token()}`, ...headers } }, (response) => {
      let text = "";
      response.on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve({ status: response.statusCode!, text, headers: response.headers }));
    });
    sent.on("error", reject).end();
  });
}

describe("what goes out", () => {
  test.each(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])("%s, with path, query and body", async (method) => {
    const body = method === "GET" ? undefined : '{"a":1}';
    const response = await call("/tasks/42?done=true&name=%C3%A9", {
      method,
      body,
      headers: { "content-type": "application/json", "x-own": "yes" },
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ output: { ok: true } });
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({ method, url: "/v3/tasks/42?done=true&name=%C3%A9" });
    expect(seen[0]!.headers).toMatchObject({ "x-key": KEY, "x-own": "yes", "x-default": "of ada" });
    expect(seen[0]!.body.toString()).toBe(body ?? "");
  });

  test("a resource is found by its name, unencoded, in any case, and by an old name", async () => {
    expect((await call("/tasks", {}, "Tasks%20&%20More")).status).toBe(200);
    expect((await raw(`/projects/${scope.projectId}/sdk/proxy/tasks%20&%20MORE/tasks`)).status).toBe(200);
    expect(
      (await fetch(`${origin}/v2/projects/${scope.projectId}/sdk/proxy/${tasks}/x`, { headers: { authorization: `Bearer ${token()}` } }))
        .status,
    ).toBe(200);
    const id = await publish("Before", keyed);
    await connect(id, { key: KEY });
    await renameResource(scope, db, actor, { resourceId: id, name: "After" });
    expect((await call("/", {}, "before")).status).toBe(200);
    expect((await call("/", {}, "After")).status).toBe(200);
    await expect
      .poll(
        async () =>
          (await sql`select name from resource_name where resource_id = ${id} and last_used_at is not null`).map(({ name }) => name),
        { timeout: 8_000 },
      )
      .toEqual(["Before"]);
  });

  test("the base URL itself, with and without a slash", async () => {
    for (const path of ["", "/", "?a=1", "/?a=1"]) expect((await call(path)).status).toBe(200);
    expect(seen.map(({ url }) => url)).toEqual(["/v3", "/v3/", "/v3?a=1", "/v3/?a=1"]);
  });

  test("auto and none are read as JSON when they parse; what is named stays", async () => {
    const types: (string | undefined)[] = [];
    for (const [type, body] of [
      ["auto", '{"a":1}'],
      ["auto", "plain"],
      ["", "[1]"],
      ["text/csv", "1,2"],
      ["auto", new Uint8Array([0xff, 0xfe])],
    ] as const) {
      const headers: Record<string, string> = type ? { "content-type": type } : {};
      // Bytes, since fetch names the type of text by itself.
      await call("/t", { method: "POST", body: typeof body === "string" ? new TextEncoder().encode(body) : body, headers });
      types.push(seen.at(-1)!.headers["content-type"]);
    }
    expect(types).toEqual(["application/json", "text/plain;charset=UTF-8", "application/json", "text/csv", "application/octet-stream"]);
    await call("/t", { headers: { "content-type": "auto" } });
    expect(seen.at(-1)!.headers["content-type"]).toBeUndefined();
  });

  test("of the caller's headers none that is ours, the connection's, or a claim about where the caller is", async () => {
    const response = await raw(`/projects/${scope.projectId}/sdk/proxy/${tasks}/h`, {
      cookie: "a=b",
      "x-forwarded-for": "1.2.3.4",
      "x-forwarded-host": "evil",
      forwarded: "for=1",
      "x-real-ip": "1.2.3.4",
      te: "trailers",
      "x-key": "mine",
      "X-Default": "mine",
      connection: "keep-alive, x-drop",
      "x-drop": "1",
      "proxy-authorization": "Basic x",
      "x-paragon-sdk-version": "1",
      origin: "https://app.example",
      referer: "https://app.example/secret",
      "sec-fetch-mode": "cors",
      "x-keep": "1",
      "user-agent": "app/1",
      accept: "text/plain",
    });
    expect(response.status).toBe(200);
    const { headers } = seen[0]!;
    const { host, connection, ...rest } = headers;
    expect(host).toBe(`127.0.0.1:${port}`);
    expect(connection).toBe("keep-alive");
    expect(rest).toEqual({
      "x-key": KEY,
      "x-default": "mine",
      "x-keep": "1",
      "user-agent": "app/1",
      accept: "text/plain",
      "accept-encoding": "identity",
    });
  });

  test("authentication in the query replaces the caller's parameter of that name", async () => {
    const id = await publish("By query", {
      ...keyed,
      request: { baseUrl: base, authentication: { kind: "query", query: [{ name: "api_key", value: "{{credentials.key}}" }] } },
    });
    await connect(id, { key: KEY });
    await call("/x?api%5Fkey=mine&b=2&api_key=too", {}, id);
    expect(seen[0]!.url).toBe(`/x?b=2&api_key=${KEY}`);
  });

  test("nothing in a path, a query or a header is a template", async () => {
    await call("/{{credentials.key}}?q={{credentials.key}}", { headers: { "x-own": "{{credentials.key}}" } });
    expect(JSON.stringify(seen[0]!.url)).not.toContain(KEY);
    expect(seen[0]!.headers["x-own"]).toBe("{{credentials.key}}");
  });

  test.each([
    "//evil.example/x",
    "/https://evil.example",
    "/http:%2f%2fevil.example/..%2f..",
    "/@evil.example",
    "/a/..%2f..%2fadmin",
    "/a/%2e%2e%2fadmin",
    "/..;/admin",
    "/a%5c..%5cb",
    "/HTTPS://evil.example",
    "/a/../../admin",
    "/./a",
    "/a/%2E%2e",
  ])("the path %s is refused", async (path) => {
    const { status, text } = await raw(`/projects/${scope.projectId}/sdk/proxy/${tasks}${path}`);
    expect(status, text).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code: "bad_input", message: expect.stringContaining("The path") });
    expect(seen).toEqual([]);
  });

  test("a backslash is refused, in an answer like all of ours", async () => {
    const { status, text, headers } = await raw(`/projects/${scope.projectId}/sdk/proxy/${tasks}/\\evil.example`);
    const { message, requestId } = JSON.parse(text);
    expect([status, message]).toEqual([400, expect.stringContaining("backslash")]);
    expect(headers).toMatchObject({
      "access-control-allow-origin": "*",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      "x-request-id": requestId,
    });
    expect(seen).toEqual([]);
  });

  test("TRACE is refused, since it would show what authenticates the call", async () => {
    expect((await raw(`/projects/${scope.projectId}/sdk/proxy/${tasks}/x`, {}, "TRACE")).status).toBe(400);
    expect(seen).toEqual([]);
  });
});

describe("what comes back", () => {
  const answerWith = (status: number, headers: Record<string, string | string[]>, body?: string | Buffer) => {
    handle = (_, response) => response.writeHead(status, headers).end(body);
  };

  test("2xx JSON in an envelope, by any JSON type", async () => {
    for (const type of ["application/json", "application/vnd.api+json; charset=utf-8", "text/json"]) {
      answerWith(201, { "content-type": type, etag: '"1"', link: "<a>; rel=next", "x-ratelimit-remaining": "7" }, ' {"a":[1]} ');
      const response = await call("/x");
      expect(response.status).toBe(201);
      expect(await response.text()).toBe('{"output": {"a":[1]} }');
      expect(Object.fromEntries(response.headers)).toMatchObject({
        "content-type": "application/json",
        link: "<a>; rel=next",
        "x-ratelimit-remaining": "7",
      });
      expect(response.headers.has("etag")).toBe(false);
    }
  });

  test("JSON that doesn't parse, text, nothing: as they are", async () => {
    answerWith(200, { "content-type": "application/json", etag: '"1"' }, "{broken");
    const broken = await call("/x");
    expect([await broken.text(), broken.headers.get("etag")]).toEqual(["{broken", '"1"']);
    answerWith(200, { "content-type": "text/plain" }, "hello");
    expect(await (await call("/x")).text()).toBe("hello");
    answerWith(200, { "content-type": "application/json" });
    expect(await (await call("/x")).text()).toBe("");
    answerWith(204, {});
    expect((await call("/x", { method: "DELETE" })).status).toBe(204);
    answerWith(304, { etag: '"1"' });
    expect((await call("/x", { headers: { "if-none-match": '"1"' } })).status).toBe(304);
    expect(seen.at(-1)!.headers["if-none-match"]).toBe('"1"');
  });

  /** The head by itself; what follows it comes in another packet. */
  const answerInTwo = (headers: Record<string, string>, body: string | Buffer = "", status = 200) => {
    handle = (_, response) => {
      response.writeHead(status, headers).flushHeaders();
      setTimeout(() => response.end(body), 50);
    };
  };

  test("2xx JSON in an envelope, however late its body begins, and none around nothing", async () => {
    const json = { "content-type": "application/json", etag: '"1"' };
    const large = JSON.stringify(Array.from({ length: 20_000 }, (_, n) => n));
    expect(large.length).toBeGreaterThan(65_536);
    for (const body of ['{"a":1}', large]) {
      const packed = gzipSync(body);
      for (const [headers, sent] of [
        [json, body],
        [{ ...json, "content-length": String(body.length) }, body],
        [{ ...json, "content-encoding": "gzip" }, packed],
        [{ ...json, "content-encoding": "gzip", "content-length": String(packed.length) }, packed],
      ] as const) {
        answerInTwo(headers, sent);
        const response = await call("/x");
        expect(await response.text(), JSON.stringify(headers)).toBe(`{"output":${body}}`);
        expect(["etag", "content-encoding"].map((name) => response.headers.get(name))).toEqual([null, null]);
      }
    }
    for (const headers of [json, { ...json, "content-length": "0" }, { ...json, "content-encoding": "gzip" }]) {
      answerInTwo(headers);
      const empty = await call("/x");
      expect([empty.status, await empty.text()]).toEqual([200, ""]);
    }
    answerInTwo(json, "", 204);
    expect((await call("/x", { method: "DELETE" })).status).toBe(204);
    answerInTwo({ ...json, "content-length": "7" });
    const head = await call("/x", { method: "HEAD" });
    // As a GET would be answered.
    expect([head.status, head.headers.get("content-type"), head.headers.get("etag"), await head.text()]).toEqual([
      200,
      "application/json",
      null,
      "",
    ]);
  });

  test("the API breaks off before the body that its head promised: a sentence says it", async () => {
    handle = (request, response) => {
      response.writeHead(200, { "content-type": "application/json", "content-encoding": "gzip" }).flushHeaders();
      setTimeout(() => request.socket.destroy(), 50);
    };
    expect(await refused(await call("/x"))).toMatchObject({ status: 502, meta: { failure: "reset", isIntegrationError: true } });
  });

  test("the raw answer, when the caller asks for it", async () => {
    answerWith(200, { "content-type": "application/json", etag: '"1"' }, '{"a":1}');
    const response = await call("/x", { headers: { "x-paragon-use-raw-response": "1" } });
    expect([await response.text(), response.headers.get("etag")]).toEqual(['{"a":1}', '"1"']);
  });

  test("HEAD has the head alone", async () => {
    answerWith(200, { "content-type": "text/plain", "content-length": "5", etag: '"1"' });
    const response = await call("/x", { method: "HEAD" });
    expect([response.status, response.headers.get("etag"), await response.text()]).toEqual([200, '"1"', ""]);
    expect(seen[0]!.method).toBe("HEAD");
  });

  test.each([400, 401, 403, 404, 409, 422, 500])("%i stays bare", async (status) => {
    answerWith(status, { "content-type": "application/json" }, '{"message":"no"}');
    const response = await call("/x", { method: "POST", body: "{}" });
    expect([response.status, await response.text()]).toEqual([status, '{"message":"no"}']);
    expect(response.headers.get("access-control-allow-origin")).toBe("*");
  });

  test("headers of the API's own, never its cookies, and none that speaks for this address", async () => {
    answerWith(
      200,
      {
        "content-type": "text/plain",
        "set-cookie": ["a=b", "c=d"],
        "access-control-allow-origin": "https://evil.example",
        "access-control-allow-credentials": "true",
        "x-request-id": "theirs",
        "cache-control": "public, max-age=99",
        "strict-transport-security": "max-age=1",
        "clear-site-data": "*",
        "content-security-policy": "default-src *",
        connection: "x-hop",
        "x-hop": "1",
        "keep-alive": "timeout=5",
        vary: "accept",
        "x-own": "1",
      },
      "x",
    );
    const { headers } = await call("/x");
    expect(Object.fromEntries(headers)).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-expose-headers": "*",
      "cache-control": "no-store",
      "x-own": "1",
      vary: "accept",
      "x-content-type-options": "nosniff",
      "content-security-policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    });
    for (const name of ["set-cookie", "access-control-allow-credentials", "strict-transport-security", "clear-site-data", "x-hop"])
      expect(headers.has(name), name).toBe(false);
    expect(headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  test("compressed answers: text as sent, JSON decoded for its envelope", async () => {
    const large = JSON.stringify(Array.from({ length: 30_000 }, (_, n) => ({ n, text: "text" })));
    for (const body of ['{"a":1}', large]) {
      answerWith(200, { "content-type": "application/json", "content-encoding": "gzip", etag: '"1"' }, gzipSync(body));
      const response = await call("/x");
      expect(response.headers.has("content-encoding")).toBe(false);
      expect(await response.json()).toEqual({ output: JSON.parse(body) });
    }
    answerWith(200, { "content-type": "text/plain", "content-encoding": "gzip", etag: '"1"' }, gzipSync("hello"));
    const text = await call("/x");
    expect([text.headers.get("content-encoding"), text.headers.get("etag"), await text.text()]).toEqual(["gzip", '"1"', "hello"]);
    expect(seen.at(-1)!.headers["accept-encoding"]).toContain("gzip");
    answerWith(200, { "content-type": "application/json", "content-encoding": "gzip" }, "not gzip");
    expect(await refused(await call("/x"))).toMatchObject({ status: 502, meta: { failure: "protocol", isIntegrationError: true } });
  });
});

describe("streams", () => {
  test("an answer arrives as it is sent, enveloped, and its head before its end", async () => {
    const written = Promise.withResolvers<ServerResponse>();
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "application/json" }).write("[1");
      written.resolve(response);
    };
    const response = await call("/stream");
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = (await reader.read()).value!;
    while (!text.includes("[1")) text += (await reader.read()).value;
    expect(text).toBe('{"output":[1');
    (await written.promise).end(",2]");
    for (let next = await reader.read(); !next.done; next = await reader.read()) text += next.value;
    expect(text).toBe('{"output":[1,2]}');
  });

  test("large bodies go both ways unharmed", async () => {
    const size = 24 * 1_048_576;
    const body = Buffer.alloc(size, "0123456789abcdef");
    handle = (_, response, { body: got }) => response.writeHead(200, { "content-type": "application/octet-stream" }).end(got);
    const response = await call("/echo", { method: "POST", body, headers: { "content-type": "application/octet-stream" } });
    expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    expect(seen[0]!.headers["content-length"]).toBe(String(size));
  });

  test("a body of unknown length: chunked when large, counted when small", async () => {
    const of = (chunks: number) =>
      new ReadableStream({
        pull(controller) {
          if (chunks-- > 0) controller.enqueue(new Uint8Array(65_536).fill(97));
          else controller.close();
        },
      });
    handle = (_, response, { body }) => response.end(String(body.length));
    expect(await (await call("/up", { method: "PUT", body: of(2), duplex: "half" })).text()).toBe(String(2 * 65_536));
    expect(await (await call("/up", { method: "PUT", body: of(40), duplex: "half" })).text()).toBe(String(40 * 65_536));
    expect(seen.map(({ headers }) => headers["content-length"] ?? headers["transfer-encoding"])).toEqual([String(2 * 65_536), "chunked"]);
  });

  test("the caller goes away: the call to the API ends", async () => {
    const closed = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    handle = (request, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" }).write("data: 1\n\n");
      begun.resolve();
      request.socket.on("close", () => closed.resolve());
    };
    const abort = new AbortController();
    const response = await call("/events", { signal: abort.signal });
    await begun.promise;
    await response.body!.getReader().read();
    abort.abort();
    await closed.promise;
  });

  test("the caller goes away before there is an answer", async () => {
    const closed = Promise.withResolvers<void>();
    const abort = new AbortController();
    handle = (request) => {
      request.socket.on("close", () => closed.resolve());
      abort.abort();
    };
    await expect(call("/never", { signal: abort.signal })).rejects.toThrow();
    await closed.promise;
  });

  test("the API breaks off in the middle: so does the answer, and the row says it", async () => {
    handle = (request, response) => {
      response.writeHead(200, { "content-type": "text/plain", "content-length": "1000000" });
      response.write("x".repeat(100_000), () => setTimeout(() => request.socket.destroy(), 50));
    };
    const response = await call("/broken");
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow();
    await expect.poll(async () => (await rows("/v3/broken"))[0]).toMatchObject({ status: 200, failure: "reset" });
  });
});

const rows = async (path: string) => {
  await spine.close();
  return await sql`select status, failure, kind, source, method, detail, request_id, user_id, credential_id from activity where path = ${path} order by at`;
};

describe("failures", () => {
  test("no answer: a sentence, a code, what failed", async () => {
    handle = (request) => request.socket.destroy();
    expect(await refused(await call("/reset", { method: "POST", body: "{}" }))).toMatchObject({
      status: 502,
      code: "upstream_failed",
      meta: { isIntegrationError: true, failure: "reset" },
    });
    expect(seen).toHaveLength(1);
  });

  test("what may pass is tried again, for methods that may be repeated and with Idempotency-Key", async () => {
    let count = 0;
    const flaky = (answer: (response: ServerResponse, request: IncomingMessage) => void) => {
      count = 0;
      handle = (request, response) => {
        count++;
        if (count === 1) answer(response, request);
        else response.writeHead(200, { "content-type": "text/plain" }).end("at last");
      };
    };
    flaky((response) => response.writeHead(503).end());
    expect(await (await call("/flaky")).text()).toBe("at last");
    flaky((_, request) => request.socket.destroy());
    expect(await (await call("/flaky", { method: "PUT", body: "{}" })).text()).toBe("at last");
    expect(seen.at(-1)!.body.toString()).toBe("{}");
    flaky((response) => response.writeHead(429, { "retry-after": "1" }).end());
    const before = performance.now();
    expect(await (await call("/flaky", { method: "POST", body: "{}", headers: { "idempotency-key": "1" } })).text()).toBe("at last");
    expect(performance.now() - before).toBeGreaterThan(1_000);
    flaky((response) => response.writeHead(503).end());
    expect((await call("/flaky", { method: "POST", body: "{}" })).status).toBe(503);
    flaky((response) => response.writeHead(429, { "retry-after": "60" }).end("slow down"));
    const asked = await call("/flaky");
    expect([asked.status, asked.headers.get("retry-after"), await asked.text(), count]).toEqual([429, "60", "slow down", 1]);
  });

  test("a redirect is followed within the guard and loses what authenticates elsewhere", async () => {
    const other = createServer((request, response) => response.end(JSON.stringify(request.headers)));
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const elsewhere = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    handle = (_, response) => response.writeHead(302, { location: `${elsewhere}/x` }).end();
    const text = await (await call("/moved")).text();
    other.close();
    expect(text).not.toContain(KEY);
    handle = (_, response) => response.writeHead(302, { location: "http://10.0.0.1/" }).end();
    expect(await refused(await call("/moved"))).toMatchObject({ status: 502, meta: { failure: "blocked_address" } });
    const [audit] = await sql`select action from audit where action = 'outbound.blocked' limit 1`;
    expect(audit).toBeDefined();
  });

  test("leave a redacted row; calls that went well leave one without bodies", async () => {
    handle = (_, response) => response.writeHead(500, { "content-type": "application/json" }).end(JSON.stringify({ echoed: KEY }));
    await call("/row-500", {
      method: "POST",
      body: JSON.stringify({ password: "hidden-value", echoed: KEY }),
      headers: { "content-type": "application/json" },
    });
    handle = (_, response) => response.end("fine");
    await (await call("/row-200")).text();
    const [failed] = await rows("/v3/row-500");
    expect(failed).toMatchObject({ status: 500, kind: "call", source: "sdk", method: "POST" });
    expect([failed!.user_id, failed!.credential_id, failed!.request_id].every(Boolean)).toBe(true);
    const detail = JSON.stringify(failed!.detail);
    expect(detail).toContain("echoed");
    expect(detail).not.toContain(KEY);
    expect(detail).not.toContain("hidden-value");
    expect(await rows("/v3/row-200")).toMatchObject([{ status: 200, detail: null }]);
  });

  test("a caller's own secret headers are masked, also where the API writes them back, and hide nothing of where the call went", async () => {
    handle = (request, response) => response.writeHead(500).end(JSON.stringify(request.headers));
    await call("/row-own/own-token-4711", { headers: { "x-shop-token": "own-token-4711", "x-api-key": "own-key-4711" } });
    const [row] = await rows("/v3/row-own/own-token-4711");
    const { request, response } = row!.detail as { request: object; response: object };
    expect(JSON.stringify(response)).not.toMatch(/own-(token|key)-4711/);
    expect(JSON.stringify({ ...request, url: "" })).not.toMatch(/own-(token|key)-4711/);
  });

  test("a caller who sends secret headers by the dozen, and a body full of them, holds up nobody", async () => {
    handle = (_, response) => response.writeHead(500).end("no");
    const headers = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`x-token-${n}`, "ab".repeat(2 + n)]));
    // Of this thread: however many others want the processor.
    const before = process.threadCpuUsage();
    await call("/row-dozens", { method: "POST", headers, body: "ab".repeat(40_000) });
    await rows("/v3/row-dozens");
    // It took more than 1 s.
    expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(300);
  });
});

test("a row that can't be written costs the row alone: the answer goes out, and the log hears of it", async () => {
  const heard: [unknown, string][] = [];
  const fault = new Error("while redacting");
  const record = () => {
    throw fault;
  };
  const api = createApi({ spine: { ...spine, record }, onError: (...said) => heard.push(said) });
  for (const size of [10, 100_000]) {
    handle = (_, response) => response.writeHead(200, { "content-type": "text/plain" }).end("x".repeat(size));
    const path = `/projects/${scope.projectId}/sdk/proxy/${tasks}/x`;
    const response = await api.request(path, { headers: { authorization: `Bearer ${token()}` } });
    expect([response.status, (await response.text()).length]).toEqual([200, size]);
    await expect.poll(() => heard.splice(0)).toEqual([[fault, response.headers.get("x-request-id")]]);
  }
});

describe("who may", () => {
  test("a bad token is told before anything else", async () => {
    expect(await refused(await call("/x", { token: makeSigner().sign({ sub: "ada" }) }))).toMatchObject({
      status: 401,
      code: "unauthenticated",
    });
    expect(await refused(await call("/x", { token: makeSigner().sign({ sub: "ada" }) }, "No such"))).toMatchObject({ status: 401 });
    expect(seen).toEqual([]);
  });

  test("an unknown resource, another project's, a deleted one, one never published: the same answer", async () => {
    const { projectId } = await world.secondProject();
    const stranger = makeSigner();
    await createSigningKey({ projectId }, db, actor, { publicKeyPem: stranger.publicPem });
    const gone = await publish("Gone", keyed);
    await connect(gone, { key: KEY });
    await deleteResource(scope, db, actor, { resourceId: gone, confirmation: "Gone" } as never);
    const { id: draft } = await createResource(scope, db, actor, { name: "Only a draft" });
    const answers = [
      await refused(await call("/x", {}, "No such")),
      await refused(await call("/x", {}, crypto.randomUUID())),
      await refused(await call("/x", {}, gone)),
      await refused(await call("/x", {}, "Gone")),
      await refused(await call("/x", {}, draft)),
      await refused(
        await fetch(`${origin}/projects/${projectId}/sdk/proxy/${tasks}/x`, {
          headers: { authorization: `Bearer ${stranger.sign({ sub: "ada" })}` },
        }),
      ),
    ];
    expect(new Set(answers.map(({ requestId: _, ...answer }) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]).toMatchObject({ status: 404, code: "not_found" });
    expect(seen).toEqual([]);
  });

  test("a user who isn't connected is told to connect", async () => {
    expect(await refused(await call("/x", { sub: "nobody" }))).toMatchObject({
      status: 409,
      code: "not_connected",
      message: expect.stringContaining("Connect first"),
    });
  });

  test("a credential that lacks an input, or was refused, is told as that", async () => {
    const id = await publish("Changing", keyed);
    await connect(id, { key: KEY });
    await sql`update credential set status = 'INVALID', reason = 'verify_failed' where resource_id = ${id}`;
    expect(await refused(await call("/x", {}, id))).toMatchObject({ status: 409, code: "reconnect", meta: { isIntegrationError: true } });
    await sql`update credential set status = 'VALID', reason = null, supplied_keys = '{}' where resource_id = ${id}`;
    expect(await refused(await call("/x", {}, id))).toMatchObject({
      status: 409,
      meta: { failure: "needs_input", message: expect.stringContaining("key") },
    });
    expect(seen).toEqual([]);
  });

  test("the token's permissions narrow calls, connect and me alike", async () => {
    const other = await publish("Other", keyed);
    await connect(other, { key: KEY });
    const only = (permissions: unknown) => token("ada", { [PERMISSIONS_CLAIM]: permissions });
    const statusOf = async (permissions: unknown, resource = other) => (await call("/x", { token: only(permissions) }, resource)).status;
    expect(await statusOf({ "integration:Other": true })).toBe(200);
    expect(await statusOf(["other"])).toBe(200);
    expect(await statusOf([other])).toBe(200);
    expect(await statusOf({ "integration:*": true, "integration:Other": false })).toBe(403);
    expect(await statusOf({ "integration:Other": true }, tasks)).toBe(403);
    expect(await statusOf({ "integration:Other": { "credential:*": ["credential:write"] } })).toBe(403);
    expect(await statusOf({})).toBe(403);
    expect(await statusOf("everything")).toBe(401);
    expect(await refused(await call("/x", { token: only([]) }))).toMatchObject({ status: 403, code: "7210" });

    const me = async (permissions: unknown) => {
      const response = await fetch(`${origin}/projects/${scope.projectId}/sdk/me`, {
        headers: { authorization: `Bearer ${only(permissions)}` },
      });
      return ((await response.json()) as { resources: { slug: string }[] }).resources.map(({ slug }) => slug);
    };
    expect(await me(["Other"])).toEqual(["Other"]);
    expect(await me([])).toEqual([]);
    const connecting = (permissions: unknown) =>
      fetch(`${origin}/projects/${scope.projectId}/sdk/resources/${other}/connect`, {
        method: "POST",
        headers: { authorization: `Bearer ${only(permissions)}` },
        body: JSON.stringify({ key: KEY }),
      });
    expect((await connecting({ "integration:Other": { "credential:*": ["credential:write"] } })).status).toBe(200);
    expect(await refused(await connecting(["Tasks & More"]))).toMatchObject({ status: 403, code: "7210" });
  });
});

describe("rate limits", () => {
  test("a user, then a project, has so many calls; others go on", async () => {
    const limited = createApi({ spine, onError, callLimits: { calls: { user: 2, project: 5 }, inputs: { user: 0, project: 0 } } });
    const hit = (sub: string) =>
      limited.request(`/projects/${scope.projectId}/sdk/proxy/${tasks}/x`, { headers: { authorization: `Bearer ${token(sub)}` } });
    const statuses = [];
    for (let n = 0; n < 5; n++) statuses.push((await hit("ada")).status);
    expect(statuses).toEqual([200, 200, 200, 200, 429]);
    const refusedAnswer = await hit("ada");
    expect(refusedAnswer.headers.get("retry-after")).toMatch(/^[12]$/);
    expect(refusedAnswer.headers.get("ratelimit-policy")).toBe('"user";q=4;w=2');
    expect((await refused(refusedAnswer)).code).toBe("rate_limited");
    expect((await hit("somebody else")).status).toBe(409);
  });
});

describe("tokens", () => {
  const issued = { count: 0, refused: false };
  /** A token endpoint and an API that takes its last token only. */
  const oauthApi =
    (
      answer: (response: ServerResponse, one: Seen, isCurrent: boolean) => void = (response, one, isCurrent) =>
        isCurrent
          ? response.writeHead(200, { "content-type": "text/plain" }).end(`took ${one.body}`)
          : response.writeHead(401, { "content-type": "application/json" }).end('{"message":"expired"}'),
    ) =>
    (_: IncomingMessage, response: ServerResponse, one: Seen) => {
      if (one.url === "/token") {
        if (issued.refused) return response.writeHead(400, { "content-type": "application/json" }).end('{"error":"invalid_grant"}');
        issued.count++;
        const tokens = { access_token: `access-${issued.count}`, refresh_token: `refresh-${issued.count}`, expires_in: 3600 };
        return response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(tokens));
      }
      answer(response, one, one.headers.authorization === `Bearer access-${issued.count}`);
    };
  const oauth = (more: object = {}) => ({
    level: "user",
    authType: "oauth2_refresh_token",
    oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
    request: { baseUrl: `${base}/v3` },
    ...more,
  });
  const calls = () => seen.filter(({ url }) => url !== "/token").map(({ headers }) => headers.authorization?.replace("Bearer ", ""));
  const renewals = () => seen.filter(({ url }) => url === "/token").length;
  const ready = async (
    name: string,
    more: object = {},
    supplied: object = { access_token: "access-old", refresh_token: "refresh-old" },
  ) => {
    issued.refused = false;
    issued.count++;
    const id = await publish(name, oauth(more));
    await connect(id, supplied);
    seen = [];
    return id;
  };

  test("401: the token is renewed once and the call made again, body and all", async () => {
    const id = await ready("Renewed");
    handle = oauthApi();
    const response = await call("/x", { method: "POST", body: "the body", headers: { "content-type": "text/plain" } }, id);
    expect([response.status, await response.text()]).toEqual([200, "took the body"]);
    expect([calls(), renewals()]).toEqual([["access-old", `access-${issued.count}`], 1]);
    await (await call("/x", {}, id)).text();
    expect(calls().at(-1)).toBe(`access-${issued.count}`);
    expect(renewals()).toBe(1);
  });

  test("twenty calls at once with a dead token: one renewal", async () => {
    const id = await ready("Crowd");
    handle = oauthApi();
    const answers = await Promise.all(Array.from({ length: 20 }, () => call("/x", {}, id)));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(renewals()).toBe(1);
  });

  test("401 again after the renewal: that answer goes back, and nothing is tried a third time", async () => {
    const id = await ready("Refusing");
    handle = oauthApi((response) => response.writeHead(401, { "content-type": "application/json" }).end('{"message":"no"}'));
    const response = await call("/x", {}, id);
    expect([response.status, await response.text()]).toEqual([401, '{"message":"no"}']);
    expect([calls().length, renewals()]).toEqual([2, 1]);
  });

  test("the grant has ended: the API's own answer goes back, and the next call is told to connect again", async () => {
    const id = await ready("Ended");
    issued.refused = true;
    handle = oauthApi();
    const response = await call("/x", {}, id);
    expect([response.status, await response.text()]).toEqual([401, '{"message":"expired"}']);
    expect(await refused(await call("/x", {}, id))).toMatchObject({ status: 409, code: "reconnect", meta: { failure: "reconnect" } });
    expect(calls()).toHaveLength(1);
  });

  test("a rule that looks into the body: 200 may mean expired", async () => {
    const id = await ready("By body", { behaviour: { expired: { statuses: [], path: "$.error", equals: "token_expired" } } });
    handle = oauthApi((response, _, isCurrent) =>
      response.writeHead(200, { "content-type": "application/json" }).end(isCurrent ? '{"a":1}' : '{"error":"token_expired"}'),
    );
    expect(await (await call("/x", {}, id)).json()).toEqual({ output: { a: 1 } });
    expect(renewals()).toBe(1);
  });

  test("a body that was streamed goes out once: a 401 renews, and is returned", async () => {
    const id = await ready("Streamed");
    handle = oauthApi();
    const body = Buffer.alloc(3 * 1_048_576, "x");
    const post = () => call("/x", { method: "POST", body, headers: { "content-type": "text/plain" } }, id);
    expect((await post()).status).toBe(401);
    expect([calls().length, renewals()]).toEqual([1, 1]);
    expect((await post()).status).toBe(200);
  });

  test("a token that has ended is renewed before the call", async () => {
    const id = await ready("Due", {}, { access_token: "access-old", refresh_token: "refresh-old", expires_in: 1 });
    handle = oauthApi();
    expect((await call("/x", {}, id)).status).toBe(200);
    expect([calls().length, renewals()]).toEqual([1, 1]);
  });

  test("the token endpoint is away: the call ends in what failed there", async () => {
    const id = await ready("Away", {}, { access_token: "access-old", refresh_token: "refresh-old", expires_in: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    handle = (_, response) => response.writeHead(500).end();
    expect(await refused(await call("/x", {}, id))).toMatchObject({
      status: 502,
      code: "upstream_failed",
      meta: { failure: "server_error" },
    });
  });

  test("an app-level resource serves each user by the app's credential", async () => {
    const { id } = await createResource(scope, db, actor, { name: "Of the app" });
    await saveDraft(scope, db, actor, { resourceId: id, version: 1, body: ResourceDraft.parse({ ...keyed, level: "app" }), secrets: {} });
    const tested = await testResource(spine, scope, actor, {
      resourceId: id,
      values: { key: "the-app's-key" },
      allowsHttp: spine.allowsHttp,
    });
    expect(tested.passed).toBe(true);
    await publishResource(scope, db, actor, { resourceId: id, allowsHttp: spine.allowsHttp });
    expect((await call("/x", { sub: "never seen before" }, id)).status).toBe(200);
    expect(seen.at(-1)!.headers).toMatchObject({ "x-key": "the-app's-key", "x-default": "of never seen before" });
  });
});

describe("patience", () => {
  /** The same, but for an API that gets 300 ms. */
  const hasty = createApi({
    spine: { ...spine, stream: (request, options) => spine.stream(request, { ...options, idleMs: 300 }) },
    onError,
  });
  const hastily = (path: string) =>
    hasty.request(`/projects/${scope.projectId}/sdk/proxy/${tasks}${path}`, { headers: { authorization: `Bearer ${token()}` } });

  test("an API that never answers: 504", async () => {
    handle = () => {};
    expect(await refused(await hastily("/never"))).toMatchObject({
      status: 504,
      code: "upstream_timeout",
      meta: { isIntegrationError: true, failure: "timeout" },
    });
    expect(seen).toHaveLength(1);
  });

  test("an API that stops in the middle of its answer: the answer breaks off", async () => {
    handle = (_, response) =>
      response.writeHead(200, { "content-type": "text/plain", "content-length": "300000" }).write("x".repeat(100_000));
    const response = await hastily("/stopped");
    await expect(response.text()).rejects.toThrow();
    await expect.poll(async () => (await rows("/v3/stopped"))[0]).toMatchObject({ status: 200, failure: "timeout" });
  });

  test("a reader that doesn't read: the API waits, and nothing piles up here", async () => {
    let written = 0;
    handle = (_, response) => {
      response.writeHead(200, { "content-type": "application/octet-stream" });
      const chunk = Buffer.alloc(65_536);
      const write = () => {
        for (written += chunk.length; response.write(chunk) && written < 1e9; written += chunk.length);
      };
      response.on("drain", write);
      write();
    };
    const abort = new AbortController();
    const response = await call("/endless", { signal: abort.signal });
    await response.body!.getReader().read();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const soon = written;
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(written - soon, "it has come to rest").toBeLessThan(4 * 1_048_576);
    // What sockets of the system hold, four times over.
    expect(written).toBeLessThan(64 * 1_048_576);
    abort.abort();
  });

  test("an upload that nobody reads: the caller waits, and its going away ends the call", async () => {
    let held: IncomingMessage | undefined;
    early = (request) => {
      held = request.pause();
    };
    let sent = 0;
    const outgoing = nodeRequest(`${origin}/projects/${scope.projectId}/sdk/proxy/${tasks}/upload`, {
      method: "POST",
      headers: { authorization: `Bearer ${token()}`, "content-type": "application/octet-stream" },
    });
    const chunk = Buffer.alloc(65_536);
    const write = () => {
      for (sent += chunk.length; outgoing.write(chunk); sent += chunk.length);
    };
    outgoing.on("drain", write).on("error", () => {});
    write();
    await new Promise((resolve) => setTimeout(resolve, 500));
    const soon = sent;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(soon).toBeGreaterThan(1_048_576);
    expect(sent - soon, "it has come to rest").toBeLessThan(4 * 1_048_576);
    expect(sent).toBeLessThan(64 * 1_048_576);
    outgoing.destroy();
    // That a caller has gone is behind what it has sent: it is heard of when that is read.
    held!.resume();
    await expect.poll(async () => (await rows("/v3/upload"))[0]?.failure, { timeout: 10_000 }).toMatch(/^(aborted|reset)$/);
  });
});

test("a preflight allows the headers that it asks for, and no strange ones", async () => {
  const ask = async (headers: string) => {
    const response = await fetch(`${origin}/projects/${scope.projectId}/sdk/proxy/${tasks}/x`, {
      method: "OPTIONS",
      headers: { origin: "https://app.example", "access-control-request-method": "PATCH", "access-control-request-headers": headers },
    });
    return [response.status, response.headers.get("access-control-allow-headers")?.split(", ")];
  };
  expect(await ask("authorization,x-own-header")).toEqual([
    204,
    expect.arrayContaining(["authorization", "content-type", "authorization,x-own-header"]),
  ]);
  expect(await ask("bad header")).toEqual([204, expect.not.arrayContaining(["bad header"])]);
  expect(seen).toEqual([]);
});

test("nothing of all this was a fault of ours", () => expect(errors.map(String)).toEqual([]));
