import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { tasklabDraft, testApi } from "../../server/api/testing.ts";
import { drillTokens } from "./drill-tokens.ts";
import { findCombination } from "./find-combination.ts";
import { openSpine } from "./open-spine.ts";
import type { CombinationTry, DrillStep, TestValues } from "./schema.ts";
import { testResource } from "./test-resource.ts";
import { findTestCredential } from "./test-values.ts";

const world = await testApi();
const { tasklab, sql, db, scope, actor, errors } = world;
const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32,[::1/128]", onError: (error) => errors.push(error) });

/** An API of ours: each refresh uses its token up, narrows the scope and ends the access token before. */
const api = { issued: 0, refreshToken: "refresh-0", calls: [] as string[], failsAt: 0 };
const upstream = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = (status: number, body: object) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const form = new URLSearchParams(Buffer.concat(chunks).toString());
  api.calls.push(request.url === "/token" ? form.get("refresh_token")! : request.headers.authorization!);
  if (request.url !== "/token") {
    const isNew = request.headers.authorization === `Bearer access-${api.issued}`;
    return answer(isNew && api.failsAt !== api.issued ? 200 : isNew ? 500 : 401, {});
  }
  if (form.get("refresh_token") !== api.refreshToken) return answer(400, { error: "invalid_grant" });
  api.issued++;
  api.refreshToken = `refresh-${api.issued}`;
  answer(200, {
    access_token: `access-${api.issued}`,
    refresh_token: api.refreshToken,
    expires_in: 600,
    scope: api.issued > 1 ? "read" : "read write",
  });
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
afterAll(async () => {
  upstream.close();
  await spine.close();
});
beforeEach(() => {
  Object.assign(api, { issued: 0, refreshToken: "refresh-0", calls: [], failsAt: 0 });
  tasklab.log.reset();
});

let counter = 0;
async function draft(given: object, clientSecret?: string): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name: `Draft ${counter++}` });
  const body = ResourceDraft.parse({ ...emptyDraft(), ...given });
  await saveDraft(scope, db, actor, { resourceId: id, version: 1, body, secrets: clientSecret ? { clientSecret } : {} });
  return id;
}
const ours = (level: "user" | "app" = "user") => ({
  level,
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
  request: { baseUrl: base },
  test: { request: { path: "/tasks" } },
});
async function mint(wish: object = {}) {
  const answer = await fetch(`${tasklab.url}/mint`, { method: "POST", body: JSON.stringify(wish) });
  return (await answer.json()) as { access_token: string; refresh_token: string };
}
const given = (resourceId: string, values: TestValues) => ({ resourceId, values, allowsHttp: spine.allowsHttp });
const drill = async (resourceId: string, values: TestValues = {}) => {
  const heard: DrillStep[] = [];
  const report = await drillTokens(spine, scope, actor, given(resourceId, values), (step) => heard.push(step));
  expect(heard, "every step is told as it ends").toEqual(report.steps);
  return report;
};
const statesOf = (steps: DrillStep[]) => steps.map(({ step, lane }) => `${step} ${lane.state}`);
const learnedOf = async (resourceId: string) => (await findResource(scope, db, resourceId))!.learned;
const stored = async (resourceId: string) =>
  (await findTestCredential(scope, sql, resourceId, (await findResource(scope, db, resourceId))!.draft.body))!;
const ALL = ["first_refresh", "first_call", "second_refresh", "second_call", "old_token"].map((step) => `${step} passed`);

