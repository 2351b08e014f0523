/** A token for a call, however it is renewed. One file, since the world behind it takes seconds to make. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { beforeEach, describe, expect, test, vi } from "vitest";
import type { Connection } from "#db/client.ts";
import { findLiveCredential } from "#db/queries/live-credentials.ts";
import { findResource } from "#db/queries/resources.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { refreshCredential } from "#lib/connections/refresh-credential.ts";
import { verifyCredential } from "#lib/connections/verify-credential.ts";
import { refreshDue, verifyDue } from "#lib/connections/walk-due.ts";
import { openLive } from "#lib/credentials/live-credential.ts";
import { settleFit } from "#lib/credentials/settle-fit.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import { tasklabDraft, testApi } from "../../server/api/testing.ts";
import { type ObtainLiveInput, obtainLive } from "./obtain-live.ts";

const { publish, connect, tasklab, sql, db, scope, signer, spine, errors, actor } = await testApi();

/** A token server of this test's own, which does what the test says, and counts. */
const seen: string[] = [];
let answer: (form: URLSearchParams) => Promise<{ status?: number; body: string; headers?: Record<string, string> }>;
let apiStatus = 200;
const server = createServer(async (request, response) => {
  if (!request.url?.startsWith("/token")) return response.writeHead(apiStatus, { "content-type": "application/json" }).end('{"id":"1"}');
  const form = new URLSearchParams(await textOf(request));
  seen.push(form.get("refresh_token") ?? form.get("grant_type")!);
  const { status = 200, body, headers } = await answer(form);
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const { port } = server.address() as AddressInfo;
const base = `http://127.0.0.1:${port}`;
const own = openSpine({ db, sql } as Connection, {
  outboundAllow: `127.0.0.1/32:${port},127.0.0.1/32:${tasklab.port},[::1/128]:${tasklab.port}`,
  onError: (error) => errors.push(error),
});
const abort = new AbortController().signal;
const onError = (error: unknown) => errors.push(error);

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request) text += chunk;
  return text;
}

let issued = 0;
const issue = (more: object = {}) => {
  issued++;
  return { body: JSON.stringify({ access_token: `access-${issued}`, refresh_token: `refresh-${issued}`, expires_in: 3600, ...more }) };
};
const refuse = (error: string, status = 400) => ({ status, body: JSON.stringify({ error }) });

beforeEach(() => {
  seen.length = 0;
  apiStatus = 200;
  answer = async () => issue();
});

const draft = {
  level: "user",
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: `${base}/token`, clientId: "c", clientAuthentication: "none" },
  request: { baseUrl: base },
  test: { request: { path: "/me" } },
};

const { allowsHttp } = own;
Object.assign(spine, { send: own.send, allowsHttp });
const resourceId = await publish("Alive", draft);
const definition = await loadRevision(scope, sql, resourceId, 1);

/** A user connected with these tokens; the access token ended unless said otherwise. */
async function user(
  sub: string,
  body: object = { access_token: "old", refresh_token: `start-${sub}`, expires_at: "2026-01-01T00:00:00Z" },
): Promise<string> {
  const { status, body: made } = await connect(resourceId, body, signer.sign({ sub }));
  expect(status, made.message).toBe(200);
  return made.id!;
}
const load = async (id: string): Promise<ObtainLiveInput> => ({
  scope,
  resourceId,
  definition,
  credential: (await findLiveCredential(scope, sql, id))!,
  source: "sdk",
});
const row = async (id: string) => (await sql`select * from credential where id = ${id}`)[0]!;
const events = async (id: string) =>
  (await sql<{ kind: string }[]>`select kind from credential_event where credential_id = ${id} order by at`).map(({ kind }) => kind);
/** As another process: modules of its own. */
async function otherProcess() {
  vi.resetModules();
  return (await import("./obtain-live.ts")).obtainLive;
}

