/** Where project secrets may go, and where they are seen. One file, since the world behind it takes seconds to make. */
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { findResource } from "#db/queries/resources.ts";
import { definitionOf } from "#lib/credentials/testing.ts";
import { changeSecret, createSecret } from "#lib/projects/change-secrets.ts";
import { performRequest } from "#lib/requests/perform-request.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { deleteResource, restoreResource } from "#lib/resources/delete-resource.ts";
import { deleteSecret } from "#lib/resources/delete-secret.ts";
import { duplicateResource } from "#lib/resources/duplicate-resource.ts";
import { listSecretUses } from "#lib/resources/list-secret-uses.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { openSecretsFor } from "#lib/resources/open-secrets-for.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { restoreRevision } from "#lib/resources/restore-revision.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import { createApi } from "../../server/api/create-api.ts";
import { testApi } from "../../server/api/testing.ts";
import { openSpine } from "./open-spine.ts";
import { testResource } from "./test-resource.ts";

const world = await testApi();
const { sql, db, scope, actor, errors } = world;
const spine = openSpine(world as never, { outboundAllow: "127.0.0.1/32,[::1/128]", onError: (error) => errors.push(error) });

/** An API that issues tokens and says back all that it was sent. */
const seen: { url: string; headers: Record<string, unknown>; body: string }[] = [];
const upstream = createServer(async (request, response) => {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const got = { url: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() };
  seen.push(got);
  const token = got.url.includes("/token") ? { access_token: "issued-access-token-0123456789" } : {};
  response.writeHead(200, { "content-type": "application/json", "x-echo": String(request.headers["x-acme"] ?? "") });
  response.end(JSON.stringify({ ...token, id: "u-1", echo: got }));
});
await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
const { port } = upstream.address() as AddressInfo;
const base = `http://127.0.0.1:${port}`;
const elsewhere = `http://localhost:${port}`;
afterAll(async () => {
  upstream.close();
  await spine.close();
});
beforeEach(() => {
  seen.length = 0;
});

let counter = 0;
async function secret(value: string, within = scope): Promise<string> {
  const name = `S_${randomBytes(6).toString("hex")}`;
  await createSecret(within, db, actor, { name, value, description: "" });
  return name;
}
async function draft(given: object): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name: `Resource ${counter++}` });
  await edit(id, given);
  return id;
}
async function edit(resourceId: string, given: object): Promise<void> {
  const { version } = (await findResource(scope, db, resourceId))!.draft;
  await saveDraft(scope, db, actor, { resourceId, version, body: ResourceDraft.parse({ ...emptyDraft(), ...given }), secrets: {} });
}
const send = (resourceId: string, byAdmin: boolean) =>
  testResource(spine, scope, actor, { resourceId, values: { key: "the-users-own-key" }, byAdmin, allowsHttp: spine.allowsHttp });
const publish = (resourceId: string) => publishResource(scope, db, actor, { resourceId, allowsHttp: spine.allowsHttp });
const withHeader = (name: string, baseUrl = base, more: object = {}) => ({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key" }],
  request: { baseUrl, authentication: { kind: "none" }, headers: [{ name: "X-Acme", value: `{{secrets.${name}}}` }] },
  ...more,
});
const sendForms = (value: string) => [value, encodeURIComponent(value), Buffer.from(value).toString("base64").replace(/=+$/, "")];

