import { execFile } from "node:child_process";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import type { Page } from "@playwright/test";
import { expect, type RunningApp, test } from "./fixtures/app.ts";
import { TOUR_MILESTONES, takeTour } from "./fixtures/client-tour.ts";
import { openCustomerPage } from "./fixtures/customer-app.ts";
import { openDatabase } from "./fixtures/database.ts";
import { runAction } from "./fixtures/run-action.ts";
import { seedResource } from "./fixtures/seed-resource.ts";
import { DEMO, drafts } from "./fixtures/tasklab.ts";

/** Both clients, the published one as npm delivers it, in a real browser from another origin. */
async function copyExample(page: Page, app: RunningApp, projectId: string, resourceId: string, title: string): Promise<string> {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: app.web });
  await page.goto(`${app.web}/projects/${projectId}/resources/${resourceId}/code`);
  await page.getByRole("tab", { name: title, exact: true }).click();
  await page.getByRole("button", { name: `Copy ${title}`, exact: true }).click();
  await expect(page.getByRole("status").filter({ hasText: "Copied" })).toBeAttached();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  return [
    ["YOUR_USERNAME", DEMO.ada.username],
    ["YOUR_PASSWORD", DEMO.ada.password],
  ].reduce((text, [placeholder, value]) => {
    expect(text).toContain(placeholder!);
    return text.replace(placeholder!, value!);
  }, copied);
}

async function findConnection(app: RunningApp, resourceId: string, externalId: string) {
  const sql = openDatabase(app.databaseUrl);
  const [row] =
    await sql`select c.status, c.profile_id as "profileId", u.metadata from credential c join connected_user u on u.id = c.user_id
    where c.resource_id = ${resourceId} and u.external_id = ${externalId}`;
  await sql.end();
  return row;
}

test("the example for @useparagon/connect, as copied, connects a user from a page of another origin", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage,
  browser,
}) => {
  const name = "Client’s TaskLab";
  const id = await seedResource(admin, app, projectId, name, drafts.apiKeys(app.tasklab));
  const example = await copyExample(signedInPage, app, projectId, id, "Using @useparagon/connect");
  const { page, runModule, faults, calls, close } = await openCustomerPage(browser, app, projectId);
  await runModule(example, signer.sign({ sub: "of-the-client" }));

  const answered = await page.evaluate(async (resourceName) => {
    const { paragon } = (await load("@useparagon/connect")) as {
      paragon: {
        getUser: () => Record<string, unknown>;
        setUserMetadata: (meta: Record<string, unknown>) => Promise<unknown>;
        connectAction: (name: string, values: Record<string, string>) => Promise<unknown>;
      };
    };
    const user = paragon.getUser();
    await paragon.setUserMetadata({ name: "Ada", plan: "pro" });
    const after = paragon.getUser();
    const refusal = (act: Promise<unknown>) =>
      act.then(
        () => "connected",
        (error: Error) => error.message,
      );
    const refused = await refusal(paragon.connectAction(resourceName, { tenant: "northgate", username: "ada", password: "wrong" }));
    const unknown = await refusal(paragon.connectAction("No such resource", {}));
    return { user, after, refused, unknown, last: paragon.getUser() };
  }, name);
  await expect.poll(() => page.frames().map((frame) => frame.url())).toContainEqual(expect.stringContaining(`${app.gateway}/ui`));
  close();

  expect(answered.user).toMatchObject({ authenticated: true, userId: "of-the-client" });
  // The client itself writes a capital: Name.
  expect(answered.after).toMatchObject({ meta: { Name: "Ada", plan: "pro" } });
  expect(answered.refused, "a refused connect rejects, with the product's sentence").toContain("401");
  expect(answered.last, "and logs nobody out").toMatchObject({ authenticated: true });
  expect(answered.unknown).not.toBe("connected");
  expect(calls).toEqual(expect.arrayContaining(["GET /me", "GET /integrations", `POST /resources/${id}/connect`, "PATCH /me", "GET /ui"]));
  // Chromium itself logs the 400 of the connect that was meant to be refused.
  expect(faults.filter((fault) => !fault.includes("400"))).toEqual([]);
  expect(faults.filter((fault) => fault.includes("400"))).toHaveLength(1);
  expect(await findConnection(app, id, "of-the-client"), "the refused reconnect left the credential as it was").toEqual({
    status: "VALID",
    profileId: "ada",
    metadata: { Name: "Ada", plan: "pro" },
  });
});

