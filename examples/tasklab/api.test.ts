import { request } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTasklab, type Tasklab } from "./start-tasklab.ts";

let tasklab: Tasklab;
beforeAll(async () => {
  tasklab = await startTasklab({ port: 0 });
});
afterAll(() => tasklab.close());

const OWN = { "sec-fetch-site": "none" };
const call = (path: string, init: RequestInit = {}) => fetch(`${tasklab.url}${path}`, { redirect: "manual", ...init });
const KEY = { "x-api-key": "tl_key_ada_5f1c0e7b" };
const basic = (user: string, password: string) => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` });

test("the key door takes the key in the header or in the query", async () => {
  expect(await (await call("/northgate/key/me", { headers: KEY })).json()).toMatchObject({ data: { id: "ada" }, tenant: "northgate" });
  expect(await (await call("/key/me?api_key=tl_key_grace_9b24d6a1")).json()).toMatchObject({ data: { id: "grace" }, tenant: null });
});

test("the basic door takes each demo user, with colon and UTF-8 in the password", async () => {
  expect(await (await call("/acme/basic/me", { headers: basic("ada", "lovelace-1843") })).json()).toMatchObject({ data: { id: "ada" } });
  expect(await (await call("/acme/basic/me", { headers: basic("katherine", "johnson:1962 & más") })).json()).toMatchObject({
    data: { id: "katherine" },
  });
});

test.each([
  ["/northgate/v3/me", {}, "Bearer"],
  ["/northgate/v3/me", { authorization: "Bearer guess" }, 'error="invalid_token"'],
  ["/northgate/v3/me", { authorization: "Bearer a.b.c" }, 'error="invalid_token"'],
  ["/northgate/key/me", {}, "ApiKey"],
  ["/northgate/key/me", { "x-api-key": "guess" }, "ApiKey"],
  ["/northgate/basic/me", {}, "Basic"],
  ["/northgate/basic/me", basic("ada", "guess"), "Basic"],
  ["/northgate/basic/me", { authorization: "Basic %%%" }, "Basic"],
])("%s with %j is 401 with a challenge and a reason", async (path, headers, challenge) => {
  const answer = await call(path, { headers: headers as Record<string, string> });
  expect(answer.status).toBe(401);
  expect(answer.headers.get("www-authenticate")).toContain(challenge);
  expect(await answer.json()).toMatchObject({ error: expect.any(String), message: expect.any(String) });
});

test("tasks are listed, filtered, made, changed and removed, per tenant", async () => {
  const json = { ...KEY, "content-type": "application/json" };
  const made = await call("/corvid/key/tasks", { method: "POST", headers: json, body: JSON.stringify({ title: "Write the note" }) });
  expect(made.status).toBe(201);
  const { id } = ((await made.json()) as { data: { id: string } }).data;

  const list = async (path: string) =>
    ((await (await call(path, { headers: KEY })).json()) as { data: { id: string; status: string }[] }).data;
  expect((await list("/corvid/key/tasks?limit=1")).map((task) => task.id)).toEqual([id]);
  expect((await list("/acme/key/tasks")).map((task) => task.id)).not.toContain(id);

  await call(`/corvid/key/tasks/${id}`, { method: "PATCH", headers: json, body: JSON.stringify({ status: "done" }) });
  expect((await list("/corvid/key/tasks?status=done")).every((task) => task.status === "done")).toBe(true);
  expect((await list("/corvid/key/tasks?status=done")).map((task) => task.id)).toContain(id);

  expect((await call(`/corvid/key/tasks/${id}`, { method: "DELETE", headers: KEY })).status).toBe(204);
  expect((await call(`/corvid/key/tasks/${id}`, { headers: KEY })).status).toBe(404);
});

test("the tasks come as text, each on a line", async () => {
  const answer = await call("/acme/key/tasks.csv", { headers: KEY });
  expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
  expect((await answer.text()).split("\r\n")).toEqual(expect.arrayContaining(["id,title,status", 'acme-1,"Order anvils",open', ""]));
});

test("changes come one after another: the first is there before the last is made", async () => {
  const answer = await call("/acme/open/changes?count=4&every=50");
  expect(answer.headers.get("content-type")).toMatch(/^text\/event-stream/);
  const arrived: number[] = [];
  let text = "";
  for await (const chunk of answer.body!) {
    arrived.push(performance.now());
    text += new TextDecoder().decode(chunk);
  }
  expect(text.match(/^data: /gm)).toHaveLength(4);
  expect(arrived.at(-1)! - arrived[0]!).toBeGreaterThan(100);
  for (const query of ["count=-1", "count=1001", "every=fast", "count=1.5"])
    expect((await call(`/acme/open/changes?${query}`)).status, query).toBe(400);
});

test("echo answers with the request as it arrived", async () => {
  const answer = await call("/northgate/open/echo?a=1&a=2&b=%20", { method: "PUT", headers: { "x-mine": "yes" }, body: "text: é" });
  expect(await answer.json()).toMatchObject({
    method: "PUT",
    path: "/northgate/open/echo",
    query: { a: ["1", "2"], b: " " },
    headers: { "x-mine": "yes" },
    body: "text: é",
    tenant: "northgate",
  });
});

test.each([
  ["GET", "/northgate/key/tasks?limit=many", 400],
  ["GET", "/northgate/key/tasks?status=gone", 400],
  ["POST", "/northgate/key/tasks", 400, "[1]"],
  ["POST", "/northgate/key/tasks", 400, "{"],
  ["POST", "/northgate/key/tasks", 422, '{"title": 5}'],
  ["POST", "/northgate/key/tasks", 422, '{"title": "x", "status": "__proto__"}'],
  ["PUT", "/northgate/key/tasks", 405, "{}"],
  ["GET", "/northgate/key/tasks/a/b", 404],
  ["GET", "/northgate/key/%E0%A4%A", 400],
  ["GET", "/nowhere/key/tasks", 404],
  ["GET", "/nothing", 404],
  ["GET", "/switch/nonsense/northgate/v3/me", 400],
  ["GET", "/switch/slow=soon/northgate/v3/me", 400],
  ["POST", "/mint", 400, '{"client": "tasklab-service"}'],
  ["POST", "/mint", 400, '{"sub": "a\\u0000b"}'],
  ["PUT", "/_switches", 400, '{"api": "slow"}'],
  ["PUT", "/_switches", 400, '{"api": ["no-rotation"]}'],
  ["POST", "/northgate/key/echo", 413, "x".repeat(2 * 1024 * 1024 + 1)],
])("%s %s is %i with a message, and TaskLab lives on", async (method, path, status, body?: string) => {
  const answer = await call(path, { method, headers: { ...KEY, ...OWN }, ...(body === undefined ? {} : { body }) });
  expect(answer.status).toBe(status);
  expect(((await answer.json()) as { message: string }).message).toMatch(/\.$/);
  expect((await call("/healthz")).status).toBe(200);
});

test("request lines that no browser sends are answered, not fatal", async () => {
  for (const target of ["//evil", "http://evil/northgate/v3/me", "*", "/%", "/../../etc/passwd", "/?x-tasklab-switch=%"]) {
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request({ port: tasklab.port, host: "127.0.0.1", path: target }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      })
        .on("error", reject)
        .end();
    });
    expect(status, target).toBeLessThan(500);
  }
  const raw = connect(tasklab.port, "127.0.0.1");
  await new Promise((resolve) => raw.resume().on("close", resolve).end("POST /mint HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"));
  expect((await call("/healthz")).status).toBe(200);
});

test("the front page names the values for the host it was asked for, and repeats no host that isn't one", async () => {
  const page = await (await call("/")).text();
  for (const text of [
    "{{inputs.tenant}}/v3",
    "{{inputs.tenant}}/oauth/token",
    "tasklab-web",
    "$.data.id",
    "this refresh token works once",
  ]) {
    expect(page.toLowerCase()).toContain(text.toLowerCase());
  }
  expect(page).toContain(`${tasklab.url}/{{inputs.tenant}}/v3`);

  const odd = await new Promise<string>((resolve, reject) => {
    request({ port: tasklab.port, host: "127.0.0.1", path: "/", headers: { host: "<script>" } }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => (text += chunk)).on("end", () => resolve(text));
    })
      .on("error", reject)
      .end();
  });
  expect(odd).toContain("http://localhost:3002/{{inputs.tenant}}/v3");
  expect(odd).not.toContain("script&#62;/");
});

test("it listens on loopback only", async () => {
  await expect(startTasklab({ port: 0, host: "0.0.0.0" })).rejects.toThrow(/loopback only/);
});

test("the log tells what arrived, and forgets on DELETE", async () => {
  await call("/_log", { method: "DELETE", headers: OWN });
  await call("/northgate/open/echo", { method: "POST", headers: { "x-mine": "seen" }, body: "needle" });
  await call("/northgate/v3/me");
  const log = async (query: string) =>
    (await (await call(`/_log${query}`, { headers: OWN })).json()) as { counters: { requests: number }; data: object[] };
  expect((await log("?contains=needle")).data).toMatchObject([
    { method: "POST", url: "/northgate/open/echo", headers: { "x-mine": "seen" }, status: 200 },
  ]);
  expect((await log("")).counters.requests).toBe(2);
  await call("/_log", { method: "DELETE", headers: OWN });
  expect((await log("")).data).toEqual([]);
});

test("log and switches are for whoever sits at the machine, not for what others send here", async () => {
  for (const [method, path] of [
    ["GET", "/_log"],
    ["DELETE", "/_log"],
    ["GET", "/_switches"],
    ["PUT", "/_switches"],
  ] as const) {
    for (const headers of [undefined, { "sec-fetch-site": "cross-site" }]) expect((await call(path, { method, headers })).status).toBe(403);
  }
  expect((await call("/_log", { headers: { "sec-fetch-site": "same-origin" } })).status).toBe(200);
});