describe("a secret in templates", () => {
  test("reaches the token call and the requests in every field, and nobody sees it afterwards", async () => {
    const [a, b, c, d, e] = await Promise.all(
      ["token/seg ment", "client-é-id", "param value+", "header-value-012345678901", "pro file"].map((value) => secret(`canary-${value}`)),
    );
    const id = await draft({
      level: "user",
      authType: "oauth2_client_credentials",
      oauth: {
        accessTokenUrl: `${base}/{{secrets.${a}}}/token`,
        clientId: `{{secrets.${b}}}`,
        clientAuthentication: "none",
        parameters: [{ name: "assertion", value: `{{secrets.${c}}}`, place: "body" }],
      },
      request: {
        baseUrl: `${base}/{{secrets.${a}}}`,
        headers: [
          { name: "X-Acme", value: `{{secrets.${d}}}` },
          { name: "X-Client", value: "{{credentials.client_id | base64}}" },
        ],
      },
      test: { request: { method: "POST", path: "/x", body: { kind: "json", text: `{"p":"{{secrets.${c}}}"}` } } },
      profile: { enabled: true, source: "request", request: { path: `/me/{{secrets.${e}}}` } },
    });
    const report = await testResource(spine, scope, actor, { resourceId: id, values: {}, byAdmin: true, allowsHttp: spine.allowsHttp });
    expect(report.lanes.map(({ state, problem }) => problem?.message ?? state)).toEqual(["passed", "passed", "passed"]);
    const [token, call, profile] = seen;
    expect(token!.url).toBe("/canary-token%2Fseg%20ment/token");
    expect(Object.fromEntries(new URLSearchParams(token!.body))).toMatchObject({
      client_id: "canary-client-é-id",
      assertion: "canary-param value+",
    });
    expect(call).toMatchObject({ url: "/canary-token%2Fseg%20ment/x", body: '{"p":"canary-param value+"}' });
    expect(call!.headers).toMatchObject({
      "x-acme": "canary-header-value-012345678901",
      "x-client": Buffer.from("canary-client-é-id").toString("base64"),
    });
    expect(profile!.url).toBe("/canary-token%2Fseg%20ment/me/canary-pro%20file");

    await publish(id);
    await world.connect(id, {});
    await spine.close();
    const [kept] = await sql`select (select string_agg(to_jsonb(a)::text, '') from activity a) as activity,
      (select string_agg(to_jsonb(e)::text, '') from credential_event e) as events, (select string_agg(to_jsonb(d)::text, '') from resource_draft d) as drafts,
      (select string_agg(to_jsonb(a)::text, '') from audit a) as audits`;
    const all = JSON.stringify({ report, kept });
    for (const value of [
      "canary-token/seg ment",
      "canary-client-é-id",
      "canary-param value+",
      "canary-header-value-012345678901",
      "canary-pro file",
    ])
      for (const form of sendForms(value)) expect(all).not.toContain(form);
    expect(all).toContain("•••••• 8901");
  });

  test("replaced is used by the very next call, in the same process", async () => {
    const name = await secret("first-value");
    const id = await draft(withHeader(name));
    await publish(id);
    const definition = await loadRevision(scope, sql, id, 1);
    const call = () =>
      performRequest(spine, {
        ...{ scope, resourceId: id, definition, user: null, kind: "call", source: "sdk", renew: "never" },
        secrets: { inputs: {}, keys: { key: "k" } },
        request: definition.test.request,
      });
    await call();
    await changeSecret(scope, db, actor, { name, value: "second-value", description: "" });
    await call();
    expect(seen.map(({ headers }) => headers["x-acme"])).toEqual(["first-value", "second-value"]);
  });

  test("is not asked for where no template names one", async () => {
    const untouchable = new Proxy({}, { get: () => expect.fail("the database was asked") });
    const definition = definitionOf({ request: { baseUrl: base } });
    for (const call of ["token", "proxied", definition.test.request] as const)
      expect(await openSecretsFor(scope, untouchable as never, definition, call)).toEqual([]);
  });

  test("named by a request that isn't the definition's own isn't opened: a user of the app wrote it", async () => {
    const [own, stolen] = [await secret("own-value"), await secret("stolen-value")];
    const id = await draft(withHeader(own, base, { test: { request: { path: `/{{secrets.${stolen}}}` } } }));
    await publish(id);
    const definition = await loadRevision(scope, sql, id, 1);
    const performed = await performRequest(spine, {
      ...{ scope, resourceId: id, definition, user: null, kind: "call", source: "sdk", renew: "never" },
      secrets: { inputs: {}, keys: { key: "k" } },
      request: { ...definition.test.request, path: `/{{secrets.${stolen}}}` },
    });
    expect(performed.outcome).toMatchObject({ kind: "failure", failure: "unbuildable" });
    expect(seen).toEqual([]);
  });

  test("named by a user of the app in a proxied request is text like any other, while the definition's own secret goes along", async () => {
    const name = await secret("proxied-header-value");
    const id = await draft(withHeader(name));
    await publish(id);
    const api = createApi({ spine, onError: (error) => errors.push(error) });
    const send = (path: string, init: RequestInit) =>
      api.request(`/projects/${scope.projectId}/sdk/${path}`, {
        ...init,
        headers: {
          authorization: `Bearer ${world.signer.sign({ sub: "proxied" })}`,
          "content-type": "application/json",
          "x-own": `{{secrets.${name}}}`,
        },
      });
    const connected = await send(`resources/${id}/connect`, { method: "POST", body: JSON.stringify({ key: "k" }) });
    expect(connected.status, await connected.text()).toBe(200);
    seen.length = 0;
    const written = `{{secrets.${name}}}`;
    const answer = await send(`proxy/${id}/${encodeURIComponent(written)}?a=${encodeURIComponent(written)}`, {
      method: "POST",
      body: JSON.stringify({ written }),
    });
    expect(answer.status).toBe(200);
    expect(seen).toHaveLength(1);
    const [{ headers, ...got }] = seen as [(typeof seen)[0]];
    expect(headers["x-acme"]).toBe("proxied-header-value");
    expect(JSON.stringify(got)).not.toContain("proxied-header-value");
    expect(decodeURIComponent(got.url)).toContain(written);
    expect(headers["x-own"] ?? written).toBe(written);
  });

  test("shows neither its digest nor a signature made with it: a short one could be guessed", async () => {
    const name = await secret("1234");
    const digest = createHash("sha256").update("1234").digest("hex");
    const value = `{{secrets.${name} | sha256}}`;
    const id = await draft(withHeader(name, base, { test: { request: { path: "/x", headers: [{ name: "X-Digest", value }] } } }));
    const report = await send(id, true);
    expect(seen[0]!.headers["x-digest"]).toBe(digest);
    expect(JSON.stringify(report)).not.toContain(digest);
  });
});