test("the JavaScript example, as copied, connects a user from a page and from Node, with the package that its first line installs", async ({
  app,
  admin,
  projectId,
  signer,
  signedInPage,
  browser,
}) => {
  const id = await seedResource(admin, app, projectId, "Our client’s TaskLab", drafts.apiKeys(app.tasklab));
  const example = await copyExample(signedInPage, app, projectId, id, "JavaScript SDK");

  const { runModule, faults, close } = await openCustomerPage(browser, app, projectId);
  await runModule(example, signer.sign({ sub: "of-our-client" }));
  close();
  expect(faults).toEqual([]);
  expect(await findConnection(app, id, "of-our-client")).toMatchObject({ status: "VALID", profileId: "ada" });

  const folder = await mkdtemp(path.join(app.folder, "customer-"));
  const run = (program: string, args: string[], variables: Record<string, string> = {}) =>
    promisify(execFile)(program, args, {
      cwd: folder,
      env: { ...(process.env as Record<string, string>), ...variables } as NodeJS.ProcessEnv,
    });
  await writeFile(path.join(folder, "package.json"), '{ "private": true }');
  await writeFile(path.join(folder, "connect.mjs"), example);
  const install = /^\/\/ (npm) (install) (\S+)\n/.exec(example)!;
  expect(install[3]).toBe(`${app.gateway}/connect.tgz`);
  await run(install[1]!, [install[2]!, install[3]!, "--no-audit", "--no-fund", "--offline=false"]);
  await run(process.execPath, ["connect.mjs"], { USER_TOKEN: signer.sign({ sub: "of-node" }) });
  expect(await findConnection(app, id, "of-node")).toMatchObject({ status: "VALID", profileId: "ada" });
  const installed = JSON.parse(await readFile(path.join(folder, "node_modules/@patchbay/connect/package.json"), "utf8")) as {
    name: string;
  };
  expect(installed.name).toBe("@patchbay/connect");

  const atDashboard = Buffer.from(await (await fetch(`${app.web}/api/connect.tgz`)).arrayBuffer());
  const atGateway = Buffer.from(await (await fetch(`${app.gateway}/connect.tgz`)).arrayBuffer());
  expect(atDashboard.equals(atGateway), "the same bytes wherever it is taken").toBe(true);
});

test("one script, first with the published client and then with ours: connect, requests of all kinds, metadata, account, uninstall", async ({
  app,
  admin,
  projectId,
  signer,
  browser,
}) => {
  const name = "Tour & more";
  const id = await seedResource(admin, app, projectId, name, drafts.apiKeys(app.tasklab));
  const values = { tenant: "corvid", ...DEMO.ada };
  const { page, faults, calls, close } = await openCustomerPage(browser, app, projectId);
  const tour = (specifier: string, exported: string) =>
    page.evaluate(
      async ([text, from, key, input]) => {
        const client = (await load(from))[key];
        return (await new Function("client", "input", `return (${text})(client, input)`)(client, input)) as unknown;
      },
      [
        takeTour.toString(),
        specifier,
        exported,
        { projectId, token: signer.sign({ sub: "on-tour" }), api: app.gateway, name, values },
      ] as const,
    ) as ReturnType<typeof takeTour>;

  const theirs = await tour("@useparagon/connect", "paragon");
  expect(theirs).toMatchObject(TOUR_MILESTONES);
  expect(theirs).toMatchObject({ account: { integrationId: id, providerId: "ada" }, removed: undefined, empty: undefined });
  expect(theirs.text).toMatch(/^id,title,status\r\n/);
  expect(calls).toEqual(expect.arrayContaining(["GET /credentials", `DELETE /integrations/${id}`]));
  // Chromium's own lines about answers that were meant to be refusals; nothing else.
  const statuses = () => faults.splice(0).map((fault) => /status of (\d+)/.exec(fault)?.[1] ?? fault);
  const meant = ["400", "404", "404", "429", "500", "403", "401", "409"];
  expect(statuses()).toEqual(meant);

  const mine = await tour("@patchbay/connect", "patchbay");
  close();
  const comparable = (taken: typeof mine) => ({ ...taken, refusedConnect: "", gone: taken.gone.replace(/"[0-9a-f-]{36}"/, "it") });
  expect(comparable(mine), "leaving the one for the other is one line").toEqual(comparable(theirs));
  expect(statuses()).toEqual(meant);
});

test("a streamed answer arrives in a page piece by piece", async ({ app, admin, projectId, signer, browser }) => {
  const name = "Streaming";
  await seedResource(admin, app, projectId, name, drafts.apiKeys(app.tasklab));
  const { page, close } = await openCustomerPage(browser, app, projectId);
  const arrived = await page.evaluate(
    async ([token, project, host, resource, values]) => {
      const { patchbay } = (await load("@patchbay/connect")) as {
        patchbay: {
          authenticate: (projectId: string, token: string, options: object) => Promise<void>;
          connectAction: (name: string, values: object) => Promise<unknown>;
          requestRaw: (name: string, path: string) => Promise<Response>;
        };
      };
      await patchbay.authenticate(project, token, { host });
      await patchbay.connectAction(resource, values);
      const answer = await patchbay.requestRaw(resource, "/changes?count=5&every=300");
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      const pieces: { text: string; at: number }[] = [];
      for (let piece = await reader.read(); !piece.done; piece = await reader.read())
        pieces.push({ text: piece.value, at: performance.now() });
      return pieces;
    },
    [signer.sign({ sub: "streams" }), projectId, app.gateway, name, { tenant: "acme", ...DEMO.ada }] as const,
  );
  close();
  expect(arrived.map(({ text }) => text).join("")).toBe([1, 2, 3, 4, 5].map((n) => `id: ${n}\ndata: {"change": ${n}}\n\n`).join(""));
  expect(arrived.at(-1)!.at - arrived[0]!.at, "the first was there long before the last was made").toBeGreaterThan(700);
});

