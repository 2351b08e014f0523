import { expect, test } from "vitest";
import { ResourceDefinition } from "#lib/resources/schema.ts";
import { checkWorkflow, type WorkflowContext } from "./check-workflow.ts";
import type { RequestStep, Step, WorkflowDraft } from "./schema.ts";

const definition = ResourceDefinition.parse({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  inputs: [{ key: "tenant", title: "Tenant" }],
  request: { baseUrl: "https://api.example.com" },
});
const context: WorkflowContext = { resources: new Map([["r", definition]]), triggers: new Set(["r/t"]), secretNames: ["PARTNER"] };
const now = new Date("2026-11-25T00:00:00Z");

const event = { type: "event", name: "task.completed", example: "" } as const;
const wait = (name: string, fields: object = {}): Step => ({ id: name, name, type: "delay", amount: 1, unit: "minutes", ...fields });
const request = (name: string, path: string, text?: string): RequestStep => ({
  id: name,
  name,
  type: "request",
  resourceId: "r",
  request: { method: "GET", path, query: [], headers: [], body: text === undefined ? { kind: "none" } : { kind: "json", text } },
  attempts: 5,
  continueOnFailure: false,
});
const fan = (name: string, items: string, steps: Step[]): Step => ({ id: name, name, type: "fan_out", items, concurrency: 5, steps });
const check = (body: Partial<WorkflowDraft>) => checkWorkflow({ trigger: event, steps: [wait("w")], ...body }, context, now);
const told = (body: Partial<WorkflowDraft>) => check(body).problems.map(({ at, path }) => `${at} ${path}`);

test("what has all it needs is a definition", () => {
  const body: WorkflowDraft = {
    trigger: { type: "resource", resourceId: "r", triggerId: "t" },
    steps: [
      request("get", "/tasks/{{trigger.body.id}}?by={{inputs.tenant}}"),
      fan("each", "{{steps.get.body.items}}", [request("put", "/x", '{"a":"{{item.id}}","k":"{{secrets.PARTNER}}"}')]),
      wait("last"),
    ],
  };
  expect(checkWorkflow(body, context, now)).toEqual({ definition: body, problems: [] });
});

test("a secret doesn't go where a user chooses the host, whichever field reads it; where the admin wrote the domain it does", () => {
  const at = (baseUrl: string, more: object = {}): WorkflowContext => ({
    ...context,
    resources: new Map([
      [
        "r",
        ResourceDefinition.parse({
          level: "user",
          authType: "api_key",
          apiKeys: [{ name: "key" }],
          inputs: [{ key: "host", title: "Host" }],
          request: { baseUrl },
          ...more,
        }),
      ],
    ]),
  });
  const reads = request("post", "/{{secrets.PARTNER}}", '{"k":"{{secrets.PARTNER | sha256}}"}');
  const wrong = (step: RequestStep, within: WorkflowContext) =>
    checkWorkflow({ trigger: event, steps: [step] }, within, now).problems.map(({ path, message }) => [path, message]);
  expect(wrong(reads, at("https://{{inputs.host}}"))).toEqual([
    ["request.path", expect.stringContaining("inputs.host")],
    ["request.body.text", expect.stringContaining("inputs.host")],
  ]);
  expect(wrong(request("post", "/{{inputs.host}}"), at("https://{{inputs.host}}"))).toEqual([]);
  expect(wrong(reads, at("https://{{inputs.host}}.api.example.com"))).toEqual([]);
  // A client id that is made of a secret is one by another name.
  const oauth = { accessTokenUrl: "https://login.example.com/{{inputs.host}}", clientId: "{{secrets.PARTNER}}" };
  const within = at("https://{{inputs.host}}", { authType: "oauth2_refresh_token", oauth });
  expect(wrong(request("get", "/{{credentials.client_id}}"), within)).toEqual([["request.path", expect.stringContaining("PARTNER")]]);
});

test("names are no templates", () => {
  const step = request("post", "/");
  const pairs = [{ name: "{{secrets.PARTNER}}", value: "" }];
  const bodies = [{ kind: "multipart", fields: pairs } as const, { kind: "form", fields: pairs } as const];
  for (const body of bodies) {
    expect(told({ steps: [{ ...step, request: { ...step.request, body } }] })).toEqual(["post request.body.fields.0.name"]);
  }
  expect(told({ steps: [{ ...step, request: { ...step.request, query: [{ name: "{% x", value: "" }] } }] })).toEqual([
    "post request.query.0.name",
  ]);
});

