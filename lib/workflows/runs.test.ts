import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readDatabaseClock } from "#db/clock.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { tasklabDraft, testApi } from "#server/api/testing.ts";
import { startWorker, type Worker } from "#server/worker.ts";
import { MOST_ADMITTED } from "./admit-runs.ts";
import { restartLostRuns } from "./restart-lost-runs.ts";
import type { Step } from "./schema.ts";
import { type NewRuns, startRuns } from "./start-run.ts";
import { conditionStep, delayStep, fanOutStep, functionStep, makeWorkflow, requestStep } from "./testing.ts";

/**
 * Runs as they go in production: a worker of its own process's kind, Postgres, TaskLab, and an API that does what each test tells it to.
 * One file, since that world takes seconds to make.
 */
const world = await testApi();
const { db, sql, scope } = world;

type Seen = { method: string; url: string; key: string; body: string; at: number };
let seen: Seen[] = [];
let answer: (request: Seen, response: ServerResponse) => void;
const upstream = createServer((request: IncomingMessage, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    const one = { method: request.method!, url: request.url!, key: String(request.headers["idempotency-key"]), body, at: Date.now() };
    seen.push(one);
    answer(one, response);
  });
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
const ok = (value: unknown) => (_: Seen, response: ServerResponse) =>
  void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));

const errors: unknown[] = [];
const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32,[::1/128]", onError: (error) => errors.push(error) });
const log = pino({ level: "silent" });
log.error = ((facts: unknown) => errors.push(facts)) as never;
let worker: Worker;
let userId: string;
let tasklab: string;
let api: string;

beforeAll(async () => {
  tasklab = await world.publish("TaskLab", tasklabDraft.apiKey(world.tasklab.url));
  api = await publishEcho();
  expect((await world.connect(tasklab, { tenant: "northgate", username: "ada", password: "lovelace-1843" })).status).toBe(200);
  expect((await world.connect(api, { key: "upstream-secret-key" })).status).toBe(200);
  const [user] = await sql<{ id: string }[]>`select id from connected_user where external_id = 'user-1'`;
  userId = user!.id;
  worker = startWorker(world as never, spine, log);
});
beforeEach(() => {
  seen = [];
  errors.length = 0;
  answer = ok({ fine: true });
});
afterAll(async () => {
  await worker.stop();
  await spine.close();
  upstream.closeAllConnections();
  upstream.close();
});

/** The world's own spine reaches TaskLab only. */
async function publishEcho(): Promise<string> {
  const { id } = await createResource(scope, db, world.actor, { name: "Echo" });
  const body = ResourceDraft.parse({
    level: "user",
    authType: "api_key",
    apiKeys: [{ name: "key", label: "Key" }],
    request: { baseUrl: base, authentication: { kind: "headers", headers: [{ name: "X-Key", value: "{{credentials.key}}" }] } },
    test: { request: { path: "/" } },
  });
  await saveDraft(scope, db, world.actor, { resourceId: id, version: 1, body, secrets: {} });
  await publishResource(scope, db, world.actor, { resourceId: id, allowsHttp: spine.allowsHttp });
  return id;
}

const start = async (steps: Step[], payload: Record<string, unknown> = {}, given: Partial<NewRuns> = {}): Promise<string> => {
  const workflowId = await makeWorkflow(scope, db, { steps, trigger: { type: "request" } });
  const { runIds } = await db.transaction((tx) =>
    startRuns(tx, scope, { source: { type: "request", workflowId }, userId, payload, ...given }),
  );
  return runIds[0]!;
};