describe("a secret stays with its hosts", () => {
  const refusal = { code: "forbidden", message: expect.stringContaining("Ask an admin to send this test") };

  test("an editor's test sends it only where a live resource sends it already; an admin's anywhere", async () => {
    const name = await secret("stays-here-value");
    const id = await draft(withHeader(name));
    await expect(send(id, false)).rejects.toMatchObject(refusal);
    expect(seen).toEqual([]);
    expect((await send(id, true)).passed).toBe(true);
    await expect(send(id, false), "an admin's test isn't a publication").rejects.toMatchObject(refusal);
    await publish(id);
    expect((await send(id, false)).passed).toBe(true);
    // Another resource, the same secret, the same host.
    const copy = (await duplicateResource(scope, db, actor, { resourceId: id })).id;
    expect((await send(copy, false)).passed).toBe(true);
    seen.length = 0;
    const another = await secret("another-value");
    for (const given of [
      withHeader(name, elsewhere),
      withHeader(name, `${base.replace(String(port), "1")}`),
      withHeader(another),
      // On the same host, in another way.
      { ...withHeader(name), request: { ...withHeader(name).request, headers: [{ name: "X-Other", value: `{{secrets.${name}}}` }] } },
      {
        ...withHeader(name),
        request: { ...withHeader(name).request, headers: [{ name: "X-Acme", value: `{{secrets.${name} | base64}}` }] },
      },
      {
        ...withHeader(name),
        test: { request: { method: "POST", path: "/", body: { kind: "json", text: `{"p":"{{secrets.${name}}}"}` } } },
      },
      withHeader(name, `https://{{secrets.${name}}}`),
      {
        ...withHeader(name),
        request: { ...withHeader(name).request, headers: [] },
        test: { request: { path: `/{{secrets.${another}}}` } },
      },
      {
        ...withHeader(name),
        profile: { enabled: true, source: "request", request: { path: "/", headers: [{ name: "X", value: `{{secrets.${another}}}` }] } },
      },
      {
        ...withHeader(name),
        authType: "oauth2_client_credentials",
        oauth: {
          accessTokenUrl: `${elsewhere}/token`,
          clientId: "c",
          clientAuthentication: "none",
          parameters: [{ name: "p", value: `{{secrets.${name}}}`, place: "query" }],
        },
      },
      {
        ...withHeader(name),
        authType: "oauth2_client_credentials",
        oauth: { accessTokenUrl: `${elsewhere}/token`, clientId: `{{secrets.${name}}}`, clientAuthentication: "none" },
      },
    ]) {
      await edit(copy, given);
      await expect(send(copy, false), JSON.stringify(given)).rejects.toMatchObject(refusal);
    }
    expect(seen, "nothing went out").toEqual([]);
    await deleteResource(scope, db, actor, { resourceId: id });
    await edit(copy, withHeader(name));
    await expect(send(copy, false), "no live resource sends it any more").rejects.toMatchObject(refusal);
    await restoreResource(scope, db, actor, { resourceId: id });
    expect((await send(copy, false)).passed).toBe(true);
  });

  test("no rule of a draft tells it, where the API echoes what it was sent", async () => {
    const name = await secret("guess-me-if-you-can");
    const id = await draft(withHeader(name));
    await publish(id);
    const header = "$.echo.headers['x-acme']";
    const looksFor = (pattern: string) => `$.echo[?match(@['x-acme'], '${pattern}')]`;
    const profile = { enabled: true, source: "request", request: { path: "/me" }, fields: [{ name: "stolen", path: header }] };
    await edit(id, { ...withHeader(name), profile });
    expect((await send(id, false)).passed).toBe(true);
    const kept = await sql`select to_jsonb(c)::text as row from credential c where resource_id = ${id}`;
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).toContain("stolen");
    expect(JSON.stringify(kept)).not.toContain("guess-me");
    for (const given of [
      { test: { expectPath: looksFor("guess.*") } },
      { profile: { ...profile, idPath: looksFor("guess.*") } },
      { test: { expectPath: looksFor("none.*") } },
      { profile: { ...profile, idPath: looksFor("none.*") } },
    ]) {
      await edit(id, { ...withHeader(name), ...given });
      expect((await send(id, false)).passed, JSON.stringify(given)).toBe(false);
    }
    for (const equals of ["guess-me-if-you-can", "another"]) {
      await edit(id, { ...withHeader(name), behaviour: { expired: { statuses: [401], path: header, equals } } });
      expect((await send(id, false)).passed, equals).toBe(true);
    }
  });

  test("the spine itself refuses a draft that nobody asked about", async () => {
    const name = await secret("barrier-value");
    const definition = definitionOf(withHeader(name));
    const call = {
      ...{
        scope,
        resourceId: crypto.randomUUID(),
        definition,
        user: null,
        kind: "call" as const,
        source: "test" as const,
        renew: "never" as const,
      },
      secrets: { inputs: {}, keys: { key: "k" } },
      request: definition.test.request,
    } as const;
    await expect(performRequest(spine, call)).rejects.toMatchObject({ code: "forbidden" });
    expect(seen).toEqual([]);
    expect((await performRequest(spine, { ...call, byAdmin: true })).outcome).toMatchObject({ status: 200 });
  });

  test("an end user doesn't choose where it goes: neither it nor a token that it bought", async () => {
    const name = await secret("bought-with-this");
    const inputs = [{ key: "host", title: "Host" }];
    const problem = async (given: object) =>
      publish(await draft(given)).then(
        () => undefined,
        (error: { details: { fields: Record<string, string> } }) => error.details.fields["request.baseUrl"],
      );
    expect(await problem(withHeader(name, "https://{{inputs.host}}", { inputs }))).toContain("lets each user choose it");
    const bought = {
      level: "user",
      authType: "oauth2_client_credentials",
      inputs,
      oauth: {
        accessTokenUrl: "https://auth.example.com/token",
        clientId: "c",
        clientAuthentication: "none",
        parameters: [{ name: "client_secret", value: `{{secrets.${name}}}`, place: "body" }],
      },
      request: { baseUrl: "https://{{inputs.host}}" },
    };
    expect(await problem(bought)).toContain("lets each user choose it");
    expect(await problem({ ...bought, request: { baseUrl: "https://{{inputs.host}}.example.com" } })).toBeUndefined();
  });
});