test("nothing is nothing", () => {
  expect(told({ trigger: undefined, steps: [] })).toEqual(["null trigger", "null steps"]);
  expect(check({ steps: [] }).definition).toBeNull();
});

test("triggers: deleted ones, names, examples and times", () => {
  expect(told({ trigger: { type: "resource", resourceId: "r", triggerId: "gone" } })).toEqual(["trigger triggerId"]);
  expect(told({ trigger: { type: "event", name: "no spaces please", example: "{" } })).toEqual(["trigger name", "trigger example"]);
  expect(told({ trigger: { type: "request", body: "{" } })).toEqual(["trigger body"]);
  expect(told({ trigger: { type: "schedule", cron: "0 0 30 2 *", zone: "UTC" } })).toEqual(["trigger cron"]);
  expect(told({ trigger: { type: "schedule", cron: "0 9 * * *", zone: "Nowhere" } })).toEqual(["trigger zone"]);
  expect(told({ trigger: { type: "user_connected", resourceId: "gone" } })).toEqual(["trigger resourceId"]);
  expect(told({ trigger: { type: "user_connected" } })).toEqual([]);
});

test("a template reads what has run before it, and what its resource knows", () => {
  expect(told({ steps: [request("a", "/{{steps.b.body}}"), request("b", "/")] })).toEqual(["a request.path"]);
  expect(told({ steps: [request("a", "/{{item.id}}")] })).toEqual(["a request.path"]);
  expect(told({ steps: [request("a", "/{{inputs.other}}")] })).toEqual(["a request.path"]);
  expect(told({ steps: [request("a", "/{{secrets.NOT_THERE}}")] })).toEqual(["a request.path"]);
  expect(told({ steps: [request("a", "/{{user.id}}/{{user.metadata.plan}}")] })).toEqual([]);
  expect(told({ steps: [request("a", "/{{unclosed")] })).toEqual(["a request.path"]);
  expect(told({ steps: [fan("f", "{{trigger.list}}", [wait("in")]), request("a", "/{{steps.in.x}}")] })).toEqual(["a request.path"]);
});

test("steps: names, resources, lists, code and rules", () => {
  expect(told({ steps: [wait("same", { id: "1" }), wait("same", { id: "2" })] })).toEqual(["1 name", "2 name"]);
  expect(told({ steps: [wait("Not_A_Name", { id: "1" })] })).toEqual(["1 name"]);
  expect(told({ steps: [{ ...request("a", "/"), resourceId: "gone" }] })).toEqual(["a resourceId"]);
  expect(told({ steps: [fan("f", "a list", [])] })).toEqual(["f items", "f steps"]);
  expect(told({ steps: [{ id: "f", name: "f", type: "function", code: " " }] })).toEqual(["f code"]);
  const condition: Step = {
    id: "c",
    name: "c",
    type: "condition",
    groups: [{ rules: [{ left: "", operator: "exists", right: "" }] }],
    // biome-ignore lint/suspicious/noThenProperty: the name of a branch
    then: [],
    else: [],
  };
  expect(told({ steps: [condition] })).toEqual(["c groups.0.rules.0.left"]);
});

test("pages are followed by paths that can be read by; where the items are may be left out", () => {
  const paged = (next: string, items: string) =>
    told({ steps: [{ ...request("a", "/"), paging: { next, items, parameter: "page", most: 3 } } as Step] });
  expect(paged("$.next[", "data..")).toEqual(["a paging.next", "a paging.items"]);
  expect(paged("", "$.data")).toEqual(["a paging.next"]);
  expect(paged("$.next", "")).toEqual([]);
});

test("a Response step says nothing that is ours to say, and no header that can't be one", () => {
  const names = ["X-Own", "content-type", "", "not a name", "Set-Cookie", "Access-Control-Allow-Origin", "transfer-encoding"];
  const headers = names.map((name) => ({ name, value: "a" }));
  const answer: Step = { id: "answer", name: "answer", type: "response", status: 200, headers, body: "" };
  expect(told({ trigger: { type: "request", body: "" }, steps: [answer] })).toEqual([3, 4, 5, 6].map((n) => `answer headers.${n}.name`));
});

test.each([401, 403])("a Response step that answers its caller %i is refused, since clients sign their user out at it", (status) => {
  const answer: Step = { id: "answer", name: "answer", type: "response", status, headers: [], body: "" };
  const { problems } = check({ trigger: { type: "request", body: "" }, steps: [answer] });
  expect(problems).toEqual([{ at: "answer", path: "status", message: expect.stringMatching(`${status}.*sign the user out.*409`) }]);
  expect(check({ steps: [answer] }).problems, "nobody waits for it").toEqual([]);
});