type RunRow = { status: string; failure: { kind: string; message: string } | null; state: unknown; takenOverAt: Date | null };
const readRun = async (id: string): Promise<RunRow> => {
  const [row] = await sql<RunRow[]>`select status, failure, state, taken_over_at as "takenOverAt" from run where id = ${id}`;
  return row!;
};
const until = async <Value>(read: () => Promise<Value>, isSo: (value: Value) => boolean, ms = 15_000): Promise<Value> => {
  const began = Date.now();
  for (;;) {
    const value = await read();
    if (isSo(value)) return value;
    if (Date.now() - began > ms) throw new Error(`it never came: ${JSON.stringify(value)} ${errors.map(String)}`);
    await sleep(20);
  }
};
const finish = async (id: string, ms?: number): Promise<RunRow> =>
  until(
    () => readRun(id),
    ({ status }) => ["succeeded", "failed", "cancelled"].includes(status),
    ms,
  );
type StepRow = {
  name: string;
  item: string;
  status: string;
  output: unknown;
  input: unknown;
  attempts: { ok: boolean; title: string; note: string | null }[];
  failure: { kind: string } | null;
};
const stepsOf = async (id: string): Promise<StepRow[]> => sql<StepRow[]>`
  select step_id as name, item, status, output, input, attempts, failure from step_run where run_id = ${id} order by started_at, item`;
const ofStep = async (id: string, step: Step): Promise<StepRow[]> => (await stepsOf(id)).filter(({ name }) => name === step.id);

test("a run of a Request to TaskLab, a condition on its answer and a function goes through and keeps what each step gave", async () => {
  const list = requestStep(tasklab, { path: "/tasks" }, { name: "list_tasks" });
  const count = functionStep("steps.list_tasks.body.data.length + trigger.body.more", { name: "count" });
  const choose = conditionStep("{{steps.list_tasks.status}}", "200", [count], [functionStep("'wrong'")]);
  const run = await start([list, choose], { body: { more: 100 } });
  expect(await finish(run)).toMatchObject({ status: "succeeded", failure: null });
  const [listed] = await ofStep(run, list);
  expect(listed).toMatchObject({ status: "succeeded", attempts: [{ ok: true, title: "200 OK" }] });
  const tasks = (listed!.output as { body: { data: unknown[] } }).body.data;
  expect(tasks.length).toBeGreaterThan(0);
  expect((await ofStep(run, count))[0]!.output).toBe(tasks.length + 100);
  expect(await stepsOf(run)).toHaveLength(3);
  // The password isn't where people look.
  expect(JSON.stringify(await stepsOf(run))).not.toContain("lovelace-1843");
  expect(errors).toEqual([]);
});

test("a run exists when its transaction commits, or never", async () => {
  const workflowId = await makeWorkflow(scope, db, { steps: [functionStep("1")], trigger: { type: "request" } });
  const before = await sql`select 1 from run`;
  await db
    .transaction(async (tx) => {
      await startRuns(tx, scope, { source: { type: "request", workflowId }, userId, payload: {} });
      throw new Error("no");
    })
    .catch(() => {});
  expect(await sql`select 1 from run`).toHaveLength(before.length);
});

test("a fan out calls once for each item, as many at once as it says, and goes on when all are done", async () => {
  let [now, most] = [0, 0];
  answer = (one, response) => {
    most = Math.max(most, ++now);
    setTimeout(() => {
      now--;
      ok({ id: JSON.parse(one.body).id })(one, response);
    }, 60);
  };
  const post = requestStep(api, { method: "POST", path: "/items", body: { kind: "json", text: '{"id":"{{item.id}}"}' } }, { name: "post" });
  const each = fanOutStep("{{trigger.body.list}}", 3, [post], { name: "each" });
  const after = functionStep("steps.each.items.map((one) => one.body.id).join()");
  const list = Array.from({ length: 12 }, (_, id) => ({ id: `i${id}` }));
  const run = await start([each, after], { body: { list } });
  await finish(run);
  expect((await ofStep(run, after))[0]!.output).toBe(list.map(({ id }) => id).join());
  expect(seen).toHaveLength(12);
  expect(new Set(seen.map(({ key }) => key)).size).toBe(12);
  expect(most).toBeLessThanOrEqual(3);
  expect(most).toBeGreaterThan(1);
});

