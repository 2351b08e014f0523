import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { findWorkflow } from "#db/queries/workflows.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { testResource } from "#lib/connections/test-resource.ts";
import { createSecret } from "#lib/projects/change-secrets.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { testApi } from "../../server/api/testing.ts";
import { createWorkflow } from "./create-workflow.ts";
import type { RequestStep, Step } from "./schema.ts";
import { testStep } from "./test-step.ts";

const world = await testApi();
const { sql, db, scope, actor, errors } = world;
const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32", onError: (error) => errors.push(error) });

const SECRET = "a-password-nobody-may-see";
let seen: { method: string; url: string; body: string }[] = [];
const upstream = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  seen.push({ method: request.method ?? "", url: request.url ?? "", body: Buffer.concat(chunks).toString() });
  const status = request.url?.startsWith("/broken") ? 422 : 200;
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ id: "tsk_1", echoed: SECRET }));
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
afterAll(async () => {
  upstream.close();
  await spine.close();
});
beforeEach(() => {
  seen = [];
});

async function makeResource(name: string, isTested: boolean): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name });
  const { version } = (await findResource(scope, db, id))!.draft;
  const body = ResourceDraft.parse({
    ...emptyDraft(),
    level: "user",
    authType: "api_key",
    apiKeys: [{ name: "username", secret: false }, { name: "password" }],
    request: { baseUrl: base },
    test: { request: { path: "/tasks" } },
  });
  await saveDraft(scope, db, actor, { resourceId: id, version, body, secrets: {} });
  await publishResource(scope, db, actor, { resourceId: id, allowsHttp: spine.allowsHttp });
  if (isTested)
    await testResource(spine, scope, actor, {
      resourceId: id,
      values: { username: "ada", password: SECRET },
      allowsHttp: spine.allowsHttp,
    });
  return id;
}
const tested = await makeResource("Tested", true);
const untested = await makeResource("Untested", false);

const request = (name: string, fields: Partial<RequestStep["request"]>, resourceId = tested): RequestStep => ({
  id: randomUUID(),
  name,
  type: "request",
  resourceId,
  request: { method: "GET", path: "/", query: [], headers: [], body: { kind: "none" }, ...fields },
  attempts: 5,
  continueOnFailure: false,
});
const make = async (steps: Step[]) =>
  (
    await createWorkflow(scope, db, actor, {
      name: "Tested",
      body: { trigger: { type: "event", name: "e", example: '{"list":["x","y"],"n":3}' }, steps },
    })
  ).id;
const run = (workflowId: string, stepId: string, more: { confirmed?: boolean; byAdmin?: boolean } = {}) =>
  testStep(spine, scope, actor, { workflowId, stepId, confirmed: false, byAdmin: true, requestId: randomUUID(), ...more });

test("a GET is sent as the test user, and its answer is what later steps are tested with", async () => {
  const first = request("first", { path: "/tasks/{{trigger.n}}" });
  const second = request("second", { path: "/of/{{steps.first.body.id}}" });
  const id = await make([first, second]);
  expect((await run(id, second.id)).test).toMatchObject({ state: "failed", problem: { message: expect.stringContaining("steps.first") } });
  const { test: report, sample } = await run(id, first.id);
  expect(report).toMatchObject({ state: "passed", summary: expect.stringMatching(/^200, \d+ ms$/) });
  expect(sample?.value).toMatchObject({ status: 200, body: { id: "tsk_1" } });
  expect(JSON.stringify([report, sample])).not.toContain(SECRET);
  expect((await run(id, second.id)).test.state).toBe("passed");
  expect(seen.map(({ url }) => url)).toEqual(["/tasks/3", "/of/tsk_1"]);
});

test("what may change something is shown, masked, and sent only when asked for", async () => {
  const step = request("post", { method: "POST", path: "/x", body: { kind: "json", text: '{"n":"{{trigger.n}}"}' } });
  const id = await make([step]);
  const { test: held, sample } = await run(id, step.id);
  expect(held).toMatchObject({ state: "asks", request: { method: "POST", body: '{"n":3}' } });
  expect(JSON.stringify(held)).not.toContain(SECRET);
  expect(JSON.stringify(held)).not.toContain(btoa(`ada:${SECRET}`));
  expect({ sample, seen }).toEqual({ sample: null, seen: [] });
  expect((await run(id, step.id, { confirmed: true })).test.state).toBe("passed");
  expect(seen).toEqual([{ method: "POST", url: "/x", body: '{"n":3}' }]);
});

test("a refusal of the API is a failed test that shows its answer and leaves no sample", async () => {
  const step = request("broken", { path: "/broken" });
  const id = await make([step]);
  const { test: report, sample } = await run(id, step.id);
  expect(report).toMatchObject({ state: "failed", response: { status: 422 } });
  expect(sample).toBeNull();
});

