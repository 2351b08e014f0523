import { randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { WorkflowDefinition } from "#lib/workflows/schema.ts";
import { createApi } from "../create-api.ts";
import { tasklabDraft, testApi } from "../testing.ts";

/** The doors that start workflows and switch them, with a real database behind them. */
const { api, spine, sql, scope, signer, errors, publish, publishWorkflow, secondProject, tasklab } = await testApi();
const { projectId } = scope;

const example = JSON.stringify({ task: { id: "tsk_1", points: 3 } });
const respond: WorkflowDefinition["steps"] = [{ id: randomUUID(), name: "answer", type: "response", status: 200, headers: [], body: "{}" }];
const ids = {
  event: await publishWorkflow("On task completed", { trigger: { type: "event", name: "task.completed", example }, steps: [] }),
  second: await publishWorkflow("On task completed, too", { trigger: { type: "event", name: "task.completed", example: "" }, steps: [] }),
  request: await publishWorkflow("Ask", {
    trigger: {
      type: "request",
      body: JSON.stringify({ text: "hello" }),
      query: [{ name: "lang", required: true }],
      headers: [{ name: "X-Shop", required: true }],
    },
    steps: [],
  }),
  answering: await publishWorkflow("Answer", { trigger: { type: "request" }, steps: respond }),
};

type Options = {
  method?: string;
  sub?: string;
  claims?: object;
  headers?: Record<string, string>;
  body?: unknown;
  project?: string;
  raw?: string;
};
async function call(
  path: string,
  { method = "POST", sub = "u1", claims = {}, headers = {}, body, project = projectId, raw }: Options = {},
) {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const response = await api.request(`/projects/${project}/sdk${path}`, {
    method,
    headers: {
      authorization: `Bearer ${signer.sign({ sub, ...claims })}`,
      ...(text === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(text === undefined ? {} : { body: text }),
  });
  const answer = await response.text();
  return { status: response.status, headers: response.headers, body: answer ? JSON.parse(answer) : null };
}
const runs = () => sql<{ id: string; workflowId: string; source: string; input: unknown; user: string }[]>`
  select r.id, r.workflow_id as "workflowId", r.source, r.input, u.external_id as "user" from run r
  left join connected_user u on u.project_id = r.project_id and u.id = r.user_id where r.project_id = ${projectId}`;

/** Of this thread, in milliseconds: what it is busy with, however many others want the processor. */
const cpuTime = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
};

beforeEach(async () => {
  expect(errors).toEqual([]);
  await sql`delete from run`;
  await sql`delete from workflow_enablement`;
});

describe("an App Event", () => {
  const event = (body: unknown, options: Options = {}) => call("/events/trigger", { ...options, body });
  const payload = { task: { id: "tsk_9", points: 1, extra: true } };

  test("leaves no more inputs of runs a day than a user may, those of every workflow counted", async () => {
    const onError = (error: unknown) => errors.push(error);
    const limited = createApi({ spine, onError, callLimits: { calls: { user: 0, project: 0 }, inputs: { user: 4, project: 100 } } });
    const hit = (sub: string, bytes: number) =>
      limited.request(`/projects/${projectId}/sdk/events/trigger`, {
        method: "POST",
        headers: { authorization: `Bearer ${signer.sign({ sub })}` },
        body: JSON.stringify({ name: "task.completed", payload: { ...payload, more: "x".repeat(bytes) } }),
      });
    // A quarter of 4 MiB at once, and each of the two workflows keeps one.
    expect((await hit("u1", 400_000)).status).toBe(201);
    const full = await hit("u1", 400_000);
    expect([full.status, await full.json()]).toMatchObject([429, { message: expect.stringContaining("RUN_INPUTS_USER") }]);
    expect(Number(full.headers.get("retry-after"))).toBeGreaterThan(60);
    expect((await hit("u2", 400_000)).status).toBe(201);
    expect(await runs()).toHaveLength(4);
  });

  test("of a megabyte of the smallest things is answered at once, whatever they are", async () => {
    const name = "task.completed";
    const filled = (unit: (n: number) => string) => {
      let text = "";
      for (let n = 0; text.length < 1_000_000; n++) text += `${n ? "," : ""}${unit(n)}`;
      return text;
    };
    const bodies = [
      `{"name":"${name}","payload":{"task":{"id":"a","points":1},"a":[${filled(() => "{}")}]}}`,
      `{"name":"${name}","payload":{"task":{"id":"a","points":1},"a":[${filled(() => "1")}]}}`,
      `{"name":"${name}","payload":{"task":{"id":"a","points":1},"a":{${filled((n) => `"${n}":1`)}}}}`,
      `{"name":"${name}","payload":{"task":{${filled((n) => `"p${1000 + (n % 9000)}${n}":1`)}}}}`,
    ];
    for (const raw of bodies) {
      // It took 2.4 s, and other calls waited.
      const began = cpuTime();
      await call("/events/trigger", { raw });
      expect(cpuTime() - began, raw.slice(0, 80)).toBeLessThan(500);
    }
  });

  test("starts every workflow that listens for it, for the token's user, and answers 201", async () => {
    const { status, body } = await event({ name: "task.completed", payload }, { sub: "ada" });
    expect(status).toBe(201);
    const started = await runs();
    expect(started.map(({ workflowId }) => workflowId).sort()).toEqual([ids.event, ids.second].sort());
    expect(body.runs.map(({ id }: { id: string }) => id).sort()).toEqual(started.map(({ id }) => id).sort());
    for (const run of started) expect(run).toMatchObject({ source: "event", user: "ada", input: payload });
  });

  test("with a name that nobody listens for is refused with the one that was meant, and starts nothing", async () => {
    const { status, body } = await event({ name: "task.complete", payload });
    expect(status).toBe(404);
    expect(body).toMatchObject({ code: "not_found", message: expect.stringContaining("Did you mean “task.completed”?") });
    expect(await runs()).toEqual([]);
  });

  test("that doesn't fit the example of one workflow starts none of them, and says where", async () => {
    const { status, body } = await event({ name: "task.completed", payload: { task: { id: 9, points: 1 } } });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: "bad_input",
      message: expect.stringContaining("On task completed"),
      fields: { "payload.task.id": "It is a number; the example has text there." },
    });
    expect(await runs()).toEqual([]);
  });

  test("with the same Idempotency-Key starts once, another user's with it does", async () => {
    const headers = { "idempotency-key": randomUUID() };
    await event({ name: "task.completed", payload }, { headers });
    expect((await event({ name: "task.completed", payload }, { headers })).status).toBe(201);
    expect(await runs()).toHaveLength(2);
    await event({ name: "task.completed", payload }, { headers, sub: "other" });
    expect(await runs()).toHaveLength(4);
    expect((await event({ name: "task.completed", payload }, { headers: { "idempotency-key": "a b" } })).status).toBe(400);
  });

  test.each([
    ["no name", { payload }],
    ["a list", []],
    ["a payload that is no object", { name: "task.completed", payload: [1] }],
    ["half a character", { name: "task.completed", payload: { task: { id: "\ud800", points: 1 } } }],
  ])("of another shape is refused: %s", async (_, body) => {
    expect((await event(body)).status).toBe(400);
    expect(await runs()).toEqual([]);
  });

  test("isn't started where the user has switched the workflow off, nor where the project has", async () => {
    expect((await call(`/workflows/${ids.event}`, { method: "DELETE" })).status).toBe(204);
    await event({ name: "task.completed", payload });
    expect((await runs()).map(({ workflowId }) => workflowId)).toEqual([ids.second]);
    await sql`update workflow set is_enabled = false where id = ${ids.second}`;
    await event({ name: "task.completed", payload }, { sub: "u2" });
    expect((await runs()).filter(({ user }) => user === "u2").map(({ workflowId }) => workflowId)).toEqual([ids.event]);
    await sql`update workflow set is_enabled = true where id = ${ids.second}`;
  });
});

