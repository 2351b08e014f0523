import { request } from "node:http";
import { gunzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startTasklab, type Tasklab } from "./start-tasklab.ts";

let tasklab: Tasklab;
beforeAll(async () => {
  tasklab = await startTasklab({ port: 0 });
});
afterAll(() => tasklab.close());
afterEach(() => set({ api: [], token: [], lifetime: 300 }));

const set = (wish: object) =>
  fetch(`${tasklab.url}/_switches`, { method: "PUT", headers: { "sec-fetch-site": "none" }, body: JSON.stringify(wish) });
const api = (switches: string, path = "/northgate/open/tasks", headers: Record<string, string> = {}) =>
  fetch(`${tasklab.url}${path}`, { redirect: "manual", headers: { ...headers, "x-tasklab-switch": switches } });

interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: unknown;
}

async function mint(): Promise<Tokens> {
  return (await (await fetch(`${tasklab.url}/mint`, { method: "POST" })).json()) as Tokens;
}

function refresh(refreshToken: string, switches: string) {
  return fetch(`${tasklab.url}/switch/${switches}/northgate/oauth/token`, {
    method: "POST",
    redirect: "manual",
    headers: { authorization: `Basic ${btoa("tasklab-web:web-secret-for-the-demo")}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
  });
}

/** The body's bytes as sent, before any decoding. */
function readRaw(path: string): Promise<{ bytes: Buffer; encoding: string | undefined; cut: boolean }> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let encoding: string | undefined;
    const done = (cut: boolean) => resolve({ bytes: Buffer.concat(chunks), encoding, cut });
    request({ port: tasklab.port, host: "127.0.0.1", path }, (answer) => {
      encoding = answer.headers["content-encoding"];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => done(false));
      answer.on("error", () => done(true));
    })
      .on("error", () => done(true))
      .end();
  });
}

test.each([
  ["header", () => api("status=503")],
  ["query", () => api("", "/northgate/open/tasks?x-tasklab-switch=status%3D503")],
  ["path prefix", () => api("", "/switch/status=503/northgate/open/tasks")],
])("a switch works by %s, for that call only", async (_where, misbehave) => {
  expect((await misbehave()).status).toBe(503);
  expect((await api("")).status).toBe(200);
});

test("a global switch changes its own side only, until it is taken off", async () => {
  await set({ api: ["status=503"] });
  expect((await api("")).status).toBe(503);
  expect((await refresh((await mint()).refresh_token, "slow=0")).status).toBe(200);
  await set({ api: [] });
  expect((await api("")).status).toBe(200);
});

test("slow does the work at once and holds the answer", async () => {
  const { refresh_token } = await mint();
  const started = performance.now();
  const held = refresh(refresh_token, "slow=600");
  await expect.poll(() => tasklab.log.counters.tokensIssued, { timeout: 500 }).toBeGreaterThan(0);
  expect((await held).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(590);
});

test("unauthorized-until-refreshed refuses the first token of a grant, then accepts the refreshed one", async () => {
  await set({ api: ["unauthorized-until-refreshed"] });
  const pair = await mint();
  const me = (token: string) => api("", "/northgate/v3/me", { authorization: `Bearer ${token}` });
  expect((await me(pair.access_token)).status).toBe(401);
  const renewed = (await (await refresh(pair.refresh_token, "slow=0")).json()) as Tokens;
  expect((await me(renewed.access_token)).status).toBe(200);
  expect((await me(pair.access_token)).status).toBe(401);
});

test("rate-limited says when to come back", async () => {
  const answer = await api("rate-limited=7");
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "7"]);
});

test.each([
  ["redirect-to-private", "http://169.254.169.254/latest/meta-data/"],
  ["redirect-to-private=ten", "http://10.0.0.1/"],
  ["redirect-to-private=decimal", "http://2130706433/"],
  ["redirect-to-private=mapped", "http://[::ffff:169.254.169.254]/latest/meta-data/"],
  ["redirect-loop", "/northgate/open/tasks"],
])("%s leads to %s", async (name, location) => {
  const answer = await api(name);
  expect([answer.status, answer.headers.get("location")]).toEqual([302, location]);
});

test("redirect-to-other-origin leads to this server's echo under its other name", async () => {
  const location = (await api("redirect-to-other-origin")).headers.get("location")!;
  expect(new URL(location).hostname).toBe("127.0.0.1");
  expect((await fetch(location)).status).toBe(200);
});

test("malformed, html and empty answers are 200 and no JSON", async () => {
  for (const name of ["malformed", "html", "empty"]) {
    for (const answer of [await api(name), await refresh((await mint()).refresh_token, name)]) {
      expect(answer.status).toBe(200);
      await expect(answer.json(), name).rejects.toThrow();
    }
  }
});

test("a token answer replaced by a web page leaves the refresh token unused", async () => {
  const { refresh_token } = await mint();
  await refresh(refresh_token, "html");
  expect((await refresh(refresh_token, "slow=0")).status).toBe(200);
});

test("token answers come without access token, with a text or no lifetime, or as a form", async () => {
  const answerTo = async (name: string) => refresh((await mint()).refresh_token, name);
  expect(await (await answerTo("token-without-access-token")).json()).not.toHaveProperty("access_token");
  expect(((await (await answerTo("expires-in-string")).json()) as Tokens).expires_in).toBe("300");
  expect(await (await answerTo("no-expires-in")).json()).not.toHaveProperty("expires_in");
  expect(((await (await answerTo("lifetime=9")).json()) as Tokens).expires_in).toBe(9);

  const form = await answerTo("form-answer");
  expect(form.headers.get("content-type")).toContain("application/x-www-form-urlencoded");
  expect(new URLSearchParams(await form.text()).get("access_token")).toMatch(/.{40}/);
});

test("token-error refuses with the error asked for", async () => {
  const answer = await refresh((await mint()).refresh_token, "token-error=temporarily_unavailable");
  expect([answer.status, ((await answer.json()) as { error: string }).error]).toEqual([400, "temporarily_unavailable"]);
});

test("no-rotation leaves the refresh token as it is", async () => {
  const { refresh_token } = await mint();
  expect(((await (await refresh(refresh_token, "no-rotation")).json()) as Tokens).refresh_token).toBe(refresh_token);
  expect((await refresh(refresh_token, "no-rotation")).status).toBe(200);
});

test("gzip is the true answer, and the bomb is small until it is opened", async () => {
  const { bytes, encoding } = await readRaw("/switch/gzip/northgate/open/me");
  expect(encoding).toBe("gzip");
  expect(JSON.parse(gunzipSync(bytes).toString())).toMatchObject({ data: { id: "anyone" } });

  const bomb = await readRaw("/switch/gzip-bomb/northgate/open/me");
  expect(bomb.bytes.length).toBeLessThan(64 * 1024);
  expect(gunzipSync(bomb.bytes).length).toBeGreaterThan(50 * 1024 * 1024);
});

test("close resets the connection after half of the body", async () => {
  const { bytes, cut } = await readRaw("/switch/close/northgate/open/me");
  expect(cut).toBe(true);
  expect(bytes.length).toBeGreaterThan(0);
});

test("big streams as much as asked, and stops when the reader leaves", async () => {
  expect((await readRaw("/switch/big=3/northgate/open/me")).bytes.length).toBeGreaterThan(3 * 1024 * 1024);
  const leave = new AbortController();
  const endless = await fetch(`${tasklab.url}/switch/big=10240/northgate/open/me`, { signal: leave.signal });
  await endless.body!.getReader().read();
  leave.abort();
  expect((await api("")).status).toBe(200);
});

test("drip sends byte by byte", async () => {
  const leave = new AbortController();
  const answer = await fetch(`${tasklab.url}/switch/drip=50/northgate/open/me`, { signal: leave.signal });
  const reader = answer.body!.getReader();
  for (let read = 0; read < 3; read += 1) expect((await reader.read()).value?.length).toBe(1);
  leave.abort();
});

test("TaskLab closes at once, even with an answer held back", async () => {
  const own = await startTasklab({ port: 0 });
  const held = fetch(`${own.url}/switch/slow=60000/open/me`).catch(() => "cut");
  await expect.poll(() => own.log.counters.requests).toBe(1);
  await own.close();
  expect(await held).toBe("cut");
});
