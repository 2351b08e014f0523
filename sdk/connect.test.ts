import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { tasklabDraft, testApi } from "../server/api/testing.ts";
import { createClient, PatchbayError } from "./connect.ts";

/** Against the real router on a node:http port, with TaskLab behind it. */
const { publish, publishWorkflow, listen, tasklab, sql, signer, scope, errors } = await testApi();
const host = await listen();
const name = "TaskLab & Söhne";
const resource = await publish(name, tasklabDraft.apiKey(tasklab.url));
const ada = { tenant: "northgate", username: "ada", password: "lovelace-1843" };
const { projectId } = scope;
const tokenOf = (sub: string, claims: object = {}) => signer.sign({ sub, ...claims });

async function enter(sub: string) {
  const client = createClient({ host });
  await client.authenticate(projectId, tokenOf(sub));
  return client;
}
const failure = (act: Promise<unknown>): Promise<PatchbayError> =>
  act.then(
    () => expect.unreachable("it should have been refused"),
    (error) => error as PatchbayError,
  );

beforeEach(() => expect(errors).toEqual([]));

describe("who the user is", () => {
  test("is known after authenticate, with no token in it, and forgotten at logout", async () => {
    const client = createClient({ host: `${host}//` });
    expect(client.getUser()).toEqual({ authenticated: false });
    await client.authenticate(projectId, tokenOf("u1"), { metadata: { name: "Ada" } });
    expect(client.getUser()).toMatchObject({ authenticated: true, userId: "u1", meta: { name: "Ada" }, resources: [{ slug: name }] });
    expect(JSON.stringify(client.getUser())).not.toContain("eyJ");
    client.logout();
    expect(client.getUser()).toEqual({ authenticated: false });
    expect(await failure(client.setUserMetadata({}))).toMatchObject({ name: "PatchbayError", code: "unauthenticated", status: 0 });
  });

  test("is a copy: what a page does to it changes nothing", async () => {
    const client = await enter("u1");
    const user = client.getUser();
    if (user.authenticated) user.resources.length = 0;
    expect(client.getUser()).toMatchObject({ resources: [{ slug: name }] });
  });

  test("can be given by the way of the published client, so that leaving it is one line", async () => {
    const client = createClient();
    client.configureGlobal({ host: "127.0.0.1" }, { ZEUS_PUBLIC_URL: host });
    await client.authenticate(projectId, tokenOf("u1"));
    expect(client.getUser()).toMatchObject({ authenticated: true });
  });

  test("of two at once is the later one, whatever order the answers come in", async () => {
    const client = createClient({ host });
    const first = client.authenticate(projectId, tokenOf("early"));
    const second = client.authenticate(projectId, tokenOf("late"));
    await Promise.all([first, second]);
    expect(client.getUser()).toMatchObject({ userId: "late" });
  });

  test("metadata replaces what was told before, and comes back", async () => {
    const client = await enter("u2");
    await client.setUserMetadata({ plan: "free", seats: 3 });
    expect(await client.setUserMetadata({ plan: "pro" })).toMatchObject({ meta: { plan: "pro" }, userId: "u2" });
    expect(client.getUser()).toMatchObject({ meta: { plan: "pro" } });
    const [row] = await sql`select metadata from connected_user where external_id = 'u2'`;
    expect(row!.metadata).toEqual({ plan: "pro" });
  });
});

describe("a refusal", () => {
  test("of the token is typed, and leaves nobody signed in", async () => {
    const client = await enter("u1");
    const error = await failure(client.authenticate(projectId, tokenOf("u1", { exp: 1 })));
    expect(error).toBeInstanceOf(PatchbayError);
    expect(error).toMatchObject({
      status: 401,
      code: "unauthenticated",
      message: expect.stringMatching(/token/),
      requestId: expect.any(String),
    });
    expect(client.getUser()).toEqual({ authenticated: false });
  });

  test("of a connect says why, keeps the user, and carries the facts", async () => {
    const client = await enter("u3");
    const error = await failure(client.connectAction(name, { ...ada, password: "wrong" }));
    expect(error).toMatchObject({ status: 400, code: "0704", meta: { isIntegrationError: true, upstreamStatus: 401 } });
    expect(error.response).toMatchObject({ message: error.message, requestId: error.requestId });
    expect(client.getUser()).toMatchObject({ authenticated: true });
  });

  test("of a name that isn't there needs no call", async () => {
    const client = await enter("u3");
    expect(await failure(client.connectAction("Nothing", {}))).toMatchObject({
      code: "not_found",
      message: expect.stringContaining("getUser()"),
    });
  });

  test("for want of a host or an answer says what to check", async () => {
    expect(await failure(createClient().authenticate(projectId, "t"))).toMatchObject({ code: "configuration" });
    expect(await failure(createClient({ host: "http://127.0.0.1:9" }).authenticate(projectId, "t"))).toMatchObject({
      code: "network",
      status: 0,
      cause: expect.anything(),
    });
  });
});