describe("a secret as the host", () => {
  test("is a host name and nothing else, and isn't seen in the activity", async () => {
    const name = await secret(`127.0.0.1:${port}`);
    const given = { ...withHeader(name, `http://{{secrets.${name}}}`) };
    const definition = definitionOf({ ...given, request: { ...given.request, headers: [] } });
    const rows: { host?: string }[] = [];
    const call = () =>
      performRequest(
        { ...spine, record: (row) => rows.push(row) },
        {
          ...{
            scope,
            resourceId: crypto.randomUUID(),
            definition,
            user: null,
            kind: "call",
            source: "test",
            renew: "never",
            byAdmin: true,
          },
          secrets: { inputs: {}, keys: { key: "k" } },
          request: definition.test.request,
        },
      );
    expect((await call()).outcome).toMatchObject({ status: 200 });
    expect(rows.map(({ host }) => host)).toEqual(["••••••"]);
    for (const value of ["evil.example/x", "a@evil.example", "evil.example#", "evil.example?", "evil .example", "", "2130706433", "a\\b"]) {
      await sql`delete from secret where name = ${name}`;
      await createSecret(scope, db, actor, { name, value: value || " ", description: "" });
      expect((await call()).outcome, value).toMatchObject({ kind: "failure", failure: "unbuildable" });
    }
    const unreachable = "nowhere-canary.invalid";
    await changeSecret(scope, db, actor, { name, value: unreachable, description: "" });
    const { outcome, redact } = await call();
    if (outcome?.kind !== "failure") throw new Error("it went out");
    expect(JSON.stringify([redact(outcome.message), outcome.fix, rows])).not.toContain(unreachable);
  });
});