test("an event starts a workflow, another one answers, and a user switches theirs: with both clients, in a page", async ({
  app,
  admin,
  projectId,
  signer,
  browser,
}) => {
  const publishWorkflow = async (name: string, trigger: object, steps: object[]) => {
    const { id } = await runAction<{ id: string }>(admin, app, "createWorkflowAction", { projectId, name });
    const draft = { projectId, workflowId: id, version: 1, body: { trigger, steps } };
    const { version } = await runAction<{ version: number }>(admin, app, "saveWorkflowAction", draft);
    await runAction(admin, app, "publishWorkflowAction", { projectId, workflowId: id, version });
    await runAction(admin, app, "enableWorkflowAction", { projectId, workflowId: id, enabled: true });
    return id;
  };
  const step = (type: string, name: string, fields: object) => ({ id: crypto.randomUUID(), type, name, ...fields });
  const told = await publishWorkflow("Told", { type: "event", name: "task.completed", example: "" }, [
    step("function", "seen", { code: "return trigger.n" }),
  ]);
  const greets = await publishWorkflow("Greets", { type: "request" }, [
    step("function", "greet", { code: "return [trigger.query.greeting, trigger.body.name].join(', ')" }),
    step("response", "answer", {
      status: 201,
      headers: [{ name: "Content-Type", value: "application/json" }],
      body: '{"said":"{{steps.greet}}"}',
    }),
  ]);
  const { page, calls, close } = await openCustomerPage(browser, app, projectId);
  const sql = openDatabase(app.databaseUrl);

  for (const [specifier, exported] of [
    ["@useparagon/connect", "paragon"],
    ["@patchbay/connect", "patchbay"],
  ] as const) {
    const sub = `works with ${exported}`;
    const answered = await page.evaluate(
      async ([from, key, input]) => {
        type Client = {
          configureGlobal(options: object, hosts: object): void;
          authenticate(projectId: string, token: string): Promise<void>;
          event(name: string, payload: object): Promise<unknown>;
          workflow(id: string, options: object): Promise<unknown>;
          enableWorkflow(id: string): Promise<unknown>;
          disableWorkflow(id: string): Promise<unknown>;
          getUser(): { authenticated: boolean };
        };
        const client = (await load(from))[key] as Client;
        const names = ["ZEUS", "HERMES", "WORKER_PROXY", "CONNECT", "DASHBOARD", "PASSPORT", "CDN", "API_TRIGGER_KIT"];
        const hosts = Object.fromEntries(names.map((each) => [`${each}_PUBLIC_URL`, input.api]));
        client.configureGlobal({ host: new URL(input.api).hostname }, hosts);
        await client.authenticate(input.projectId, input.token);
        await client.event("task.completed", { n: 1 });
        const misspelt = await client.event("task.complete", {}).catch((error: Error) => error.message);
        const answer = await client.workflow(input.greets, { body: { name: "Ada" }, query: { greeting: "Good day" } });
        await client.disableWorkflow(input.told);
        await client.event("task.completed", { n: 2 });
        await client.enableWorkflow(input.told);
        await client.event("task.completed", { n: 3 });
        return { misspelt, answer, authenticated: client.getUser().authenticated };
      },
      [specifier, exported, { api: app.gateway, projectId, token: signer.sign({ sub }), told, greets }] as const,
    );
    expect(answered, exported).toEqual({
      misspelt: expect.stringContaining("Did you mean “task.completed”?"),
      answer: { said: "Good day, Ada" },
      authenticated: true,
    });
    const started = await sql<{ n: number }[]>`select (r.input ->> 'n')::int as n from run r
      join connected_user u on u.project_id = r.project_id and u.id = r.user_id
      where r.workflow_id = ${told} and u.external_id = ${sub} order by r.at`;
    expect(
      started.map(({ n }) => n),
      "what came while it was off for the user started nothing",
    ).toEqual([1, 3]);
  }
  close();
  await sql.end();
  expect(calls).toEqual(
    expect.arrayContaining(["POST /events/trigger", `POST /triggers/${greets}`, `DELETE /workflows/${told}`, `POST /workflows/${told}`]),
  );
});