describe("the Refresh drill", () => {
  test("of a real rotating grant learns its lifetime, that it rotates and that old access tokens go on, and leaves the grant alive", async () => {
    const id = await draft(tasklabDraft.refreshToken(tasklab.url), "web-secret-for-the-demo");
    const pair = await mint();
    const report = await drill(id, { tenant: "northgate", ...pair });
    expect(statesOf(report.steps)).toEqual(ALL);
    expect(report.learned).toEqual({
      at: expect.any(String),
      grant: "refresh_token",
      lifetimeSeconds: 300,
      rotatesRefreshToken: true,
      oldAccessTokenWorks: true,
      scopeChanged: false,
      scope: "tasks.read tasks.write",
    });
    expect(await learnedOf(id)).toEqual(report.learned);
    expect(tasklab.log.counters).toMatchObject({ tokenCalls: 2, reuseDetected: 0 });
    const text = JSON.stringify(report);
    const { secrets } = await stored(id);
    for (const secret of [pair.access_token, pair.refresh_token, secrets.accessToken!, secrets.refreshToken!, "web-secret-for-the-demo"])
      expect(text).not.toContain(secret);
    // The newest pair is what a later test goes on with.
    expect((await testResource(spine, scope, actor, given(id, {}))).passed).toBe(true);
  });

  test("of a grant that doesn't rotate says so, and the refresh token stays", async () => {
    const draftOf = tasklabDraft.refreshToken(tasklab.url);
    const accessTokenUrl = `${tasklab.url}/switch/no-rotation/northgate/oauth/token`;
    const id = await draft({ ...draftOf, oauth: { ...draftOf.oauth, accessTokenUrl } }, "web-secret-for-the-demo");
    const { refresh_token } = await mint();
    const report = await drill(id, { tenant: "northgate", refresh_token });
    expect(report.learned).toMatchObject({ rotatesRefreshToken: false, oldAccessTokenWorks: true });
    expect((await stored(id)).secrets.refreshToken).toBe(refresh_token);
  });

  test("by client credentials needs no token to begin with", async () => {
    const id = await draft(tasklabDraft.clientCredentials(tasklab.url), "service-secret-for-the-demo");
    const report = await drill(id, { tenant: "northgate" });
    expect(statesOf(report.steps)).toEqual(ALL);
    expect(report.learned).toMatchObject({ grant: "client_credentials", rotatesRefreshToken: false, oldAccessTokenWorks: true });
  });

  test("sees an old access token refused and a scope that narrows, and never sends a used refresh token again", async () => {
    const id = await draft(ours());
    const report = await drill(id, { refresh_token: "refresh-0" });
    expect(report.learned).toMatchObject({ lifetimeSeconds: 600, oldAccessTokenWorks: false, scopeChanged: true, scope: "read" });
    expect(report.steps.at(-1)!.lane).toMatchObject({ state: "passed", response: { status: 401 } });
    expect(api.calls).toEqual(["refresh-0", "Bearer access-1", "refresh-1", "Bearer access-2", "Bearer access-1"]);
  });

  test.each([
    [1, ["first_refresh passed", "first_call failed"]],
    [2, ["first_refresh passed", "first_call passed", "second_refresh passed", "second_call failed"]],
  ])("whose test request fails after refresh %i stops there, learns nothing, and keeps the newest pair", async (failsAt, states) => {
    const id = await draft(ours());
    api.failsAt = failsAt;
    const report = await drill(id, { refresh_token: "refresh-0" });
    expect(statesOf(report.steps)).toEqual(states);
    expect(report.learned).toBeNull();
    expect(await learnedOf(id)).toBeNull();
    expect((await stored(id)).secrets.refreshToken).toBe(api.refreshToken);
    api.failsAt = 0;
    expect((await drill(id)).learned).not.toBeNull();
  });

  test("with a refresh token that is dead already says so in its first lane", async () => {
    const report = await drill(await draft(ours()), { refresh_token: "dead-token" });
    expect(statesOf(report.steps)).toEqual(["first_refresh failed"]);
    expect(report.steps[0]!.lane.problem).toMatchObject({ kind: "invalid_grant" });
  });

  test("keeps the profile of the test user, unless other values were typed", async () => {
    const id = await draft(tasklabDraft.refreshToken(tasklab.url), "web-secret-for-the-demo");
    await testResource(spine, scope, actor, given(id, { tenant: "northgate", ...(await mint({ sub: "ines-1" })) }));
    await drill(id);
    expect((await stored(id)).profileId).toBe("ines-1");
    await drill(id, await mint({ sub: "somebody-else" }));
    expect((await stored(id)).profileId).toBeNull();
  });

  test("is refused where there is nothing to refresh", async () => {
    await expect(drill(await draft(tasklabDraft.apiKey(tasklab.url)), { tenant: "acme", username: "a", password: "b-1" })).rejects.toThrow(
      /API keys are never refreshed/,
    );
    await expect(drill(await draft(ours()), { access_token: "only-access" })).rejects.toMatchObject({
      code: "bad_input",
      details: { fields: { refresh_token: /needs a Refresh Token/ } },
    });
  });

  test("leaves the app's live grant alone: another refresh token is drilled beside it", async () => {
    const id = await draft(ours("app"));
    await testResource(spine, scope, actor, given(id, { refresh_token: "refresh-0" }));
    await publishResource(scope, db, actor, { resourceId: id, allowsHttp: spine.allowsHttp });
    api.calls = [];
    for (const values of [{}, { refresh_token: api.refreshToken }] as TestValues[])
      await expect(drill(id, values)).rejects.toMatchObject({ code: "conflict", message: expect.stringContaining("serves all users now") });
    expect(api.calls).toEqual([]);
    const [before] = await sql`select ciphertext from credential where resource_id = ${id} and owner = 'app'`;
    Object.assign(api, { issued: 0, refreshToken: "another-0" });
    expect((await drill(id, { refresh_token: "another-0" })).learned).not.toBeNull();
    const [after] = await sql`select ciphertext from credential where resource_id = ${id} and owner = 'app'`;
    expect(after).toEqual(before);
  });

  test("by the app's live client credentials doesn't touch the live row", async () => {
    const { inputs: _, ...credentials } = tasklabDraft.clientCredentials(tasklab.url);
    const oauth = { ...credentials.oauth, accessTokenUrl: `${tasklab.url}/oauth/token` };
    const id = await draft(
      { ...credentials, level: "app", oauth, request: { baseUrl: `${tasklab.url}/v3` } },
      "service-secret-for-the-demo",
    );
    await testResource(spine, scope, actor, given(id, {}));
    await publishResource(scope, db, actor, { resourceId: id, allowsHttp: spine.allowsHttp });
    const rows = () => sql`select owner, ciphertext from credential where resource_id = ${id} order by owner`;
    const before = await rows();
    expect((await drill(id)).learned).toMatchObject({ grant: "client_credentials" });
    expect(await rows()).toEqual(before);
  });
});