describe("where it is used", () => {
  test("counts drafts, live definitions and deleted resources; only live ones keep it from being deleted", async () => {
    const name = await secret("used-value-0123456789");
    const id = await draft(withHeader(name));
    const uses = async () =>
      ((await listSecretUses(scope, db)).get(name) ?? []).map(({ isLive, isDraft, isDeleted }) => ({ isLive, isDraft, isDeleted }));
    expect(await uses()).toEqual([{ isLive: false, isDraft: true, isDeleted: false }]);
    await publish(id);
    await edit(id, { ...withHeader(name), request: { baseUrl: base } });
    expect(await uses()).toEqual([{ isLive: true, isDraft: false, isDeleted: false }]);
    const remove = () => deleteSecret(scope, db, actor, { name });
    await expect(remove()).rejects.toMatchObject({ code: "conflict", message: expect.stringMatching(/^Resource \d+ uses S_/) });
    // Another project's member can't.
    const abroad = await world.secondProject();
    await expect(deleteSecret(abroad, db, actor, { name })).rejects.toMatchObject({ code: "not_found" });
    await deleteResource(scope, db, actor, { resourceId: id });
    expect(await uses()).toEqual([{ isLive: true, isDraft: false, isDeleted: true }]);
    await remove();
    const [left] = await sql`select count(*)::int as n from sealed_value where owner = ${`secret:${name}`}`;
    expect(left!.n, "the value is shredded").toBe(0);
  });

  test("deleted while it is published: one of the two is refused", async () => {
    for (let round = 0; round < 8; round++) {
      const name = await secret("raced");
      const id = await draft(withHeader(name));
      // Sometimes the one comes first, sometimes the other.
      const remove = sleep(round * 8).then(() => deleteSecret(scope, db, actor, { name }));
      const ends = await Promise.allSettled([publish(id), remove]);
      expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    }
  });

  test("gone, or never there, keeps a draft from going live with the words that fix it, restored and duplicated ones too", async () => {
    const name = await secret("to-be-deleted");
    const id = await draft(withHeader(name));
    await publish(id);
    await edit(id, { ...withHeader(name), request: { baseUrl: base } });
    await publish(id);
    await deleteSecret(scope, db, actor, { name });
    await restoreRevision(scope, db, actor, { resourceId: id, number: 1 });
    const missing = { details: { fields: { "request.headers.0.value": expect.stringContaining(`There is no secret named ${name}`) } } };
    await expect(publish(id)).rejects.toMatchObject(missing);
    await expect(send(id, true)).rejects.toMatchObject(missing);
    const copy = (await duplicateResource(scope, db, actor, { resourceId: id })).id;
    await expect(publish(copy)).rejects.toMatchObject(missing);
  });

  test("by another project's name is nobody's: it can't be published, and a definition that got in anyhow sends nothing", async () => {
    const abroad = await world.secondProject();
    const name = await secret("foreign-secret-value", abroad);
    const id = await draft(withHeader(name));
    await expect(publish(id)).rejects.toMatchObject({ code: "bad_input" });
    const definition = definitionOf(withHeader(name));
    const performed = await performRequest(spine, {
      ...{
        scope,
        resourceId: id,
        definition,
        user: null,
        kind: "call" as const,
        source: "test" as const,
        renew: "never" as const,
        byAdmin: true,
      },
      secrets: { inputs: {}, keys: { key: "k" } },
      request: definition.test.request,
    });
    expect(performed.outcome).toMatchObject({
      failure: "unbuildable",
      message: `There is no secret named ${name}. An admin adds it in Settings, Secrets.`,
    });
    expect(seen).toEqual([]);
  });
});