describe("a Request trigger", () => {
  const ask = (options: Options = {}, query = "?lang=en") =>
    call(`/triggers/${ids.request}${query}`, { body: { text: "hi" }, headers: { "x-shop": "s1" }, ...options });

  test("asked again with its Idempotency-Key answers as the first time, and never for another body", async () => {
    const headers = { "x-shop": "s1", "idempotency-key": randomUUID() };
    const first = await ask({ headers });
    expect(await ask({ headers: { ...headers, "x-attempt": "2" } })).toMatchObject({ status: 202, body: first.body });
    expect((await ask({ headers, body: { text: "else" } })).status).toBe(409);
    expect(await runs()).toHaveLength(1);
  });

  test("starts its workflow with body, query and headers, and answers 202 with the run", async () => {
    const { status, body } = await ask({ sub: "ada" });
    const [run] = await runs();
    expect({ status, body }).toEqual({ status: 202, body: { runId: run!.id } });
    expect(run).toMatchObject({
      source: "request",
      user: "ada",
      input: { body: { text: "hi" }, query: { lang: "en" }, headers: { "x-shop": "s1" } },
    });
    expect(JSON.stringify(run!.input), "the user token stays outside").not.toContain("eyJ");
  });

  test("refuses what lacks a required query parameter or header, or doesn't fit the body's example, all at once", async () => {
    const { status, body } = await ask({ body: { text: 1 }, headers: {} }, "");
    expect(status).toBe(400);
    expect(Object.keys(body.fields)).toEqual(["query.lang", "headers.X-Shop", "body.text"]);
    expect(await runs()).toEqual([]);
  });

  test("answers what its Response step says, once a worker has come to it", async () => {
    const answer = call(`/triggers/${ids.answering}`, { body: {} });
    await expect.poll(async () => (await runs()).length).toBe(1);
    const [run] = await runs();
    const response = {
      status: 418,
      headers: [
        ["x-made-by", "step"],
        ["set-cookie", "a=b"],
        ["content-type", "application/vnd.made+json"],
        ["not a name", "a"],
        ["content-security-policy", "default-src *"],
      ],
      body: '{"ok":true}',
    };
    await sql`update run set response = ${sql.json(response as never)} where id = ${run!.id}`;
    const { status, headers, body } = await answer;
    expect({ status, body }).toEqual({ status: 418, body: { ok: true } });
    expect([headers.get("x-made-by"), headers.get("set-cookie"), headers.get("x-run-id")]).toEqual(["step", null, run!.id]);
    expect(headers.get("content-type"), "once").toBe("application/vnd.made+json");
    expect(headers.get("content-security-policy")).toMatch(/sandbox/);
  });

  test("says so when its run fails before it answers", async () => {
    const answer = call(`/triggers/${ids.answering}`, { body: {} });
    await expect.poll(async () => (await runs()).length).toBe(1);
    await sql`update run set status = 'failed'`;
    expect(await answer).toMatchObject({ status: 502, body: { code: "upstream_failed", meta: { runId: expect.any(String) } } });
  });

  test("of a workflow that begins otherwise, isn't live, or is another project's is unknown", async () => {
    const other = await secondProject();
    for (const id of [ids.event, randomUUID(), "x"]) expect((await call(`/triggers/${id}`, { body: {} })).status).toBe(404);
    expect((await call(`/triggers/${ids.request}`, { body: {}, project: other.projectId })).status).toBe(401);
  });

  test("that the user has switched off is refused with the way to switch it on", async () => {
    await call(`/workflows/${ids.request}`, { method: "DELETE" });
    expect(await ask()).toMatchObject({ status: 409, body: { message: expect.stringContaining("enableWorkflow") } });
    await call(`/workflows/${ids.request}`);
    expect((await ask()).status).toBe(202);
  });
});