test("a fan out in a fan out, with a condition and a delay in it, gives each item its own", async () => {
  const inner = functionStep("item.n * 10", { name: "inner" });
  const even = conditionStep("{{item.even}}", "true", [inner], [delayStep(1)]);
  const nested = fanOutStep("{{item.list}}", 2, [even], { name: "nested" });
  const run = await start([fanOutStep("{{trigger.body.lists}}", 2, [nested]), functionStep("1")], {
    body: { lists: [{ list: [{ n: 1, even: true }, { n: 2 }] }, { list: [{ n: 3, even: true }] }, { list: [] }] },
  });
  expect(await finish(run)).toMatchObject({ status: "succeeded", state: { fans: {}, waiting: 0 } });
  expect((await ofStep(run, inner)).map(({ item, output }) => [item, output]).sort()).toEqual([
    ["0.0", 10],
    ["1.0", 30],
  ]);
  expect((await stepsOf(run)).filter(({ status }) => status !== "succeeded")).toEqual([]);
});

test("an item that fails for good ends the run, and no step stays open", async () => {
  answer = (one, response) =>
    JSON.parse(one.body).id === "bad" ? void response.writeHead(400).end() : void setTimeout(() => ok({})(one, response), 300);
  const post = requestStep(api, { method: "POST", path: "/items", body: { kind: "json", text: '{"id":"{{item}}"}' } });
  const run = await start([fanOutStep("{{trigger.body.list}}", 4, [post, delayStep(60)])], {
    body: { list: ["a", "b", "bad", "c", "d", "e"] },
  });
  expect(await finish(run)).toMatchObject({ status: "failed", failure: { kind: "http_400" } });
  await until(
    () => stepsOf(run),
    (rows) => rows.every(({ status }) => ["succeeded", "failed", "cancelled"].includes(status)),
  );
  expect(seen.length).toBeLessThan(6);
});

test("pages are followed to the last, and their items are one list", async () => {
  answer = (one, response) => {
    const page = Number(new URL(one.url, "http://x").searchParams.get("page") ?? 1);
    ok({ data: [page * 10, page * 10 + 1], next: page < 3 ? page + 1 : null })(one, response);
  };
  const list = requestStep(api, { path: "/list" }, { paging: { next: "$.next", parameter: "page", items: "$.data", most: 10 } });
  const run = await start([list]);
  await finish(run);
  expect((await ofStep(run, list))[0]!.output).toMatchObject({ status: 200, body: [10, 11, 20, 21, 30, 31] });
  expect(seen.map(({ url }) => url)).toEqual(["/list", "/list?page=2", "/list?page=3"]);
});

test("pages that are too much together end the step, long before the last", async () => {
  answer = ok({ data: ["x".repeat(700_000)], next: "more" });
  const list = requestStep(api, { path: "/list" }, { paging: { next: "$.next", parameter: "page", items: "$.data", most: 100 } });
  const run = await start([list]);
  expect(await finish(run)).toMatchObject({ status: "failed", failure: { kind: "output_too_large" } });
  expect(seen).toHaveLength(3);
});

test("a step whose worker is thought dead is done again with the same key, and has one result", async () => {
  let release = () => {};
  answer = (one, response) => {
    if (seen.length > 1) return ok({ by: "second" })(one, response);
    release = () => ok({ by: "first" })(one, response);
  };
  const post = requestStep(api, { method: "POST", path: "/x" });
  const run = await start([post]);
  await until(
    async () => seen.length,
    (n) => n === 1,
  );
  await sql`update jobs.job set state = 'retry' where data->'data'->>'runId' = ${run} and state = 'active'`;
  expect(await finish(run)).toMatchObject({ status: "succeeded", takenOverAt: expect.any(Date) });
  release();
  await sleep(500);
  expect(seen.map(({ key }) => key)).toEqual([`${run}:${post.id}`, `${run}:${post.id}`]);
  const [row] = await ofStep(run, post);
  expect(row).toMatchObject({ output: { body: { by: "second" } }, attempts: [{ ok: false, title: "Its worker ended" }, { ok: true }] });
  expect(errors).toEqual([]);
});

