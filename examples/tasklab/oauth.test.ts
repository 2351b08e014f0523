import { createRemoteJWKSet, jwtVerify } from "jose";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { startTasklab, type Tasklab } from "./start-tasklab.ts";

let tasklab: Tasklab;
beforeAll(async () => {
  tasklab = await startTasklab({ port: 0 });
});
afterAll(() => tasklab.close());
beforeEach(() => tasklab.log.reset());

const basic = (id: string, secret: string) => `Basic ${btoa(`${id}:${secret}`)}`;
const WEB = { authorization: basic("tasklab-web", "web-secret-for-the-demo") };

async function mint(wish: object = {}) {
  const answer = await fetch(`${tasklab.url}/mint`, { method: "POST", body: JSON.stringify(wish) });
  return (await answer.json()) as { sub: string; access_token: string; refresh_token: string };
}

async function callToken(form: Record<string, string>, headers: Record<string, string> = {}, path = "/northgate/oauth/token") {
  const answer = await fetch(`${tasklab.url}${path}`, { method: "POST", headers, body: new URLSearchParams(form) });
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, string> };
}

const refresh = (refreshToken: string, headers: Record<string, string> = WEB, form: Record<string, string> = {}) =>
  callToken({ grant_type: "refresh_token", refresh_token: refreshToken, ...form }, headers);

const getMe = (token: string) => fetch(`${tasklab.url}/corvid/v3/me`, { headers: { authorization: `Bearer ${token}` } });

test("a minted access token opens the API, and its refresh token is exchanged for a new pair", async () => {
  const pair = await mint({ sub: "ines-1" });
  expect(await (await getMe(pair.access_token)).json()).toMatchObject({
    data: { id: "ines-1", email: "ines-1@tasklab.example" },
    tenant: "corvid",
  });

  const renewed = await refresh(pair.refresh_token);
  expect(renewed.status).toBe(200);
  expect(renewed.body).toMatchObject({ expires_in: 300, token_type: "Bearer" });
  expect(renewed.body.refresh_token).not.toBe(pair.refresh_token);
  expect((await getMe(renewed.body.access_token!)).status).toBe(200);
});

test("a second use of a refresh token is refused and ends the whole family", async () => {
  const pair = await mint();
  const renewed = await refresh(pair.refresh_token);
  const reused = await refresh(pair.refresh_token);
  expect([reused.status, reused.body.error]).toEqual([400, "invalid_grant"]);

  expect((await refresh(renewed.body.refresh_token!)).body.error).toBe("invalid_grant");
  expect((await getMe(renewed.body.access_token!)).status).toBe(401);
  expect((await getMe(pair.access_token)).status).toBe(401);
  expect(tasklab.log.counters.reuseDetected).toBe(1);
});

test("of 50 racing calls with one refresh token at most one is answered with tokens, and the reuse is noticed", async () => {
  const pair = await mint();
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(pair.refresh_token)));
  expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1);
  expect(tasklab.log.counters).toMatchObject({ tokenCalls: 50, byGrant: { refresh_token: 50 }, byClient: { "tasklab-web": 50 } });
  expect(tasklab.log.counters.reuseDetected).toBeGreaterThan(0);
  for (const winner of answers.filter(({ status }) => status === 200)) {
    expect((await refresh(winner.body.refresh_token!)).body.error).toBe("invalid_grant");
  }
});

test("the end of one family leaves another family of the same user alone", async () => {
  const [one, other] = [await mint({ sub: "twice" }), await mint({ sub: "twice" })];
  await refresh(one.refresh_token);
  await refresh(one.refresh_token);
  expect((await refresh(other.refresh_token)).status).toBe(200);
});

test("a refresh token is worth nothing to another client", async () => {
  const pair = await mint({ client: "tasklab-post" });
  expect((await refresh(pair.refresh_token)).body.error).toBe("invalid_grant");
});

