import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { JSDOM, VirtualConsole } from "jsdom";
import { afterAll, expect, test } from "vitest";
import { TOUR_MILESTONES, type TourClient, takeTour } from "../../../e2e/fixtures/client-tour.ts";
import { createClient } from "../../../sdk/connect.ts";
import { tasklabDraft, testApi } from "../testing.ts";

/** The published client as npm delivers it, where its users test it: in jsdom. Behind it the real router on a node:http port. */
const { publish, publishWorkflow, listen, tasklab, signer, scope, errors, sql } = await testApi();
const api = await listen();
const { projectId } = scope;
const values = { tenant: "northgate", username: "ada", password: "lovelace-1843" };
const ours = "A resource’s name & more";
const ids = { apiKeys: await publish(ours, tasklabDraft.apiKey(tasklab.url)) };

const CLIENT = await readFile(createRequire(import.meta.url).resolve("@useparagon/connect"), "utf8");
const windows: JSDOM[] = [];
afterAll(() => {
  for (const { window } of windows) window.close();
});

/** A page of its own for each user: the client keeps them in the page's localStorage. */
function openPage(): { paragon: TourClient; window: Window; said: string[] } {
  const said: string[] = [];
  const virtualConsole = new VirtualConsole()
    .on("jsdomError", (error) => said.push(error.message))
    .on("error", (...words) => said.push(words.join(" ")))
    .on("warn", (...words) => said.push(words.join(" ")));
  const page = new JSDOM("<!doctype html><body></body>", {
    url: "https://app.customer.example/",
    runScripts: "outside-only",
    virtualConsole,
  });
  windows.push(page);
  // jsdom has no fetch: Node's is what test set-ups put there.
  Object.assign(page.window, { fetch, Response, Request, Headers });
  page.window.eval(`window.module = { exports: {} }; window.exports = module.exports; ${CLIENT}`);
  const { paragon } = (page.window as unknown as { module: { exports: { paragon: TourClient } } }).module.exports;
  return { paragon, window: page.window, said };
}

test("it takes the whole tour, and our own client gives the same at each stop", async () => {
  const { paragon, said } = openPage();
  const input = { projectId, api, name: ours, values };
  const theirs = await takeTour(paragon, { ...input, token: signer.sign({ sub: "tour" }) });
  expect(theirs).toMatchObject(TOUR_MILESTONES);
  expect(theirs.entered).toMatchObject({ authenticated: true, userId: "tour", slugs: [ours] });
  expect(theirs.removed).toBeUndefined();
  expect(theirs.empty).toBeUndefined();
  expect(theirs.text).toMatch(/^id,title,status\r\n/);
  expect(theirs.gone).toMatch(/^There is no task/);
  expect(theirs.account).toEqual({ integrationId: ids.apiKeys, providerId: "ada" });
  expect(theirs.echoed).toMatchObject({ method: "POST", query: { a: ["1", "2"], b: " " }, body: { ö: [1, null] } });
  expect(theirs.echoed.authorization, "the API's own, not the user token").toMatch(/^Basic /);
  expect(JSON.parse(theirs.refusedConnect)).toMatchObject({ code: "0704", meta: { isIntegrationError: true, upstreamStatus: 401 } });
  expect(errors).toEqual([]);
  expect(said).toEqual([]);

  const mine = await takeTour(createClient(), { ...input, token: signer.sign({ sub: "tour" }) });
  // It says the sentence; the published client the whole body as JSON.
  expect(JSON.parse(theirs.refusedConnect).message).toBe(mine.refusedConnect);
  const task = (text: string) => text.replace(/"[0-9a-f-]{36}"/, "it");
  expect({ ...mine, gone: task(mine.gone), refusedConnect: "" }).toEqual({ ...theirs, gone: task(theirs.gone), refusedConnect: "" });
});

/** The four calls about workflows, which both clients have by the same names. */
type WorkflowClient = TourClient & {
  event(name: string, payload: object): Promise<void>;
  workflow(id: string, options: { body?: object; query?: Record<string, string>; headers?: Record<string, string> }): Promise<unknown>;
  enableWorkflow(id: string): Promise<void>;
  disableWorkflow(id: string): Promise<void>;
};

test.each(["theirs", "ours"])("event, workflow and the user's own switch work: %s", async (whose) => {
  const client = (whose === "theirs" ? openPage().paragon : createClient()) as WorkflowClient;
  const name = `${whose}.completed`;
  const listening = await publishWorkflow(`Listens to ${whose}`, { trigger: { type: "event", name, example: "" }, steps: [] });
  const asked = await publishWorkflow(`Is asked by ${whose}`, { trigger: { type: "request" }, steps: [] });
  const started = async (workflowId: string) =>
    sql<{ input: unknown }[]>`select input from run where workflow_id = ${workflowId} order by at`;

  client.configureGlobal(
    { host: "127.0.0.1" },
    { ZEUS_PUBLIC_URL: api, HERMES_PUBLIC_URL: api, WORKER_PROXY_PUBLIC_URL: api, CONNECT_PUBLIC_URL: api },
  );
  await client.authenticate(projectId, signer.sign({ sub: `flows-${whose}` }));
  await client.event(name, { task: { id: "tsk_1" } });
  expect((await started(listening)).map(({ input }) => input)).toEqual([{ task: { id: "tsk_1" } }]);
  await expect(client.event(`${name}d`, {})).rejects.toThrow("Did you mean");
  expect(client.getUser(), "a refusal keeps the user").toMatchObject({ authenticated: true });

  await client.workflow(asked, { body: { text: "hi" }, query: { lang: "en" }, headers: { "x-shop": "s1" } });
  const [run] = await started(asked);
  expect(run!.input).toMatchObject({ body: { text: "hi" }, query: { lang: "en" }, headers: { "x-shop": "s1" } });

  await client.disableWorkflow(listening);
  await client.event(name, {});
  expect(await started(listening), "it is off for this user").toHaveLength(1);
  await client.enableWorkflow(listening);
  await client.event(name, {});
  expect(await started(listening)).toHaveLength(2);
  expect(errors).toEqual([]);
});

test("a refused user token logs its user out, and a refused connect doesn't", async () => {
  const { paragon } = openPage();
  paragon.configureGlobal({ host: "127.0.0.1" }, { ZEUS_PUBLIC_URL: api, WORKER_PROXY_PUBLIC_URL: api, CONNECT_PUBLIC_URL: api });
  await paragon.authenticate(projectId, signer.sign({ sub: "short" }));
  await expect(paragon.connectAction(ours, { ...values, password: "wrong" })).rejects.toThrow("0704");
  expect(paragon.getUser()).toMatchObject({ authenticated: true });
  await sql`update signing_key set revoked_at = now() where project_id = ${projectId}`;
  await expect(paragon.connectAction(ours, values)).rejects.toThrow("unauthenticated");
  expect(paragon.getUser()).toEqual({ authenticated: false });
  await sql`update signing_key set revoked_at = null where project_id = ${projectId}`;
});