describe("what a token may do by its own claim", () => {
  const claims = (scopes: object) => ({ claims: { "urn:useparagon:connect:permissions": scopes } });

  test("starting and switching need the workflows' scope, and a refusal keeps the published client signed in", async () => {
    const narrow = claims({ "integration:TaskLab": true });
    const body = { name: "task.completed", payload: { task: { id: "a", points: 1 } } };
    for (const answer of [await call("/events/trigger", { ...narrow, body }), await call(`/workflows/${ids.event}`, narrow)])
      expect(answer).toMatchObject({ status: 403, body: { code: "7210" } });
    expect((await call("/events/trigger", { ...claims({ "integration:_api": true }), body })).status).toBe(201);
    expect((await call("/events/trigger", { ...claims({ "integration:*": true }), body })).status).toBe(201);
  });

  test("and whoever may not run them doesn't see them", async () => {
    const { body } = await call("/me", { method: "GET", ...claims({ "integration:TaskLab": true }) });
    expect(body.workflows).toEqual([]);
    const whole = await call("/me", { method: "GET" });
    expect(whole.body.workflows).toContainEqual({ id: ids.event, name: "On task completed", enabled: true });
  });

  test("a resource that took the workflows' name before names were checked for it hides none of them", async () => {
    const resourceId = await publish("Old", tasklabDraft.apiKey(tasklab.url));
    await sql`update resource_name set name = '_api', name_key = '_api' where resource_id = ${resourceId}`;
    const { body } = await call("/me", { method: "GET" });
    expect(body.resources).toContainEqual({ id: resourceId, slug: "_api", integrationId: resourceId });
    expect(body.integrations._api.allConfigurations[0].workflowSettings).toHaveProperty(ids.event);
    await sql`update resource set deleted_at = now() where id = ${resourceId}`;
  });
});