test("a resource without a test credential says so, with the way to its setup", async () => {
  const step = request("none", {}, untested);
  const id = await make([step]);
  expect((await run(id, step.id)).test).toMatchObject({ state: "failed", problem: { setUp: { resourceId: untested } } });
});

test("a step that sends a secret of the project is tested by admins only: a draft is anybody's who may edit", async () => {
  const step = request("secret", { path: "/{{secrets.PARTNER}}" });
  const id = await make([step]);
  const { test: report } = await run(id, step.id, { byAdmin: false });
  expect(report).toMatchObject({ state: "failed", problem: { fix: expect.stringContaining("admin") } });
  expect(seen).toEqual([]);
});

test.each([
  ["in the body", { method: "POST" as const, body: { kind: "json" as const, text: '{"title":"{{credentials.password}}"}' } }],
  ["in a header", { headers: [{ name: "X-Note", value: "{{credentials.password | base64}}" }] }],
  ["in the path", { path: "/{{trigger.none | default: credentials.password}}" }],
])("a step that sends a credential %s is tested by admins only: whoever wrote it could read it at the API", async (_, fields) => {
  const step = request("leaks", fields);
  const id = await make([step]);
  const { test: report } = await run(id, step.id, { byAdmin: false, confirmed: true });
  expect(report).toMatchObject({ state: "failed", problem: { message: "This step sends a credential in a field of its own." } });
  expect(seen).toEqual([]);
  expect((await run(id, step.id, { confirmed: true })).test.state).toBe("passed");
});

test("what isn't secret of a credential may be sent by an editor's test", async () => {
  const step = request("plain", { path: "/{{credentials.username}}" });
  const id = await make([step]);
  expect((await run(id, step.id, { byAdmin: false })).test.state).toBe("passed");
});

test("an editor gets no secret by the name of a part, nor by a template that is split between two", async () => {
  await createSecret(scope, db, actor, { name: "CANARY", value: "canary-of-the-project", description: "" });
  const named = request("named", { body: { kind: "multipart", fields: [{ name: "{{secrets.CANARY}}", value: "x" }] } });
  const split = request("split", {
    body: {
      kind: "multipart",
      fields: [
        { name: "a", value: '{{secrets.CANARY | default: "' },
        { name: " }}", value: "x" },
      ],
    },
  });
  const id = await make([named, split]);
  for (const step of [named, split]) await run(id, step.id, { byAdmin: false, confirmed: true });
  expect(JSON.stringify(seen)).not.toContain("canary-of-the-project");
});

test("conditions, lists, code, waits and answers are worked out from the samples", async () => {
  const inner = request("inner", { path: "/{{item}}" });
  const steps: Step[] = [
    {
      id: randomUUID(),
      name: "is_three",
      type: "condition",
      groups: [{ rules: [{ left: "{{trigger.n}}", operator: "equals", right: "3" }] }],
      // biome-ignore lint/suspicious/noThenProperty: the name of a branch
      then: [],
      else: [],
    },
    { id: randomUUID(), name: "each", type: "fan_out", items: "{{trigger.list}}", concurrency: 2, steps: [inner] },
    { id: randomUUID(), name: "wait", type: "delay", amount: 2, unit: "days" },
    { id: randomUUID(), name: "compute", type: "function", code: "return trigger.n * 2;" },
    { id: randomUUID(), name: "answer", type: "response", status: 201, headers: [], body: '{"n":"{{steps.compute}}"}' },
    { id: randomUUID(), name: "wrong", type: "fan_out", items: "{{trigger.n}}", concurrency: 2, steps: [] },
  ];
  const id = await make(steps);
  const summaries: string[] = [];
  for (const step of steps) summaries.push((await run(id, step.id)).test.summary);
  expect(summaries).toEqual(["True", "2 items", "Skipped in test", "Ran", "Would answer 201", "Not a list"]);
  expect((await run(id, steps[4]!.id)).test.response?.body).toBe('{"n":6}');
  await run(id, inner.id);
  expect(seen.map(({ url }) => url)).toEqual(["/x"]);
});

test("another project's step is one that doesn't exist, and leaves nothing", async () => {
  const step = request("theirs", {});
  const id = await make([step]);
  const act = testStep(spine, { projectId: randomUUID() }, actor, {
    workflowId: id,
    stepId: step.id,
    confirmed: true,
    byAdmin: true,
    requestId: randomUUID(),
  });
  await expect(act).rejects.toMatchObject({ code: "not_found" });
  expect(seen).toEqual([]);
  expect(await sql`select 1 from workflow_sample where workflow_id = ${id}`).toHaveLength(0);
  expect(await findWorkflow(scope, db, id)).not.toBeNull();
});