describe("a failing API", () => {
  test("is asked again with the same key, not before its Retry-After has passed", async () => {
    answer = (one, response) => (seen.length < 2 ? void response.writeHead(503, { "retry-after": "2" }).end() : ok({})(one, response));
    const post = requestStep(api, { method: "POST", path: "/x" });
    const run = await start([post]);
    await until(
      () => readRun(run),
      ({ status }) => status === "waiting",
    );
    expect(await finish(run)).toMatchObject({ status: "succeeded" });
    expect(seen.map(({ key }) => key)).toEqual([`${run}:${post.id}`, `${run}:${post.id}`]);
    expect(seen[1]!.at - seen[0]!.at).toBeGreaterThanOrEqual(2_000);
    const [row] = await ofStep(run, post);
    expect(row!.attempts).toMatchObject([
      { ok: false, title: "503 Service Unavailable", note: expect.stringMatching(/again in [23] s/) },
      { ok: true, title: "200 OK" },
    ]);
  });

  test("is given up after as many attempts as the step has, and the run fails with what it said", async () => {
    answer = (_, response) => void response.writeHead(500, { "content-type": "application/json" }).end('{"why":"broken"}');
    const post = requestStep(api, { method: "POST", path: "/x" }, { attempts: 2 });
    const after = functionStep("1");
    const run = await start([post, after]);
    expect(await finish(run)).toMatchObject({ status: "failed", failure: { kind: "http_500" } });
    expect(seen).toHaveLength(2);
    expect((await ofStep(run, post))[0]!.output).toMatchObject({ status: 500, body: { why: "broken" } });
    expect(await ofStep(run, after)).toEqual([]);
  });

  test("that refuses for good isn't asked again; a step that may fail lets the run go on", async () => {
    answer = (_, response) => void response.writeHead(404).end();
    const get = requestStep(api, { path: "/gone" }, { continueOnFailure: true, name: "get_gone" });
    const after = functionStep("steps.get_gone.status");
    const run = await start([get, after]);
    expect(await finish(run)).toMatchObject({ status: "succeeded" });
    expect(seen).toHaveLength(1);
    expect((await ofStep(run, after))[0]!.output).toBe(404);
  });
});

test("a step that names what isn't there fails with a sentence and sends nothing", async () => {
  const run = await start([requestStep(api, { path: "/{{steps.nobody.id}}" })]);
  expect(await finish(run)).toMatchObject({ status: "failed", failure: { kind: "unbuildable" } });
  expect(seen).toEqual([]);
});

test("a user who isn't connected fails the step, and says what to do", async () => {
  const [stranger] = await sql<{ id: string }[]>`
    insert into connected_user (project_id, external_id) values (${scope.projectId}, 'stranger') returning id`;
  const run = await start([requestStep(api, { path: "/" })], {}, { userId: stranger!.id });
  expect(await finish(run)).toMatchObject({ status: "failed", failure: { kind: "not_connected" } });
});

test("a delay waits, says so, and goes on", async () => {
  const run = await start([delayStep(2), functionStep("1")]);
  const before = Date.now();
  await until(
    () => readRun(run),
    ({ status }) => status === "waiting",
  );
  await finish(run);
  expect(Date.now() - before).toBeGreaterThan(1_500);
});

test.each([
  ["behind", -3_600_000],
  ["ahead", 3_600_000],
])("a delay lasts as long as it says where the worker’s clock is an hour %s", async (_, off) => {
  const RealDate = Date;
  globalThis.Date = class extends RealDate {
    constructor(...given: []) {
      super(...((given.length > 0 ? given : [RealDate.now() + off]) as []));
    }
    static override now = () => RealDate.now() + off;
  } as DateConstructor;
  try {
    await readDatabaseClock(sql);
    const before = performance.now();
    expect(await finish(await start([delayStep(2), functionStep("1")]))).toMatchObject({ status: "succeeded" });
    expect(performance.now() - before).toBeGreaterThan(1_500);
  } finally {
    globalThis.Date = RealDate;
    await readDatabaseClock(sql);
  }
});