test("each client authenticates in its own way only", async () => {
  const post = { client_id: "tasklab-post", client_secret: "post-secret-for-the-demo" };
  expect((await refresh((await mint({ client: "tasklab-post" })).refresh_token, {}, post)).status).toBe(200);
  expect((await refresh((await mint({ client: "tasklab-public" })).refresh_token, {}, { client_id: "tasklab-public" })).status).toBe(200);

  const wrongPlace = await refresh(
    (await mint()).refresh_token,
    {},
    { client_id: "tasklab-web", client_secret: "web-secret-for-the-demo" },
  );
  expect([wrongPlace.status, wrongPlace.body.error]).toEqual([401, "invalid_client"]);
  const wrongHeader = await refresh((await mint({ client: "tasklab-post" })).refresh_token, {
    authorization: basic(post.client_id, post.client_secret),
  });
  expect([wrongHeader.status, wrongHeader.body.error]).toEqual([401, "invalid_client"]);
  const wrongSecret = await refresh((await mint()).refresh_token, { authorization: basic("tasklab-web", "guess") });
  expect([wrongSecret.status, wrongSecret.body.error]).toEqual([401, "invalid_client"]);
});

test("client credentials are granted by header and by body, at the tenant's and at the plain token URL", async () => {
  const header = { authorization: basic("tasklab-service", "service-secret-for-the-demo") };
  const byHeader = await callToken({ grant_type: "client_credentials" }, header, "/oauth/token");
  const body = { client_id: "tasklab-service-post", client_secret: "service-post-secret-for-the-demo" };
  const byBody = await callToken({ grant_type: "client_credentials", ...body }, {}, "/acme/oauth/token");
  for (const { body } of [byHeader, byBody]) {
    expect(body.refresh_token).toBeUndefined();
    expect((await getMe(body.access_token!)).status).toBe(200);
  }
});

test("a JWT access token carries sub, email and name, is signed by a published key, and dies with its family", async () => {
  const pair = await mint({ client: "tasklab-jwt", sub: "joon" });
  const keys = createRemoteJWKSet(new URL(`${tasklab.url}/jwks`));
  const { payload } = await jwtVerify(pair.access_token, keys, { issuer: tasklab.url });
  expect(payload).toMatchObject({ sub: "joon", email: "joon@tasklab.example", name: expect.stringMatching(/\w+ \w+/) });
  expect(payload.exp! - payload.iat!).toBe(300);
  expect((await getMe(pair.access_token)).status).toBe(200);

  const jwtClient = { authorization: basic("tasklab-jwt", "jwt-secret-for-the-demo") };
  const renewed = await refresh(pair.refresh_token, jwtClient);
  expect((await jwtVerify(renewed.body.access_token!, keys)).payload.email).toBe("joon@tasklab.example");
  await refresh(pair.refresh_token, jwtClient);
  expect((await getMe(renewed.body.access_token!)).status).toBe(401);
});

test("an access token ends with its lifetime, or is dead on arrival when asked", async () => {
  const short = await mint({ lifetime: 1 });
  expect((await getMe(short.access_token)).status).toBe(200);
  await expect.poll(async () => (await getMe(short.access_token)).status, { timeout: 4_000 }).toBe(401);
  const dead = await mint({ expired: true });
  expect((await getMe(dead.access_token)).status).toBe(401);
  expect((await refresh(dead.refresh_token)).status).toBe(200);
});

test("200 users are minted in one call, each their own", async () => {
  const answer = await fetch(`${tasklab.url}/mint`, { method: "POST", body: JSON.stringify({ count: 200 }) });
  const { data } = (await answer.json()) as { data: { sub: string; refresh_token: string }[] };
  expect(new Set(data.map(({ sub }) => sub)).size).toBe(200);
  expect((await refresh(data[199]!.refresh_token)).status).toBe(200);
});

test("an unknown tenant's token URL answers 404 with the tenants that exist", async () => {
  const answer = await callToken({ grant_type: "client_credentials" }, {}, "/nowhere/oauth/token");
  expect(answer.status).toBe(404);
  expect(answer.body.message).toMatch(/"nowhere".*northgate, corvid, acme/);
});