describe("refresh, exactly once", () => {
  test("a fresh token makes no call", async () => {
    const id = await user("fresh", { access_token: "still-good", refresh_token: "r", expires_in: 3600 });
    const obtained = await obtainLive(own, await load(id));
    expect(obtained).toMatchObject({ ok: true, refreshed: false, secrets: { accessToken: "still-good" } });
    expect(seen).toEqual([]);
  });

  test("an ended token under a hundred calls in two processes is one call, and all get the new token", async () => {
    const id = await user("hundred");
    answer = async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return issue();
    };
    const input = await load(id);
    const other = await otherProcess();
    const all = await Promise.all(Array.from({ length: 100 }, (_, n) => (n % 2 ? obtainLive : other)(own, input)));
    expect(seen).toEqual(["start-hundred"]);
    expect(new Set(all.map((one) => one.ok && one.secrets.accessToken))).toEqual(new Set([`access-${issued}`]));
    expect(await row(id)).toMatchObject({ status: "VALID", refresh_failures: 0, failing_since: null });
    expect(await events(id)).toEqual(["connected", "refreshed"]);
    expect(await sql`select 1 from refresh_lease`).toHaveLength(0);
  });

  test("a refused token is renewed once, however many calls saw it refused", async () => {
    const id = await user("refused", { access_token: "revoked", refresh_token: "start-refused", expires_in: 3600 });
    const input = { ...(await load(id)), rejected: "revoked" };
    const other = await otherProcess();
    await Promise.all([obtainLive(own, input), other(own, input), obtainLive(own, input)]);
    expect(seen).toEqual(["start-refused"]);
    // Refused again right away, it is the call that is refused, not the token.
    const again = await obtainLive(own, { ...(await load(id)), rejected: `access-${issued}` });
    expect(again).toMatchObject({ ok: true, refreshed: false });
    expect(seen).toHaveLength(1);
  });

  test("a holder that died is followed when its lease lapses; what it spent says reconnect, and nothing is called after", async () => {
    const id = await user("died");
    await sql`insert into refresh_lease (project_id, credential_id, owner, fence, until)
      values (${scope.projectId}, ${id}, gen_random_uuid(), 1, now() + interval '400 milliseconds')`;
    answer = async () => refuse("invalid_grant");
    const input = await load(id);
    const all = await Promise.all(Array.from({ length: 20 }, () => obtainLive(own, input)));
    expect(all.every((one) => !one.ok && one.failure.kind === "reconnect")).toBe(true);
    expect(seen).toEqual(["start-died"]);
    await Promise.all(Array.from({ length: 20 }, async () => obtainLive(own, await load(id))));
    expect(seen).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: "INVALID", reason: "reconnect", refresh_at: null });
    expect(await events(id)).toEqual(["connected", "refresh_failed"]);
  });

  test("whoever connects again during a renewal wins", async () => {
    const id = await user("wins");
    answer = async () => {
      await connect(resourceId, { access_token: "newer", refresh_token: "newer-refresh", expires_in: 3600 }, signer.sign({ sub: "wins" }));
      return issue();
    };
    const obtained = await obtainLive(own, await load(id));
    expect(obtained).toMatchObject({ ok: true, secrets: { accessToken: "newer", refreshToken: "newer-refresh" } });
    expect(seen).toHaveLength(1);
  });

  test("disconnected during a renewal stays disconnected", async () => {
    const id = await user("leaves");
    answer = async () => {
      await sql`delete from credential where id = ${id}`;
      return issue();
    };
    expect(await obtainLive(own, await load(id))).toMatchObject({ ok: false, failure: { kind: "deleted" } });
    expect(await sql`select 1 from credential where id = ${id}`).toHaveLength(0);
  });

  test("a server that doesn't rotate keeps its refresh token", async () => {
    const id = await user("no-rotation");
    answer = async () => ({ body: JSON.stringify({ access_token: "a", expires_in: 3600 }) });
    expect(await obtainLive(own, await load(id))).toMatchObject({ ok: true, secrets: { refreshToken: "start-no-rotation" } });
  });
});