test("of a cancelled run nothing more is done", async () => {
  const run = await start([delayStep(1), requestStep(api, { path: "/" })]);
  await until(
    () => readRun(run),
    ({ status }) => status === "waiting",
  );
  await sql`update run set status = 'cancelled', cancelled_at = now() where id = ${run}`;
  await sleep(2_500);
  expect(seen).toEqual([]);
  expect(await readRun(run)).toMatchObject({ status: "cancelled" });
});

test("code that does harm fails its step with a typed failure, and the next run goes through", async () => {
  const run = await start([functionStep("process.exit(1)")]);
  expect(await finish(run)).toMatchObject({ status: "failed", failure: { kind: "function_error" } });
  expect(await finish(await start([functionStep("1")]))).toMatchObject({ status: "succeeded" });
});

test.each([
  ["U+0000", "throw new Error('a\\u0000b')", "Error: a\ufffdb (line 1)"],
  ["half a character", `throw new Error("x".repeat(992) + "😀")`, expect.stringMatching(/^Error: x{992}\ufffd \(line 1\)$/)],
])("code that throws %s fails its step with what can be kept of it", async (_, code, message) => {
  expect(await finish(await start([functionStep(code)]))).toMatchObject({ status: "failed", failure: { kind: "function_error", message } });
  expect(errors).toEqual([]);
});

describe("a step that our own database won’t keep", () => {
  /** Refuses what succeeds, of one run, `times` times. */
  const refuse = async (run: string, errcode: string, times: number) => {
    await sql.unsafe(`
      create sequence refused_${errcode};
      create function refuse_${errcode}() returns trigger language plpgsql as $$ begin
        if new.run_id = '${run}' and new.status = 'succeeded' and nextval('refused_${errcode}') <= ${times} then
          raise exception 'refused' using errcode = '${errcode}';
        end if;
        return new;
      end $$;
      create trigger refuse_${errcode} before insert or update on step_run for each row execute function refuse_${errcode}()`);
  };
  /** As if it had failed four times. */
  const failedBefore = (run: string) =>
    sql`update jobs.job set data = jsonb_set(data, '{faults}', '4') where data->'data'->>'runId' = ${run} and state < 'active'`;
  const waits = async (errcode: string, times: number) => {
    const run = await start([delayStep(2)]);
    await until(
      () => readRun(run),
      ({ status }) => status === "waiting",
    );
    await refuse(run, errcode, times);
    expect((await failedBefore(run)).count).toBe(1);
    return run;
  };

  test("however often, ends as failed, with where to look", async () => {
    const run = await waits("22P05", 1_000);
    const failure = { kind: "step_not_kept", fix: expect.stringContaining(run) };
    expect(await finish(run)).toMatchObject({ status: "failed", failure });
    expect(await stepsOf(run)).toMatchObject([{ status: "failed", failure: { kind: "step_not_kept" } }]);
    expect(errors).toMatchObject([{ data: { runId: run } }]);
  });

  test("because it was away isn’t given up: nothing is lost", async () => {
    expect(await finish(await waits("57P01", 2))).toMatchObject({ status: "succeeded" });
    expect(errors).toHaveLength(2);
  });
});

