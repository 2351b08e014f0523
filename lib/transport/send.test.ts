/** Calls as they go over the wire, to servers that misbehave in each way. One file, so that none of the ways is forgotten beside the others. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { parseAllowList } from "./address-guard.ts";
import type { Blocked, Lookup } from "./open-socket.ts";
import type { HttpRequest, Outcome, SendOptions } from "./schema.ts";
import { createSend } from "./send.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

const servers: { close: () => unknown; closeAllConnections?: () => void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections?.();
    server.close();
  }
});

async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

function reading(handler: Handler): RequestListener {
  return (request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => handler(request, response, body));
  };
}

const serve = async (handler: Handler) => `http://127.0.0.1:${await listen(createServer(reading(handler)))}`;

const LOCAL = "127.0.0.1/32";
type Given = { allow?: string; lookup?: Lookup; ca?: string; connectTimeoutMs?: number; onBlocked?: (blocked: Blocked) => void };
const sender = ({ allow = LOCAL, ...rest }: Given = {}) => createSend({ allow: parseAllowList(allow), ...rest }).send;
const at =
  (...addresses: string[]): Lookup =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
const get = (url: string, headers: HttpRequest["headers"] = []): HttpRequest => ({ method: "GET", url, headers });
const call = (request: HttpRequest | string, options: Partial<SendOptions> = {}, given: Given = {}): Promise<Outcome> =>
  sender(given)(typeof request === "string" ? get(request) : request, { timeoutMs: 5_000, ...options });
const text = (outcome: Outcome) =>
  outcome.kind === "answer" ? new TextDecoder().decode(outcome.body) : `${outcome.failure}: ${outcome.message}`;

describe("an answer", () => {
  test("comes back whole: status, repeated headers in order, body, time", async () => {
    const url = await serve((_, response) => {
      response.writeHead(
        418,
        "Teapot",
        [
          ["Set-Cookie", "a=1"],
          ["X-One", "é"],
          ["Set-Cookie", "b=2"],
        ].flat(),
      );
      response.end("short and stout");
    });
    const outcome = await call(`${url}/pot?x=1`);
    expect(outcome).toMatchObject({ kind: "answer", status: 418, statusText: "Teapot", url: `${url}/pot?x=1` });
    expect(text(outcome)).toBe("short and stout");
    expect(outcome.kind === "answer" && outcome.headers.filter(([name]) => name.toLowerCase() === "set-cookie")).toEqual([
      ["Set-Cookie", "a=1"],
      ["Set-Cookie", "b=2"],
    ]);
    expect(outcome.durationMs).toBeGreaterThan(0);
  });

  test("is to the request as given, but the headers of the connection are ours", async () => {
    const url = await serve((request, response, body) =>
      response.end(JSON.stringify([request.method, request.url, request.headers, body])),
    );
    const headers: HttpRequest["headers"] = [
      ["X-Key", "k"],
      ["Host", "evil.com"],
      ["Connection", "close"],
      ["Content-Length", "1"],
      ["Transfer-Encoding", "chunked"],
      ["Accept-Encoding", "identity"],
      ["Sec-Fetch-Site", "none"],
    ];
    const [method, path, seen, body] = JSON.parse(text(await call({ method: "PATCH", url: `${url}/a%20b?c=d`, headers, body: "héllo" })));
    expect([method, path, body]).toEqual(["PATCH", "/a%20b?c=d", "héllo"]);
    expect(seen).toMatchObject({
      host: new URL(url).host,
      "x-key": "k",
      "content-length": "6",
      "accept-encoding": "gzip, deflate, br, zstd",
    });
    expect(seen["user-agent"]).toMatch(/^Patchbay\/\d/);
    expect(seen).not.toHaveProperty("transfer-encoding");
    // Whoever trusts a header that only browsers send is right to.
    expect(seen).not.toHaveProperty("sec-fetch-site");
  });

  test.each([
    ["gzip", gzipSync],
    ["x-gzip", gzipSync],
    ["deflate", deflateSync],
    ["deflate", deflateRawSync],
    ["br", brotliCompressSync],
    ["zstd", zstdCompressSync],
    ["gzip, br", (data: string) => brotliCompressSync(gzipSync(data))],
  ])("in %s is decoded", async (encoding, encode) => {
    const url = await serve((_, response) => response.writeHead(200, { "content-encoding": encoding }).end(encode("hello ".repeat(9))));
    const outcome = await call(url);
    expect(text(outcome)).toBe("hello ".repeat(9));
    expect(outcome.kind === "answer" && outcome.headers.some(([name]) => /content-(encoding|length)/i.test(name))).toBe(false);
  });

  test("in an unknown encoding stays as sent", async () => {
    const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "rot13" }).end("uryyb"));
    expect(text(await call(url))).toBe("uryyb");
  });

  test("without a body may name an encoding", async () => {
    const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end());
    expect(text(await call(url))).toBe("");
    expect((await call({ ...get(url), method: "HEAD" })).kind).toBe("answer");
  });

  test("comes over a kept connection when there is one", async () => {
    const ports = new Set<number | undefined>();
    const url = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const send = sender();
    for (let i = 0; i < 5; i++) {
      await send(get(url), { timeoutMs: 5_000 });
      await setImmediate();
    }
    expect(ports.size).toBe(1);
  });
});

describe("the guard", () => {
  test("blocks what isn't open, says which rule, and how to open it", async () => {
    const blocked: Blocked[] = [];
    const outcome = await call("https://10.0.0.7/x", {}, { onBlocked: (event) => blocked.push(event) });
    expect(outcome).toMatchObject({
      kind: "failure",
      failure: "blocked_address",
      message: expect.stringContaining("private network"),
      fix: expect.stringContaining("OUTBOUND_ALLOW"),
    });
    expect(blocked).toEqual([{ host: "10.0.0.7", rule: expect.stringContaining("private network") }]);
  });

  test.each(["127.0.0.1", "127.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.0.0.1.", "１２７.0.0.1", "[::ffff:127.0.0.1]", "[::1]", "0"])(
    "never lets a connection to %s reach a server on this machine",
    async (host) => {
      let calls = 0;
      const url = new URL(await serve((_, response) => response.end(String(++calls))));
      expect(await call(`http://${host}:${url.port}/`, {}, { allow: "" })).toMatchObject({ failure: "blocked_address" });
      expect(calls).toBe(0);
    },
  );

  test("blocks a name when any of its addresses is closed", async () => {
    for (const addresses of [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["93.184.216.34", "::1"], ["::ffff:169.254.169.254"]]) {
      const blocked: Blocked[] = [];
      const outcome = await call("https://api.example.com", {}, { lookup: at(...addresses), onBlocked: (event) => blocked.push(event) });
      expect(outcome).toMatchObject({ failure: "blocked_address" });
      expect(blocked).toMatchObject([{ host: "api.example.com", address: addresses.at(-1) }]);
    }
  });

  test("connects to the address that was judged, whatever the name says later", async () => {
    const url = new URL(await serve((request, response) => response.end(request.headers.host)));
    let lookups = 0;
    const rebinding: Lookup = async () => [{ address: lookups++ === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }];
    const send = sender({ lookup: rebinding });
    const once = () => send(get(`http://rebind.example.com:${url.port}/`), { timeoutMs: 5_000 });
    expect(text(await once())).toBe(`rebind.example.com:${url.port}`);
    expect(lookups).toBe(1);
    await setImmediate();
    // Over the kept connection, still to the judged address.
    expect(text(await once())).toBe(`rebind.example.com:${url.port}`);
    expect(lookups).toBe(1);
  });

  test("judges again for each new connection", async () => {
    const url = new URL(await serve((_, response) => response.setHeader("connection", "close").end("ok")));
    let lookups = 0;
    const send = sender({ lookup: async () => [{ address: lookups++ === 0 ? "127.0.0.1" : "127.0.0.2", family: 4 }] });
    const once = () => send(get(`http://rebind.example.com:${url.port}/`), { timeoutMs: 5_000 });
    expect(text(await once())).toBe("ok");
    expect(await once()).toMatchObject({ failure: "blocked_address" });
  });

  test("tries the next address of a name when one is dead", async () => {
    const url = new URL(await serve((_, response) => response.end("ok")));
    const outcome = await call(
      `http://two.example.com:${url.port}`,
      {},
      { allow: `${LOCAL},127.0.0.2/32`, lookup: at("127.0.0.2", "127.0.0.1") },
    );
    expect(text(outcome)).toBe("ok");
  });

  test("closes plain http to what the allow list doesn't name", async () => {
    const outcome = await call("http://api.example.com", {}, { lookup: at("93.184.216.34") });
    expect(outcome).toMatchObject({ failure: "blocked_address", message: expect.stringContaining("without TLS") });
  });

  test.each(["ftp://127.0.0.1/", "https://user:pw@example.com/", "https://example.com:0/", "nonsense"])(
    "refuses %s as a bad URL",
    async (url) => {
      expect(await call(url)).toMatchObject({ kind: "failure", failure: "bad_url" });
    },
  );
});

test("a host that a user's value chose is never one that OUTBOUND_ALLOW opens, nor is one that it redirects to", async () => {
  let calls = 0;
  const url = await serve((_, response) => response.end(String(++calls)));
  const given = createSend({ allow: parseAllowList(LOCAL) });
  const byUser = { ...get(url), isUsersHost: true } as const;
  const refused = { failure: "blocked_address", fix: expect.stringContaining("list of choices") };
  // First as the admin's, so that a connection is open.
  expect(text(await given.send(get(url), { timeoutMs: 5_000 }))).toBe("1");
  expect(await given.send(byUser, { timeoutMs: 5_000 })).toMatchObject(refused);
  const { signal } = new AbortController();
  expect(await given.stream(byUser, { idleMs: 5_000, signal, acceptEncoding: "identity" })).toMatchObject(refused);
  expect(await given.send({ ...byUser, url: "http://127.0.0.1:1/" }, { timeoutMs: 5_000 })).toMatchObject(refused);
  expect(calls).toBe(1);
});

describe("a redirect", () => {
  const redirecting =
    (status: number, location: () => string): Handler =>
    (_, response) =>
      void response.writeHead(status, { location: location() }).end();

  test("is followed, and the answer says where it came from", async () => {
    const url = await serve((request, response) =>
      request.url === "/a" ? response.writeHead(302, { location: "b?x=1" }).end() : response.end("here"),
    );
    const outcome = await call(`${url}/a`);
    expect(text(outcome)).toBe("here");
    expect(outcome.url).toBe(`${url}/b?x=1`);
  });

  test.each(["http://127.0.0.2:1/", "http://10.0.0.1/", "https://169.254.169.254/", "//2130706434/", "http://[::1]/"])(
    "to %s, which is closed, is refused",
    async (location) => {
      const url = await serve(redirecting(302, () => location));
      expect(await call(url)).toMatchObject({ failure: "blocked_address" });
    },
  );

  test("through a chain to a private address is refused", async () => {
    const last = await serve(redirecting(307, () => "https://192.168.0.1/admin"));
    const first = await serve(redirecting(301, () => last));
    expect(await call(first)).toMatchObject({ failure: "blocked_address", url: expect.stringContaining(last) });
  });

  test.each(["file:///etc/passwd", "https://user:pw@example.com"])("to %s is refused", async (location) => {
    const url = await serve(redirecting(302, () => location));
    expect(await call(url)).toMatchObject({ failure: "bad_url" });
  });

  test("loop ends after five", async () => {
    let calls = 0;
    const url = await serve((_, response) => {
      calls++;
      response.writeHead(302, { location: "/" }).end();
    });
    expect(await call(url)).toMatchObject({ failure: "too_many_redirects", message: expect.stringContaining("5") });
    expect(calls).toBe(6);
  });

  test("is returned itself when none may be followed", async () => {
    const url = await serve(redirecting(302, () => "/x"));
    expect(await call(url, { maxRedirects: 0 })).toMatchObject({ kind: "answer", status: 302 });
  });

  test.each([
    [301, "POST", "GET"],
    [302, "POST", "GET"],
    [303, "PUT", "GET"],
    [303, "HEAD", "HEAD"],
    [302, "DELETE", "DELETE"],
    [307, "POST", "POST"],
    [308, "PUT", "PUT"],
  ])("%i turns %s into %s", async (status, method, expected) => {
    let seen: unknown;
    const url = await serve((request, response, body) => {
      if (request.url === "/") return void response.writeHead(status, { location: "/next" }).end();
      seen = [request.method, body, request.headers["content-type"]];
      response.end();
    });
    const body = method === "HEAD" || method === "DELETE" ? undefined : "body";
    await call({ method, url, headers: [["content-type", "text/plain"]], body });
    const keeps = method === expected;
    expect(seen).toEqual([expected, keeps ? (body ?? "") : "", keeps ? "text/plain" : undefined]);
  });

  test("to another origin takes no credential along, not even on the way back", async () => {
    const seen: IncomingMessage["headers"][] = [];
    const secret: HttpRequest["headers"] = [
      ["Authorization", "Bearer s3cret"],
      ["Cookie", "s3cret"],
      ["X-Api-Key", "s3cret"],
      ["Accept", "application/json"],
    ];
    let home = "";
    const other = await serve((request, response) => {
      seen.push(request.headers);
      response.writeHead(302, { location: `${home}/back` }).end();
    });
    home = await serve((request, response) => {
      seen.push(request.headers);
      if (request.url === "/") response.writeHead(302, { location: "/same" }).end();
      else if (request.url === "/same") response.writeHead(302, { location: other }).end();
      else response.end("done");
    });
    expect(text(await call(get(home, secret)))).toBe("done");
    expect(seen.map((headers) => JSON.stringify(headers).includes("s3cret"))).toEqual([true, true, false, false]);
    expect(seen[3]).toMatchObject({ accept: "application/json" });
  });

  test("to another origin takes no body along", async () => {
    let reached = false;
    const other = await serve((_, response) => {
      reached = true;
      response.end();
    });
    const url = await serve(redirecting(307, () => other));
    expect(await call({ method: "POST", url, headers: [], body: "client_secret=s3cret" })).toMatchObject({ failure: "bad_redirect" });
    expect(reached).toBe(false);
  });
});

describe("a limit", () => {
  test("on the body counts decoded bytes, so a bomb of gzip goes off outside", async () => {
    const bomb = gzipSync(Buffer.alloc(100 * 1_048_576));
    const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end(bomb));
    const before = process.memoryUsage.rss();
    expect(await call(url)).toMatchObject({ failure: "too_large", message: expect.stringContaining("10 MiB") });
    expect(process.memoryUsage.rss() - before).toBeLessThan(60 * 1_048_576);
  });

  test("on the body ends an endless one", async () => {
    const url = await serve((_, response) => {
      const more = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on("drain", more);
      more();
    });
    expect(await call(url, { maxBytes: 1_000_000 })).toMatchObject({ failure: "too_large" });
  });

  test("lets a body of exactly its size pass", async () => {
    const url = await serve((_, response) => response.end("x".repeat(100)));
    expect((await call(url, { maxBytes: 100 })).kind).toBe("answer");
    expect(await call(url, { maxBytes: 99 })).toMatchObject({ failure: "too_large" });
  });

  test("on time ends a body that drips", async () => {
    const url = await serve((_, response) => {
      const drip = setInterval(() => response.write("."), 20);
      response.on("close", () => clearInterval(drip));
    });
    const outcome = await call(url, { timeoutMs: 300 });
    expect(outcome).toMatchObject({ failure: "timeout", message: expect.stringContaining("0.3 seconds") });
    expect(outcome.durationMs).toBeLessThan(600);
  });

  test("on time leaves no connection behind", async () => {
    const closed = Promise.withResolvers<void>();
    const url = await serve((_, response) => void response.on("close", () => closed.resolve()));
    await call(url, { timeoutMs: 100 });
    await closed.promise;
  });

  test("on time ends a server that never answers, and a name that never resolves", async () => {
    const url = await serve(() => {});
    expect(await call(url, { timeoutMs: 200 })).toMatchObject({ failure: "timeout" });
    const lookup: Lookup = () => new Promise(() => {});
    expect(await call("https://slow.example.com", { timeoutMs: 200 }, { lookup })).toMatchObject({ failure: "timeout" });
    expect(await call("https://slow.example.com", {}, { lookup, connectTimeoutMs: 100 })).toMatchObject({ failure: "dns" });
  });

  test("on time covers all redirects together", async () => {
    const url = await serve((_, response) => void setTimeout(() => response.writeHead(302, { location: "/" }).end(), 120));
    const outcome = await call(url, { timeoutMs: 300 });
    expect(outcome).toMatchObject({ failure: "timeout" });
  });
});

describe("a failure", () => {
  test("to resolve is told apart", async () => {
    const lookup: Lookup = async () => {
      throw Object.assign(new Error("getaddrinfo ENOTFOUND"), { code: "ENOTFOUND" });
    };
    expect(await call("https://nope.example.com", {}, { lookup })).toMatchObject({
      failure: "dns",
      message: "The host name doesn't exist.",
    });
    expect(await call("https://nope.example.com", {}, { lookup: at() })).toMatchObject({ failure: "dns" });
    expect(await call("https://nope.invalid")).toMatchObject({ failure: "dns" });
  });

  test("to connect is told apart", async () => {
    const closed = createTcpServer();
    const port = await listen(closed);
    await new Promise((resolve) => closed.close(resolve));
    expect(await call(`http://127.0.0.1:${port}`)).toMatchObject({ failure: "connect_refused" });
  });

  test("of the handshake to end is a connect time-out", async () => {
    const silent = createTcpServer((socket) => void socket.on("error", () => {}));
    const port = await listen(silent);
    expect(await call(`https://127.0.0.1:${port}`, {}, { connectTimeoutMs: 200 })).toMatchObject({
      failure: "connect_timeout",
      message: expect.stringContaining("0.2 seconds"),
    });
  });

  test("of the connection in the middle is a reset", async () => {
    const early = createTcpServer((socket) => void socket.on("error", () => {}).once("data", () => socket.resetAndDestroy()));
    expect(await call(`http://127.0.0.1:${await listen(early)}`)).toMatchObject({ failure: "reset" });
    const middle = await serve((_, response) => {
      response.writeHead(200, { "content-length": 10 }).write("half");
      setTimeout(() => response.destroy(), 50);
    });
    expect(await call(middle)).toMatchObject({ failure: "reset" });
  });

  test("to speak HTTP is told apart", async () => {
    const odd = createTcpServer((socket) => void socket.on("error", () => {}).end("SSH-2.0-OpenSSH\r\n\r\n"));
    expect(await call(`http://127.0.0.1:${await listen(odd)}`)).toMatchObject({ failure: "protocol" });
  });

  test("of the compression is told apart", async () => {
    const url = await serve((_, response) => response.writeHead(200, { "content-encoding": "gzip" }).end("not gzip"));
    expect(await call(url)).toMatchObject({ failure: "protocol", message: expect.stringContaining("compression") });
    const cut = await serve((_, response) =>
      response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync("hello hello").subarray(0, 15)),
    );
    expect(await call(cut)).toMatchObject({ failure: "protocol", message: expect.stringContaining("compression") });
  });

  test.each([
    [{ headers: [["X-A", "a\r\nX-Evil: 1"]] }],
    [{ headers: [["X A", "a"]] }],
    [{ headers: [["X-A", "•"]] }],
    [{ method: "G ET" }],
    [{ method: "CONNECT" }],
  ] as [Partial<HttpRequest>][])("to be valid HTTP sends nothing: %j", async (part) => {
    let reached = false;
    const url = await serve((_, response) => {
      reached = true;
      response.end();
    });
    expect(await call({ ...get(url), ...part })).toMatchObject({ failure: "bad_request" });
    expect(reached).toBe(false);
  });

  test("never throws, and says nothing of what was sent", async () => {
    const url = await serve((_, response) => response.destroy());
    const outcome = await call(get(`${url}/`, [["Authorization", "c4n4ry"]]));
    expect(outcome).toMatchObject({ kind: "failure", fix: expect.stringMatching(/\.$/) });
    expect(JSON.stringify(outcome)).not.toContain("c4n4ry");
  });

  test("is what the caller's own signal makes", async () => {
    const url = await serve(() => {});
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    expect(await call(url, { signal: controller.signal })).toMatchObject({ failure: "aborted" });
    expect(await call(url, { signal: AbortSignal.abort() })).toMatchObject({ failure: "aborted" });
  });
});

describe("TLS", () => {
  let folder: string;
  const certificates = new Map<string, { key: string; cert: string }>();

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "certificates-"));
    const openssl = (...args: string[]) => execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
    const make = (name: string, host: string, days: number) => {
      const subject = ["-subj", `/CN=${host}`, "-addext", `subjectAltName=DNS:${host}`];
      openssl(
        "req",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:prime256v1",
        "-nodes",
        "-keyout",
        "key",
        "-out",
        "request",
        ...subject,
      );
      openssl("x509", "-req", "-in", "request", "-signkey", "key", "-copy_extensions", "copy", "-days", `${days}`, "-out", "certificate");
      certificates.set(name, { key: readFileSync(join(folder, "key"), "utf8"), cert: readFileSync(join(folder, "certificate"), "utf8") });
    };
    make("good", "api.example.com", 2);
    make("other", "other.example.com", 2);
    make("expired", "api.example.com", -1);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  async function secure(name: string, trusted: boolean): Promise<Outcome> {
    const { key, cert } = certificates.get(name)!;
    let servername: string | false = false;
    const server = createSecureServer({ key, cert }, (request, response) => {
      servername = (request.socket as { servername?: string }).servername ?? false;
      response.end(`${request.headers.host} ${servername}`);
    });
    const port = await listen(server);
    return call(`https://api.example.com.:${port}`, {}, { lookup: at("127.0.0.1"), ca: trusted ? cert : undefined });
  }

  test("keeps the original name for certificate, SNI and Host, while the address is pinned", async () => {
    expect(text(await secure("good", true))).toMatch(/^api\.example\.com:\d+ api\.example\.com$/);
  });

  test.each([
    ["good", false, "self-signed"],
    ["other", true, "another host name"],
    ["expired", true, "expired"],
  ])("refuses the certificate %s (trusted: %s): %s", async (name, trusted, message) => {
    expect(await secure(name, trusted)).toMatchObject({ failure: "tls", message: expect.stringContaining(message) });
  });

  test("on a port that speaks plain http says so", async () => {
    const url = new URL(await serve((_, response) => response.end()));
    expect(await call(`https://127.0.0.1:${url.port}`)).toMatchObject({ failure: "tls", fix: expect.stringContaining("speaks https") });
  });
});