describe("a failed renewal", () => {
  test.each([
    ["a failing server", async () => ({ status: 503, body: "" }), "server_error"],
    ["HTML with 200", async () => ({ body: "<html>", headers: { "content-type": "text/html" } }), "not_understood"],
    ["an unknown client", async () => refuse("invalid_client", 401), "invalid_client"],
  ])("by %s is told once, and the next turn waited for", async (name, failing, kind) => {
    const id = await user(`fails ${name}`);
    answer = failing;
    const first = await obtainLive(own, await load(id));
    expect(first).toMatchObject({ ok: false, failure: { kind } });
    const second = await obtainLive(own, await load(id));
    expect(second).toMatchObject({ ok: false, failure: { kind, fix: expect.stringMatching(/tried again in \d+ s/) } });
    expect(seen).toHaveLength(1);
    expect(await row(id)).toMatchObject({ status: "VALID", last_failure: kind });
    expect((await row(id)).refresh_at.getTime()).toBeGreaterThan(Date.now());
  });

  test("leaves a token in use that still lives", async () => {
    const id = await user("lives", { access_token: "living", refresh_token: "start-lives", expires_in: 20 });
    answer = async () => ({ status: 429, body: "", headers: { "retry-after": "120" } });
    expect(await obtainLive(own, await load(id))).toMatchObject({ ok: true, refreshed: false, secrets: { accessToken: "living" } });
    expect((await row(id)).refresh_at.getTime()).toBeGreaterThan(Date.now() + 100_000);
  });

  test("of an access token alone: used until it is refused, then reconnect", async () => {
    const id = await user("alone", { access_token: "only" });
    expect(await obtainLive(own, await load(id))).toMatchObject({ ok: true, secrets: { accessToken: "only" } });
    expect(await obtainLive(own, { ...(await load(id)), rejected: "only" })).toMatchObject({ ok: false, failure: { kind: "invalid" } });
    expect(await row(id)).toMatchObject({ status: "INVALID", reason: "rejected" });
  });

  test("by most users of a resource at once is the API's outage, and ends with it", async () => {
    const ids = await Promise.all(Array.from({ length: 5 }, (_, n) => user(`outage ${n}`)));
    answer = async () => ({ status: 503, body: "" });
    await Promise.all(ids.map(async (id) => obtainLive(own, await load(id))));
    await vi.waitFor(
      async () => expect(await sql`select outage_since from resource_health`).toMatchObject([{ outage_since: expect.any(Date) }]),
      5_000,
    );
    const before = await row(ids[0]!);
    await obtainLive(own, { ...(await load(ids[0]!)), force: "schedule" });
    expect((await row(ids[0]!)).refresh_failures, "counters rest").toBe(before.refresh_failures);
    answer = async () => issue();
    await Promise.all(ids.map(async (id) => obtainLive(own, { ...(await load(id)), force: "schedule" })));
    await sql`update resource_health set window_start = now() - interval '3 minutes'`;
    await obtainLive(own, { ...(await load(ids[1]!)), force: "manual" });
    await vi.waitFor(async () => expect(await sql`select outage_since from resource_health`).toEqual([{ outage_since: null }]), 5_000);
  });
});