describe("a run whose jobs are gone", () => {
  const lose = (id: string) => sql`delete from jobs.job where data->'data'->>'runId' = ${id}`;
  const restart = async () =>
    (await Promise.all([1, 2, 3].map(() => restartLostRuns(sql, new AbortController().signal)))).reduce((a, b) => a + b);

  test("goes on where it stands, by whichever worker sees it first, and no step that was done is done again", async () => {
    const post = requestStep(
      api,
      { method: "POST", path: "/items", body: { kind: "json", text: '{"id":"{{item}}"}' } },
      { name: "posted" },
    );
    const each = fanOutStep("{{trigger.body.list}}", 2, [post, delayStep(1)], { name: "all" });
    const run = await start([each, delayStep(2), functionStep("steps.all.items.length")], { body: { list: ["a", "b", "c"] } });
    const waits = () =>
      until(
        () => readRun(run),
        ({ status }) => status === "waiting",
      );
    await waits();
    expect(await restart(), "nothing is lost").toBe(0);
    await lose(run);
    expect(await restart()).toBe(1);
    await until(
      () => ofStep(run, each),
      ([row]) => row?.status === "succeeded",
    );
    await waits();
    await lose(run);
    expect(await restart()).toBe(1);
    expect(await finish(run)).toMatchObject({ status: "succeeded", state: { waiting: 0 } });
    expect(seen.map(({ key }) => key).sort()).toEqual(["0", "1", "2"].map((item) => `${run}:${post.id}:${item}`));
    expect(await restart(), "what is over stays over").toBe(0);
  });

  test("that hadn't begun, or was at a call, is begun", async () => {
    answer = (one, response) => void setTimeout(() => ok({})(one, response), 700);
    const post = requestStep(api, { method: "POST", path: "/x" });
    const run = await start([post]);
    await until(
      async () => seen.length,
      (n) => n === 1,
    );
    await lose(run);
    expect(await restart()).toBe(1);
    expect(await finish(run)).toMatchObject({ status: "succeeded" });
    expect(new Set(seen.map(({ key }) => key))).toEqual(new Set([`${run}:${post.id}`]));
    const [row] = await ofStep(run, post);
    expect(row!.attempts).toMatchObject([{ ok: false, title: "Its worker ended" }, { ok: true }]);
    await worker.stop();
    const fresh = await start([functionStep("1")]);
    await lose(fresh);
    expect(await restart()).toBe(1);
    worker = startWorker(world as never, spine, log);
    expect(await finish(fresh)).toMatchObject({ status: "succeeded" });
    expect(errors).toEqual([]);
  });
});

test("the caller of a Request trigger hears what a Response step says, as soon as a worker has come to it", async () => {
  const respond = {
    id: randomUUID(),
    name: "say",
    type: "response",
    status: 201,
    headers: [{ name: "X-From", value: "{{trigger.query.who}}" }],
  };
  const body = '{"sum": "{{steps.sum}}"}';
  const steps = [functionStep("trigger.body.a + trigger.body.b", { name: "sum" }), { ...respond, body } as Step, delayStep(30)];
  const workflowId = await makeWorkflow(scope, db, { steps, trigger: { type: "request" } });
  const began = Date.now();
  const response = await world.api.request(`/projects/${scope.projectId}/sdk/triggers/${workflowId}?who=ada`, {
    method: "POST",
    headers: { authorization: `Bearer ${world.signer.sign({ sub: "user-1" })}`, "content-type": "application/json" },
    body: '{"a": 20, "b": 22}',
  });
  expect([response.status, await response.json(), response.headers.get("x-from")]).toEqual([201, { sum: 42 }, "ada"]);
  expect(Date.now() - began).toBeLessThan(5_000);
  const runId = response.headers.get("x-run-id")!;
  await until(
    () => readRun(runId),
    ({ status }) => status === "waiting",
  );
  await sql`update run set status = 'cancelled' where id = ${runId}`;
});

test("a run without a step is over at once", async () => {
  expect(await finish(await start([]))).toMatchObject({ status: "succeeded" });
});

test("the same key starts one run for each workflow and user", async () => {
  const workflowId = await makeWorkflow(scope, db, { steps: [functionStep("1")], trigger: { type: "request" } });
  const once = () =>
    db.transaction((tx) => startRuns(tx, scope, { source: { type: "request", workflowId }, userId, payload: {}, dedupeKey: "k1" }));
  const started = await Promise.all(Array.from({ length: 5 }, once));
  expect(started.flatMap(({ runIds }) => runIds)).toHaveLength(1);
});