describe("Find the working combination", () => {
  const find = async (resourceId: string, values: TestValues, consents = false) => {
    const heard: CombinationTry[] = [];
    const report = await findCombination(spine, scope, actor, { ...given(resourceId, values), consents }, (made) => heard.push(made));
    expect(heard).toEqual(report.tries);
    return report;
  };
  const wayOf = ({ clientAuthentication, bodyFormat, state }: CombinationTry) => `${clientAuthentication} ${bodyFormat} ${state}`;
  const service = (clientId: string, way: object = {}) => {
    const credentials = tasklabDraft.clientCredentials(tasklab.url);
    return { ...credentials, oauth: { ...credentials.oauth, clientId, ...way } };
  };

  test.each([
    ["tasklab-service", { clientAuthentication: "body" }, ["basic form worked"]],
    ["tasklab-service-post", {}, ["body form worked"]],
    ["tasklab-service-json", {}, ["body form refused", "body json worked"]],
    ["tasklab-service", { clientAuthentication: "none" }, ["basic form worked"]],
  ])("for the client %s sent as %j tries no more than it must, and what it finds passes the test", async (client, way, tries) => {
    const secret = `${client.replace("tasklab-", "")}-secret-for-the-demo`;
    const id = await draft(service(client, way), secret);
    const report = await find(id, { tenant: "northgate" });
    expect(report.tries.map(wayOf)).toEqual(tries);
    expect(JSON.stringify(report)).not.toContain(secret);
    expect(tasklab.log.counters.tokenCalls).toBe(tries.length);

    const { draft: now } = (await findResource(scope, db, id))!;
    const { clientAuthentication, bodyFormat } = report.tries.at(-1)!;
    const body = { ...now.body, oauth: { ...now.body.oauth, clientAuthentication, bodyFormat } };
    await saveDraft(scope, db, actor, { resourceId: id, version: now.version, body, secrets: {} });
    expect((await testResource(spine, scope, actor, given(id, {}))).passed).toBe(true);
  });

  test("makes at most four calls, the draft's own way last, when none works", async () => {
    const id = await draft(service("tasklab-service"), "not-the-secret-at-all");
    const report = await find(id, { tenant: "northgate" });
    expect(report.tries.map(wayOf)).toEqual(["body form refused", "body json refused", "basic json refused", "basic form refused"]);
    expect(report.stopped).toBeUndefined();
  });

  test("stops where another way can't change the answer", async () => {
    const credentials = service("tasklab-service");
    const at = (accessTokenUrl: string) =>
      draft({ ...credentials, oauth: { ...credentials.oauth, accessTokenUrl } }, "a-secret-of-some-length");
    const limited = await find(await at(`${tasklab.url}/switch/rate-limited/northgate/oauth/token`), { tenant: "northgate" });
    expect(limited).toMatchObject({ tries: [{ status: 429 }], stopped: expect.stringContaining("fewer calls") });
    const nobody = await find(await at("http://127.0.0.1:9/token"), { tenant: "northgate" });
    expect(nobody).toMatchObject({ tries: [{ state: "refused" }], stopped: expect.stringContaining("can’t be reached") });
  });

  test("tries a refresh token only after a yes, and keeps the pair that it got", async () => {
    const refreshing = tasklabDraft.refreshToken(tasklab.url);
    const id = await draft({ ...refreshing, oauth: { ...refreshing.oauth, clientAuthentication: "body" } }, "web-secret-for-the-demo");
    const { refresh_token } = await mint();
    await expect(find(id, { tenant: "northgate", refresh_token })).rejects.toMatchObject({ code: "bad_input" });
    expect(tasklab.log.counters.tokenCalls).toBe(0);
    const report = await find(id, { tenant: "northgate", refresh_token }, true);
    expect(report.tries.map(wayOf)).toEqual(["basic form worked"]);
    expect((await stored(id)).secrets.refreshToken).not.toBe(refresh_token);
    // The kept one is alive, and a dead one ends the search: the client was taken.
    expect((await find(id, {}, true)).tries.map(wayOf)).toEqual(["basic form worked"]);
    const dead = await find(id, { refresh_token }, true);
    expect(dead).toMatchObject({ tries: [{ state: "accepted" }], stopped: expect.stringContaining("isn’t valid any more") });
  });

  test("asks for what is missing before it calls anybody", async () => {
    await expect(find(await draft(service("tasklab-service", { clientAuthentication: "none" })), { tenant: "acme" })).rejects.toMatchObject(
      {
        details: { fields: { "oauth.clientSecret": expect.any(String) } },
      },
    );
    await expect(find(await draft(tasklabDraft.apiKey(tasklab.url)), { tenant: "acme", username: "a", password: "b-1" })).rejects.toThrow(
      /need no token call/,
    );
    expect(tasklab.log.counters.tokenCalls).toBe(0);
  });
});

test("none of it was a fault of ours", () => {
  expect(errors.map(String)).toEqual([]);
});