describe("by schedule and by hand", () => {
  test("the walk renews what is due, once, and sets the next time", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, (_, n) => user(`due ${n}`)));
    await sql`update credential set refresh_at = now() - interval '1 minute' where id in ${sql(ids)}`;
    await sql`update credential set refresh_at = null where id not in ${sql(ids)}`;
    await Promise.all([refreshDue(own, abort, onError), refreshDue(own, abort, onError)]);
    expect(seen.sort()).toEqual(ids.map((_, n) => `start-due ${n}`).sort());
    const rows = await sql`select refresh_at, expires_at from credential where id in ${sql(ids)}`;
    for (const { refresh_at, expires_at } of rows) {
      const margin = (expires_at.getTime() - refresh_at.getTime()) / 1000;
      expect(margin).toBeGreaterThanOrEqual(299);
      expect(margin).toBeLessThanOrEqual(331);
    }
  });

  test("the walk passes by what can't be renewed, and takes it up at once when it is valid again", async () => {
    const id = await publish("Asks for more for a while", draft);
    const pair = { access_token: "a", refresh_token: "start-passed-by", expires_in: 3600 };
    const credentialId = (await connect(id, pair, signer.sign({ sub: "passed by" }))).body.id!;
    const makeDue = () => sql`update credential set refresh_at = case id when ${credentialId} then now() - interval '1 minute' end`;
    const change = async (more: object) => {
      const { version } = (await findResource(scope, db, id))!.draft;
      await saveDraft(scope, db, actor, { resourceId: id, version, body: ResourceDraft.parse({ ...draft, ...more }), secrets: {} });
      await publishResource(scope, db, actor, { resourceId: id, allowsHttp });
      await settleFit(sql);
    };
    const walk = async () => {
      await refreshDue(own, abort, onError);
      return seen.splice(0);
    };
    const isStillDue = async () => (await row(credentialId)).refresh_at.getTime() < Date.now() - 50_000;

    await makeDue();
    await change({ inputs: [{ key: "tenant", title: "Tenant" }] });
    expect([await walk(), await isStillDue()], "asked for more").toEqual([[], true]);
    await change({});
    expect(await walk()).toEqual(["start-passed-by"]);

    await makeDue();
    await sql`update credential set status = 'INVALID', reason = 'verify_failed' where id = ${credentialId}`;
    expect([await walk(), await isStillDue()], "refused by a check").toEqual([[], true]);
    await verifyCredential(own, scope, { credentialId, cause: "manual" });
    expect(await walk()).toEqual([`refresh-${issued - 1}`]);
  });

  test("Refresh now renews a fresh token, and can bring a dead credential back", async () => {
    const id = await user("by hand", { access_token: "fresh", refresh_token: "start-by-hand", expires_in: 3600 });
    const sources: string[] = [];
    const heard = { ...own, record: (row: { source: string }) => void sources.push(row.source) };
    expect(await refreshCredential(heard, scope, { credentialId: id, cause: "manual", actor })).toEqual({ ok: true });
    expect(await verifyCredential(heard, scope, { credentialId: id, cause: "bulk" })).toEqual({ ok: true });
    expect(sources, "the log says whose doing it was").toEqual(["manual", "manual"]);
    expect(seen).toEqual(["start-by-hand"]);
    answer = async () => refuse("invalid_grant");
    expect(await refreshCredential(own, scope, { credentialId: id, cause: "manual" })).toMatchObject({ ok: false });
    expect((await row(id)).status).toBe("INVALID");
    answer = async () => issue();
    expect(await refreshCredential(own, scope, { credentialId: id, cause: "manual" })).toEqual({ ok: true });
    expect(await row(id)).toMatchObject({ status: "VALID", reason: null });
  });

  test("a check says when it works, condemns what the API refuses, and brings it back", async () => {
    const id = await user("checked", { access_token: "fresh", refresh_token: "start-checked", expires_in: 3600 });
    expect(await verifyCredential(own, scope, { credentialId: id, cause: "manual" })).toEqual({ ok: true });
    expect((await row(id)).verified_at).toBeInstanceOf(Date);
    apiStatus = 403;
    await sql`update credential set verify_at = null where id <> ${id}`;
    await sql`update credential set verify_at = now() where id = ${id}`;
    await verifyDue(own, abort, onError);
    expect(await row(id)).toMatchObject({ status: "INVALID", reason: "verify_failed" });
    apiStatus = 503;
    await sql`update credential set verify_at = now() where id = ${id}`;
    await verifyDue(own, abort, onError);
    expect(await row(id), "an API that is down says nothing").toMatchObject({ status: "INVALID", reason: "verify_failed" });
    apiStatus = 200;
    await sql`update credential set verify_at = now() where id = ${id}`;
    await verifyDue(own, abort, onError);
    expect(await row(id)).toMatchObject({ status: "VALID", reason: null });
    expect((await row(id)).verify_at.getTime()).toBeGreaterThan(Date.now() + 70_000_000);
    expect(await events(id)).toEqual(["connected", "verified", "verify_failed", "verified"]);
  });

  test("a real OAuth server that kills reused grants sees each refresh token once, over ten rounds of eight calls", async () => {
    const real = await publish("TaskLab alive", tasklabDraft.refreshToken(tasklab.url), "web-secret-for-the-demo");
    const response = await fetch(`${tasklab.url}/mint`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ client: "tasklab-web" }),
    });
    const { access_token, refresh_token } = (await response.json()) as Record<string, string>;
    const { body } = await connect(real, { tenant: "northgate", access_token, refresh_token }, signer.sign({ sub: "rotates" }));
    const other = await otherProcess();
    const before = { ...tasklab.log.counters };
    const tokens = new Set<unknown>();
    for (let round = 0; round < 10; round++) {
      const input = {
        ...(await load(body.id!)),
        resourceId: real,
        definition: await loadRevision(scope, sql, real, 1),
        force: "manual" as const,
      };
      const all = await Promise.all(Array.from({ length: 8 }, (_, n) => (n % 2 ? obtainLive : other)(own, input)));
      for (const one of all) tokens.add(one.ok && one.secrets.refreshToken);
    }
    expect(tokens.size).toBe(10);
    expect(tasklab.log.counters.tokenCalls - before.tokenCalls).toBe(10);
    expect(tasklab.log.counters.reuseDetected).toBe(before.reuseDetected);
  });

  test("an app that sends its first pair again, with the input that the resource now asks for, keeps what that pair has become", async () => {
    const id = await publish("Asks more later", draft);
    const pair = { access_token: "first-access", refresh_token: "first-refresh", expires_in: 3600 };
    const token = signer.sign({ sub: "keeps its pair" });
    const first = await connect(id, pair, token);
    expect(await refreshCredential(own, scope, { credentialId: first.body.id!, cause: "manual" })).toEqual({ ok: true });
    const rotated = `refresh-${issued}`;
    const { refreshed_at } = await row(first.body.id!);
    const other = signer.sign({ sub: "keeps a pair that was never renewed" });
    const otherPair = { ...pair, access_token: "other-access", refresh_token: "other-refresh" };
    await connect(id, otherPair, other);
    const { draft: stored } = (await findResource(scope, db, id))!;
    const wider = ResourceDraft.parse({ ...draft, inputs: [{ key: "tenant", title: "Tenant" }] });
    await saveDraft(scope, db, actor, { resourceId: id, version: stored.version, body: wider, secrets: {} });
    await publishResource(scope, db, actor, { resourceId: id, allowsHttp });
    seen.length = 0;
    const again = await connect(id, { ...pair, tenant: "northgate" }, token);
    expect(again, again.body.message).toMatchObject({ status: 200, body: { id: first.body.id } });
    const { credential } = await load(first.body.id!);
    expect(openLive(scope, credential)).toMatchObject({ refreshToken: rotated, inputs: { tenant: "northgate" } });
    expect((await row(first.body.id!)).refreshed_at, "no token call was made").toEqual(refreshed_at);

    const { body } = await connect(id, { ...otherPair, tenant: "northgate" }, other);
    expect((await row(body.id!)).refreshed_at).toBeNull();
    expect(seen).toEqual([]);
    const input = {
      ...(await load(body.id!)),
      resourceId: id,
      definition: await loadRevision(scope, sql, id, 2),
      rejected: "other-access",
    };
    expect(await obtainLive(own, input), "refused, it is renewed once as ever").toMatchObject({ ok: true, refreshed: true });
    expect(seen).toEqual(["other-refresh"]);
  });

  test("values that a check refused and that come again unchanged are valid when the API takes them, by what has become of them", async () => {
    const pair = { access_token: "pair-access", refresh_token: "pair-refresh", expires_in: 3600 };
    const id = await user("refused by a check", pair);
    const again = async () => (await connect(resourceId, pair, signer.sign({ sub: "refused by a check" }))).body.code ?? 200;
    expect(await refreshCredential(own, scope, { credentialId: id, cause: "manual" })).toEqual({ ok: true });
    const kept = async () => openLive(scope, (await load(id)).credential).refreshToken;
    const rotated = await kept();
    apiStatus = 403;
    await verifyCredential(own, scope, { credentialId: id, cause: "manual" });
    expect(await again()).toBe("7003");
    expect(await row(id)).toMatchObject({ status: "INVALID", reason: "verify_failed", generation: 1 });
    seen.length = 0;
    apiStatus = 401;
    expect(await again()).toBe("7003");
    expect(seen, "not the one that was used up long ago").toEqual([rotated]);
    expect(await kept(), "what came of it is kept").toBe(`refresh-${issued}`);
    expect(await row(id)).toMatchObject({ status: "INVALID", reason: "verify_failed", generation: 1, verify_at: expect.any(Date) });
    apiStatus = 200;
    expect(await again()).toBe(200);
    expect(await row(id)).toMatchObject({ status: "VALID", reason: null, verified_at: expect.any(Date) });
    expect([await kept(), seen]).toEqual([`refresh-${issued}`, [rotated]]);
  });

  test("nothing went wrong on our side", () => expect(errors).toEqual([]));
});
