import { Writable } from "node:stream";
import { pino } from "pino";
import { describe, expect, test } from "vitest";
import { createSigningKey } from "#lib/projects/create-signing-key.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { deleteResource } from "#lib/resources/delete-resource.ts";
import { createApi } from "./create-api.ts";
import { makeSigner, tasklabDraft, testApi } from "./testing.ts";

const world = await testApi();
const { publish, tasklab, sql, signer, scope, actor, db, spine, secondProject, test: testDraft } = world;

let log = "";
const intoLog = new Writable({
  write: (chunk, _encoding, done) => {
    log += chunk;
    done();
  },
});
const logger = pino({ level: "trace" }, intoLog);
const api = createApi({ spine, onError: (error, requestId) => logger.error({ err: error, requestId }, "unexpected error") });

/** All that the doors ever answered here, headers included. */
let answers = "";
async function call(method: string, path: string, token: string | null, body?: unknown) {
  const response = await api.request(path, {
    method,
    headers: { ...(token === null ? {} : { authorization: `Bearer ${token}` }), "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  answers += `${[...response.headers].join("\n")}\n${text}\n`;
  return { status: response.status, headers: response.headers, text, comparable: text.replace(/"requestId":"[^"]*"/, "") };
}

/** Row counts and digests of all tables but those that any call may write (quality.md, Isolation). */
async function digestOfTables(): Promise<string> {
  const tables = await sql<{ name: string }[]>`
    select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
      and relname !~ '^(activity|audit|login)' order by relname`;
  const parts = await Promise.all(
    tables.map(async ({ name }) => {
      const [row] =
        await sql`select count(*)::int as n, md5(coalesce(string_agg(md5((to_jsonb(t) - 'last_seen_at' - 'last_used_at')::text), '' order by to_jsonb(t)::text), '')) as digest from ${sql(name)} t`;
      return `${name} ${row!.n} ${row!.digest}`;
    }),
  );
  return parts.join("\n");
}

const ada = { tenant: "northgate", username: "ada", password: "lovelace-1843" };
const mine = await publish("Mine", tasklabDraft.apiKey(tasklab.url));
const unpublished = (await createResource(scope, db, actor, { name: "Unpublished" })).id;
const deleted = await publish("Deleted", tasklabDraft.apiKey(tasklab.url));
await deleteResource(scope, db, actor, { resourceId: deleted });
const elsewhere = await secondProject();
const stranger = makeSigner();
await createSigningKey(elsewhere, db, actor, { publicKeyPem: stranger.publicPem });
const nobody = crypto.randomUUID();

/** Each route of the machine doors, with a project, and a resource where it takes one. */
const ROUTES: {
  name: string;
  method: string;
  path: (project: string, resource: string) => string;
  body?: unknown;
  takesResource?: true;
}[] = [
  {
    name: "call",
    method: "GET",
    path: (project, resource) => `/projects/${project}/sdk/proxy/${resource}/tasks`,
    takesResource: true,
  },
  {
    name: "call, v2",
    method: "POST",
    path: (project, resource) => `/v2/projects/${project}/sdk/proxy/${resource}/tasks`,
    body: {},
    takesResource: true,
  },
  {
    name: "connect",
    method: "POST",
    path: (project, resource) => `/projects/${project}/sdk/resources/${resource}/connect`,
    body: ada,
    takesResource: true,
  },
  {
    name: "connect, v2",
    method: "POST",
    path: (project, resource) => `/v2/projects/${project}/sdk/resources/${resource}/connect`,
    body: ada,
    takesResource: true,
  },
  { name: "me", method: "GET", path: (project) => `/projects/${project}/sdk/me` },
  { name: "metadata", method: "PATCH", path: (project) => `/projects/${project}/sdk/me`, body: { meta: { plan: "stolen" } } },
  { name: "integrations", method: "GET", path: (project) => `/projects/${project}/sdk/integrations` },
  {
    name: "uninstall",
    method: "DELETE",
    path: (project, resource) => `/projects/${project}/sdk/integrations/${resource}`,
    takesResource: true,
  },
  {
    name: "account",
    method: "GET",
    path: (project, resource) => `/projects/${project}/sdk/credentials?integration=${resource}`,
    takesResource: true,
  },
  { name: "event", method: "POST", path: (project) => `/projects/${project}/sdk/events/trigger`, body: { name: "stolen", payload: {} } },
  { name: "workflow", method: "POST", path: (project, workflow) => `/projects/${project}/sdk/triggers/${workflow}`, body: {} },
  { name: "enable a workflow", method: "POST", path: (project, workflow) => `/projects/${project}/sdk/workflows/${workflow}` },
  { name: "disable a workflow", method: "DELETE", path: (project, workflow) => `/projects/${project}/sdk/workflows/${workflow}` },
];
/**
 * Without a project, and the same for everybody: the hidden frame of the published client, and our own client as a package. And hooks, which are
 * told by their token alone: what another project sees of their deliveries is in hooks.test.
 */
const PUBLIC_ROUTES = ["GET /ui", "GET /connect.tgz", "ALL /hooks/:token"];

test("the list of routes here is the router's own", () => {
  const registered = new Set(
    api.routes
      // What stands before every route is none.
      .filter(({ method, path }) => method !== "ALL" || path !== "/*")
      .map(({ method, path }) => `${method} ${path.replace(/^\/v2/, "").replace(/\/$/, "").replace(":workflowId", ":resourceId")}`),
  );
  const walked = new Set(
    ROUTES.map(({ method, path }) =>
      `${method} ${path(":projectId", ":resourceId").replace(/^\/v2|\?.*/g, "")}`.replace(/^\w+ (.*\/sdk\/proxy\/).*/, "ALL $1*"),
    ),
  );
  expect([...walked, ...PUBLIC_ROUTES].sort()).toEqual([...registered].sort());
});

describe.each(ROUTES)("$name", ({ method, path, body, takesResource }) => {
  test("with another project's token answers like a project that doesn't exist, and changes nothing", async () => {
    const before = await digestOfTables();
    const foreign = await call(method, path(scope.projectId, mine), stranger.sign({ sub: "mallory" }), body);
    const unknown = await call(method, path(nobody, mine), stranger.sign({ sub: "mallory" }), body);
    const malformed = await call(method, path("..%2f%00", mine), stranger.sign({ sub: "mallory" }), body);
    expect(foreign.status).toBe(401);
    expect(unknown.comparable).toBe(foreign.comparable);
    expect(malformed.comparable).toBe(foreign.comparable);
    expect(foreign.headers.get("www-authenticate")).toBe("Bearer");
    expect(foreign.headers.get("access-control-allow-origin")).toBe("*");
    expect(await digestOfTables()).toBe(before);
  });

  test("without a token, with a cookie or an API key instead, is refused and changes nothing", async () => {
    const before = await digestOfTables();
    expect((await call(method, path(scope.projectId, mine), null, body)).status).toBe(401);
    const cookie = await api.request(path(scope.projectId, mine), {
      method,
      headers: { cookie: "authjs.session-token=x" },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    expect(cookie.status).toBe(401);
    expect(await digestOfTables()).toBe(before);
  });

  test("counts its calls: a user who makes too many is told when to come again", async () => {
    const callLimits = { calls: { user: 0.5, project: 100 }, inputs: { user: 0, project: 0 } };
    const limited = createApi({ spine, onError: (error) => logger.error({ err: error }), callLimits });
    const headers = { authorization: `Bearer ${signer.sign({ sub: "busy" })}`, "content-type": "application/json" };
    const hit = () =>
      limited.request(path(scope.projectId, nobody), { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    // One at once, and the next after two seconds.
    expect((await hit()).status).not.toBe(429);
    const refused = await hit();
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "2"]);
    // One limiter: another door knows it too.
    expect((await limited.request(`/projects/${scope.projectId}/sdk/me`, { headers })).status).toBe(429);
  });

  if (takesResource)
    test("of another project's, a deleted, an unpublished and no resource answers the same, and changes nothing", async () => {
      const before = await digestOfTables();
      const own = signer.sign({ sub: "mallory" });
      const ends = [
        await call(method, path(scope.projectId, nobody), own, body),
        await call(method, path(elsewhere.projectId, mine), stranger.sign({ sub: "mallory" }), body),
        await call(method, path(scope.projectId, unpublished), own, body),
        await call(method, path(scope.projectId, deleted), own, body),
        await call(method, path(scope.projectId, "not-a-uuid"), own, body),
        await call(method, path(scope.projectId, "%00"), own, body),
      ];
      expect(new Set(ends.map(({ status }) => status))).toEqual(new Set([404]));
      expect(new Set(ends.map(({ comparable }) => comparable)).size).toBe(1);
      expect(await digestOfTables()).toBe(before);
    });
});

test("the same sub in two projects is two people, who see nothing of each other", async () => {
  await call("PATCH", `/projects/${scope.projectId}/sdk/me`, signer.sign({ sub: "twin" }), { meta: { where: "here" } });
  await call("POST", `/projects/${scope.projectId}/sdk/resources/${mine}/connect`, signer.sign({ sub: "twin" }), ada);
  const there = await call("GET", `/projects/${elsewhere.projectId}/sdk/me`, stranger.sign({ sub: "twin" }));
  expect(JSON.parse(there.text)).toMatchObject({ meta: {}, resources: [] });
});

describe("no secret is anywhere outside sealed columns", () => {
  /** Hard to miss and hard on encoders: quotes, slashes, plus, percent, beyond ASCII. */
  const canary = (name: string) => `canary-${name}-"q/\\+%41&é-${crypto.randomUUID()}`;
  const secrets = {
    clientSecret: canary("client-secret"),
    token: `canary-access-${crypto.randomUUID()}`,
    refresh: canary("refresh"),
    password: `canary-password-"q/+%41&-${crypto.randomUUID()}`,
    input: canary("input"),
    appKey: `canary-app-key-${crypto.randomUUID()}`,
  };

  const spellings = (secret: string): string[] => {
    const json = JSON.stringify(secret).slice(1, -1);
    const url = encodeURIComponent(secret);
    const base64 = [0, 1, 2].map((offset) => {
      const whole = Buffer.from(`${"x".repeat(offset)}${secret}`).toString("base64");
      return whole.slice(offset ? 4 : 0, -4);
    });
    const form = new URLSearchParams({ a: secret }).toString().slice(2);
    const all = [secret, json, json.replaceAll("/", "\\/"), JSON.stringify(json).slice(1, -1), url, url.toLowerCase(), form, ...base64];
    return [
      ...new Set([...all, ...base64.map((text) => text.replaceAll("+", "-").replaceAll("/", "_")), Buffer.from(secret).toString("hex")]),
    ];
  };

  /** All tables as text, but for the columns that hold ciphertext or keyed digests. */
  async function dump(): Promise<string> {
    const columns = await sql<{ table: string; column: string }[]>`
      select table_name as "table", column_name as "column" from information_schema.columns
      where table_schema = 'public' and not (data_type = 'bytea' and column_name in ('ciphertext', 'supplied_digest'))`;
    const tables = Map.groupBy(columns, ({ table }) => table);
    const parts = await Promise.all(
      [...tables].map(async ([table, names]) => {
        const rows =
          await sql`select row_to_json(t)::text as row from (select ${sql(names.map(({ column }) => column))} from ${sql(table)}) t`;
        return `${table}\n${rows.map(({ row }) => row as string).join("\n")}`;
      }),
    );
    return parts.join("\n");
  }

  test("after connects, tests and refusals, with an API that echoes all it gets", async () => {
    const echoing = {
      ...tasklabDraft.apiKey(tasklab.url),
      inputs: [{ key: "note", title: "Note", secret: true }],
      request: {
        baseUrl: `${tasklab.url}/northgate/open`,
        authentication: { kind: "basic", username: "{{credentials.username}}", password: "{{credentials.password}}" },
        headers: [{ name: "X-Note", value: "{{inputs.note | base64}}" }],
      },
      profile: { enabled: false },
      test: {
        request: {
          method: "POST",
          path: "/echo/{{credentials.password}}",
          query: [{ name: "again", value: "{{inputs.note}}" }],
          body: { kind: "json", text: '{"inside": "x{{inputs.note}}y", "alone": "{{credentials.password}}"}' },
        },
        verifyOnConnect: true,
      },
    };
    const echo = await publish("Echo", echoing);
    const keys = { note: secrets.input, username: "ada", password: secrets.password };
    const good = await call("POST", `/projects/${scope.projectId}/sdk/resources/${echo}/connect`, signer.sign({ sub: "c1" }), keys);
    expect(good.status, good.text).toBe(200);
    expect((await testDraft(echo, keys)).passed).toBe(true);

    const form = await publish("Echo by form", {
      ...echoing,
      test: {
        request: { method: "POST", path: "/echo", body: { kind: "form", fields: [{ name: "n", value: "{{inputs.note}}" }] } },
        verifyOnConnect: true,
      },
    });
    expect(
      (await call("POST", `/projects/${scope.projectId}/sdk/resources/${form}/connect`, signer.sign({ sub: "c2" }), keys)).status,
    ).toBe(200);
    expect((await testDraft(form, keys)).passed).toBe(true);

    // Refused and misspelt: neither the message nor the log repeats a value.
    for (const body of [
      { ...keys, [`${secrets.input} and more`]: secrets.password },
      { ...keys, username: { secret: secrets.password } },
      { note: secrets.input },
    ])
      expect(
        (await call("POST", `/projects/${scope.projectId}/sdk/resources/${echo}/connect`, signer.sign({ sub: "c3" }), body)).status,
      ).toBe(400);

    // Tokens: given, refused by the token endpoint, sent to one that fails in each way.
    for (const trick of [
      "",
      "/switch/token-error=invalid_grant",
      "/switch/status=500",
      "/switch/html",
      "/switch/token-without-access-token",
      "/switch/redirect-to-other-origin",
      "/switch/redirect-to-private=ten",
    ]) {
      const id = await publish(
        `OAuth ${trick.replaceAll("/", " ")}`,
        {
          level: "user",
          authType: "oauth2_refresh_token",
          oauth: {
            accessTokenUrl: `${tasklab.url}${trick}/northgate/oauth/token`,
            clientId: "tasklab-web",
            clientAuthentication: trick.includes("html") ? "body" : "basic",
          },
          request: { baseUrl: `${tasklab.url}/northgate/open` },
          test: { request: { path: "/echo" }, verifyOnConnect: true },
        },
        secrets.clientSecret,
      );
      const path = `/projects/${scope.projectId}/sdk/resources/${id}/connect`;
      expect((await call("POST", path, signer.sign({ sub: "t" }), { refresh_token: secrets.refresh })).status).toBe(400);
      const given = await call("POST", path, signer.sign({ sub: "t" }), { access_token: secrets.token, refresh_token: secrets.refresh });
      expect(given.status, given.text).toBe(200);
      await testDraft(id, { access_token: secrets.token, refresh_token: secrets.refresh });
      await testDraft(id, { access_token: secrets.token, refresh_token: null });
    }

    const app = await publish("App", {
      level: "app",
      authType: "api_key",
      apiKeys: [{ name: "key" }],
      request: {
        baseUrl: `${tasklab.url}/northgate/open`,
        authentication: { kind: "query", query: [{ name: "k", value: "{{credentials.key}}" }] },
      },
      test: { request: { path: "/echo" } },
    });
    expect((await testDraft(app, { key: secrets.appKey })).passed).toBe(true);

    await spine.close();
    const everything = { database: await dump(), log, answers };
    expect(everything.database, "the dump sees what is shown").toContain("••••••");
    for (const [place, text] of Object.entries(everything))
      for (const [name, secret] of Object.entries(secrets))
        for (const spelling of spellings(secret)) {
          const at = text.indexOf(spelling);
          expect(at < 0 ? "" : text.slice(Math.max(0, at - 80), at + 60), `${name} in the ${place}`).toBe("");
        }
    expect(log).toBe("");
  });
});