test("connecting, reading the account and disconnecting are known at once", async () => {
  const client = await enter("u4");
  const credential = await client.connectAction(name, ada);
  expect(credential).toMatchObject({ integrationId: resource, status: "VALID", providerId: "ada" });
  expect(client.getUser()).toMatchObject({
    resources: [{ slug: name, credentialId: credential.id, credentialStatus: "VALID" }],
    integrations: { [name]: { enabled: true, credentialId: credential.id, allCredentials: [{ id: credential.id }] } },
  });
  const asKnown = client.getUser();
  await client.authenticate(projectId, tokenOf("u4"));
  expect(client.getUser(), "the server says the same").toEqual(asKnown);

  expect(await client.getIntegrationAccount(name)).toMatchObject({ id: credential.id, type: name, hasCredential: true });
  const selectedCredentialId = crypto.randomUUID();
  expect((await failure(client.uninstallIntegration(name, { selectedCredentialId }))).status).toBe(404);
  expect((await failure(client.getIntegrationAccount(name, { selectedCredentialId }))).status).toBe(404);
  expect(await client.getIntegrationAccount(name, { selectedCredentialId: credential.id })).toMatchObject({ id: credential.id });
  await client.uninstallIntegration(name);
  expect(client.getUser()).toMatchObject({ integrations: { [name]: { enabled: false, allCredentials: [] } } });
  expect(client.getUser()).not.toHaveProperty("resources.0.credentialId", credential.id);
  expect(await failure(client.getIntegrationAccount(name))).toMatchObject({ status: 404 });
  expect(await sql`select 1 from credential where id = ${credential.id}`).toHaveLength(0);
});