test("a disabled, paused or deleted workflow, and one that the user has switched off, starts nothing", async () => {
  const trigger = { type: "event", name: "switches", example: "" } as const;
  const ids = await Promise.all(Array.from({ length: 5 }, () => makeWorkflow(scope, db, { steps: [functionStep("1")], trigger })));
  await sql`update workflow set is_enabled = false where id = ${ids[0]!}`;
  await sql`update workflow set paused_reason = 'x' where id = ${ids[1]!}`;
  await sql`update workflow set deleted_at = now() where id = ${ids[2]!}`;
  await sql`insert into workflow_enablement (project_id, workflow_id, user_id, enabled) values (${scope.projectId}, ${ids[3]!}, ${userId}, false)`;
  const { runIds } = await db.transaction((tx) =>
    startRuns(tx, scope, { source: { type: "event", name: "switches" }, userId, payload: {} }),
  );
  expect(await sql`select workflow_id as id from run where id = any(${runIds})`).toEqual([{ id: ids[4] }]);
});

test("a replay has the input of its run", async () => {
  const step = functionStep("trigger.body.n + 1");
  const first = await start([step], { body: { n: 41 } });
  await finish(first);
  const { runIds } = await db.transaction((tx) =>
    startRuns(tx, scope, { source: { type: "replay", runId: first, version: "same" }, userId: null, payload: {} }),
  );
  await finish(runIds[0]!);
  expect((await ofStep(runIds[0]!, step))[0]!.output).toBe(42);
});

test("no more runs of a workflow, or of one user's, are under way than it may have at once; all of them are done in the end", async () => {
  let [now, most] = [0, 0];
  answer = (one, response) => {
    most = Math.max(most, ++now);
    setTimeout(() => {
      now--;
      ok({})(one, response);
    }, 30);
  };
  const trigger = { type: "event", name: "limited", example: "" } as const;
  const workflowId = await makeWorkflow(scope, db, { steps: [requestStep(api, { path: "/" })], trigger, maxRuns: 2, maxRunsPerUser: 1 });
  const source = { type: "event", name: "limited" } as const;
  for (let n = 0; n < 6; n++) await db.transaction((tx) => startRuns(tx, scope, { source, userId, payload: {} }));
  await until(
    async () => (await sql`select 1 from run where workflow_id = ${workflowId} and status = 'succeeded'`).length,
    (n) => n === 6,
  );
  expect(most).toBe(1);
});

test("of a flood of runs no more than the project may have are in the queue, and another project's run goes first", {
  timeout: 60_000,
}, async () => {
  const other = await world.secondProject();
  const trigger = { type: "event", name: "flood", example: "" } as const;
  const busy = await makeWorkflow(scope, db, { steps: [functionStep("1"), functionStep("2")], trigger });
  const quick = await makeWorkflow(other, db, { steps: [functionStep("1")], trigger });
  const source = { type: "event", name: "flood" } as const;
  for (let n = 0; n < 200; n++) await db.transaction((tx) => startRuns(tx, scope, { source, userId, payload: { n } }));
  const [queued] = await sql<{ n: number }[]>`
    select count(*)::int as n from jobs.job where group_id = ${scope.projectId} and state < 'completed'`;
  expect(queued!.n).toBeLessThanOrEqual(MOST_ADMITTED + 10);
  const before = Date.now();
  const { runIds } = await db.transaction((tx) => startRuns(tx, other, { source, userId: null, payload: {} }));
  await finish(runIds[0]!);
  expect(Date.now() - before).toBeLessThan(3_000);
  await until(
    async () => (await sql`select 1 from run where workflow_id = ${busy} and status = 'succeeded'`).length,
    (n) => n === 200,
    50_000,
  );
  expect(quick).toBeTruthy();
});