describe("a request through a resource", () => {
  type Echo = { method: string; url: string; headers: Record<string, string>; body: string };
  const connected = async (sub: string) => {
    const client = await enter(sub);
    await client.connectAction(name, ada);
    return client;
  };

  test("carries method, query, headers and body; the resource's authentication, and never the user token", async () => {
    const client = await connected("r1");
    const echo = (await client.request<Echo>(name, "echo?a=%20&b=2", {
      method: "PUT",
      headers: { "X-Mine": "yes" },
      body: [1, { two: "zwölf" }],
    }))!;
    expect(echo).toMatchObject({ method: "PUT", url: "/northgate/basic/echo?a=%20&b=2", body: '[1,{"two":"zwölf"}]' });
    expect(echo.headers).toMatchObject({ "x-mine": "yes", "content-type": "application/json" });
    expect(echo.headers.authorization).toMatch(/^Basic /);
    expect(Object.keys(echo.headers).filter((header) => header.startsWith("x-paragon"))).toEqual([]);
  });

  test.each<[string, BodyInit | object, string | RegExp, string]>([
    ["an object", { a: 1 }, "application/json", '{"a":1}'],
    ["JSON as text", '{"a":1}', /^application\/json/, '{"a":1}'],
    ["text", "plain words", /^text\/plain/, "plain words"],
    ["a form", new URLSearchParams({ a: "1 2" }), /^application\/x-www-form-urlencoded/, "a=1+2"],
    ["bytes", new TextEncoder().encode("bytes"), "", "bytes"],
    ["a blob", new Blob(["csv"], { type: "text/csv" }), "text/csv", "csv"],
  ])("sends %s as what it is", async (_, body, type, text) => {
    const client = await connected("r2");
    const echo = (await client.request<Echo>(name, "/echo", { method: "POST", body }))!;
    expect(echo.body).toBe(text);
    if (type) expect(echo.headers["content-type"]).toEqual(typeof type === "string" ? type : expect.stringMatching(type));
  });

  test("streams a body up, and a multipart form", async () => {
    const client = await connected("r3");
    const chunks = ["one ", "two ", "three"].values();
    const body = new ReadableStream({
      pull: (controller) => {
        const { value, done } = chunks.next();
        if (done) controller.close();
        else controller.enqueue(new TextEncoder().encode(value));
      },
    });
    const streamed = await client.request<Echo>(name, "/echo", { method: "POST", body, headers: { "content-type": "text/plain" } });
    expect(streamed!.body).toBe("one two three");
    const form = new FormData();
    form.set("file", new Blob(["content"]), "a.txt");
    const posted = (await client.request<Echo>(name, "/echo", { method: "POST", body: form }))!;
    expect(posted.headers["content-type"]).toMatch(/^multipart\/form-data; boundary=/);
    expect(posted.body).toContain('filename="a.txt"');
  });

  test("gives an API's own \"output\" as it is: no envelope is taken off that wasn't put on", async () => {
    const client = await connected("r4");
    const raw = await client.requestRaw(name, "/tasks?limit=1");
    expect(Object.keys((await raw.json()) as object)).toEqual(["data", "tenant"]);
    expect(raw.headers.get("content-type")).toMatch(/^application\/json/);
  });

  test("gives a Response whatever its status, with the API's headers", async () => {
    const client = await connected("r5");
    const limited = await client.requestRaw(name, "/tasks?x-tasklab-switch=rate-limited%3D7", { method: "POST", body: {} });
    expect(limited.status).toBe(429);
    expect(limited.headers.get("retry-after")).toBe("7");
    expect(limited.headers.get("x-request-id")).toBeTruthy();
  });

  test("that the API refuses rejects with its status, its words and the request id; the user stays", async () => {
    const client = await connected("r6");
    const error = await failure(client.request(name, "/tasks/none"));
    expect(error).toMatchObject({
      name: "PatchbayError",
      status: 404,
      code: "http_404",
      message: expect.stringMatching(/^There is no task "none"/),
      requestId: expect.any(String),
      response: { error: "not_found" },
    });
    expect(await failure(client.request(name, "/tasks?x-tasklab-switch=status%3D401"))).toMatchObject({ status: 401 });
    expect(client.getUser()).toMatchObject({ authenticated: true });
    expect(await failure(client.request("Nothing", "/"))).toMatchObject({ status: 404, code: "not_found" });
  });

  test("ends when its signal does, also in the middle of a stream", async () => {
    const client = await connected("r7");
    const leaving = new AbortController();
    const answer = await client.requestRaw(name, "/changes?count=100&every=50", { signal: leaving.signal });
    const reader = answer.body!.getReader();
    await reader.read();
    leaving.abort(new Error("enough"));
    await expect(reader.read()).rejects.toThrow("enough");
    const never = client.request(name, "/tasks?x-tasklab-switch=slow%3D20000", { signal: AbortSignal.timeout(100) });
    await expect(never).rejects.toMatchObject({ name: "TimeoutError" });
  });
});

test("a workflow that answers 401 by itself signs nobody out", async () => {
  const steps = [{ id: crypto.randomUUID(), name: "answer", type: "response", status: 401, headers: [], body: "{}" }];
  const id = await publishWorkflow("Refuses", { trigger: { type: "request" }, steps } as Parameters<typeof publishWorkflow>[1]);
  const client = await enter("asks");
  const refused = failure(client.workflow(id));
  const response = { status: 401, headers: [["content-type", "application/json"]], body: '{"message":"Not for you"}' };
  const answer = () => sql`update run set response = ${sql.json(response)} where workflow_id = ${id} returning id`;
  await expect.poll(async () => (await answer()).length).toBe(1);
  expect(await refused).toMatchObject({ status: 401, message: "Not for you" });
  expect(client.getUser()).toMatchObject({ authenticated: true, userId: "asks" });
});

test("an AbortSignal ends a call, with the reason that was given", async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  afterAll(() => void silent.close());
  const client = createClient({ host: `127.0.0.1:${(silent.address() as AddressInfo).port}`.replace(/^/, "http://") });
  await expect(client.authenticate(projectId, "t", { signal: AbortSignal.timeout(50) })).rejects.toMatchObject({ name: "TimeoutError" });
  const given = new Error("the page was left");
  await expect(client.authenticate(projectId, "t", { signal: AbortSignal.abort(given) })).rejects.toBe(given);
  silent.closeAllConnections();
});
