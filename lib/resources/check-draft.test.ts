import { describe, expect, test } from "vitest";
import { type CheckContext, checkDraft } from "./check-draft.ts";
import { listKnownVariables } from "./list-known-variables.ts";
import { emptyDraft, ResourceDraft } from "./schema.ts";

const draftOf = (given: object): ResourceDraft => ResourceDraft.parse({ ...emptyDraft(), ...given });
const context: CheckContext = {
  allowsHttp: (host, port) => `${host}:${port}` === "10.0.0.9:8080",
  clientSecretHost: undefined,
  secretNames: ["ACME_KEY"],
};
const problemsOf = (given: object, more: Partial<CheckContext> = {}) => checkDraft(draftOf(given), { ...context, ...more }).problems;
const problemAt = (path: string, given: object, more: Partial<CheckContext> = {}) =>
  problemsOf(given, more).find((problem) => problem.path === path);

const input = (key: string, given: object = {}) => ({ key, title: key, ...given });
const keys = {
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "username" }, { name: "password" }],
  request: { baseUrl: "https://api.example.com" },
};
const oauth = (given: object = {}, more: object = {}) => ({
  level: "user",
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: "https://auth.example.com/token", clientId: "c", clientAuthentication: "none", ...given },
  request: { baseUrl: "https://api.example.com" },
  ...more,
});
const sealed = { clientSecret: { kind: "sealed", id: "00000000-0000-4000-8000-000000000001" }, clientAuthentication: "basic" };

describe("a whole draft has no problems:", () => {
  test.each<[string, object, Partial<CheckContext>?]>([
    ["API keys", keys],
    ["refresh token, public client", oauth()],
    ["refresh token with a sealed secret", oauth(sealed), { clientSecretHost: "auth.example.com" }],
    [
      "client credentials of the user's own",
      oauth(
        { clientAuthentication: "body", clientSecret: { kind: "input", key: "own" } },
        { authType: "oauth2_client_credentials", inputs: [input("own", { secret: true })] },
      ),
    ],
    ["app level", { ...keys, level: "app" }],
    ["http to a listed target", { ...keys, request: { baseUrl: "http://10.0.0.9:8080/x" } }],
    ["an input in the path", { ...keys, inputs: [input("tenant")], request: { baseUrl: "https://api.example.com/{{inputs.tenant}}" } }],
    [
      "metadata in a body",
      { ...keys, test: { request: { method: "POST", body: { kind: "json", text: '{"plan": "{{user.metadata.plan}}"}' } } } },
    ],
  ])("%s", (_, given, more = {}) => {
    const { definition, problems } = checkDraft(draftOf(given), { ...context, ...more });
    expect(problems).toEqual([]);
    expect(definition).not.toBeNull();
  });

  test("and gets the API Authentication that fits when nobody chose one", () => {
    expect(checkDraft(draftOf(keys), context).definition!.request.authentication.kind).toBe("basic");
    expect(checkDraft(draftOf(oauth()), context).definition!.request.authentication.kind).toBe("bearer");
    const one = { ...keys, apiKeys: [{ name: "token" }] };
    expect(checkDraft(draftOf(one), context).definition!.request.authentication.kind).toBe("headers");
  });
});

describe("who may choose the host:", () => {
  const shared = (accessTokenUrl: string, inputs: object[]) =>
    problemAt("oauth.accessTokenUrl", oauth({ ...sealed, accessTokenUrl }, { inputs }), {
      clientSecretHost: accessTokenUrl.replace(/^https:\/\/([^/]*).*/, "$1").toLowerCase(),
    });

  test.each<[string, string, object[]]>([
    ["the whole host", "https://{{inputs.host}}/token", [input("host")]],
    ["what ends it", "https://api.{{inputs.host}}/token", [input("host")]],
    ["the name under a public suffix", "https://{{inputs.host}}.co.uk/token", [input("host")]],
    ["the name under a suffix where anybody gets one", "https://{{inputs.host}}.github.io/token", [input("host")]],
    ["a part of an address", "https://{{inputs.host}}.0.0.1/token", [input("host")]],
    ["the top level", "https://api.example.{{inputs.host}}/token", [input("host")]],
  ])("a user who chooses %s can't, where a shared client secret travels", (_, url, inputs) => {
    expect(shared(url, inputs)?.message).toMatch(/all users share/);
  });

  test("one label under the admin's domain, or a value from the admin's list, is fine", () => {
    expect(shared("https://{{inputs.tenant}}.example.com/token", [input("tenant")])).toBeUndefined();
    const list = [input("host", { accepts: { kind: "choices", choices: ["a.example.com", "b.example.net"] } })];
    expect(
      problemAt("oauth.accessTokenUrl", oauth({ ...sealed, accessTokenUrl: "https://{{inputs.host}}/token" }, { inputs: list }), {
        clientSecretHost: "{{inputs.host}} (inputs.host: a.example.com, b.example.net)",
      }),
    ).toBeUndefined();
  });

  test("the user's own key may go to the user's own host; a token got with a shared client may not", () => {
    const request = { baseUrl: "https://{{inputs.host}}" };
    const inputs = [input("host")];
    expect(problemAt("request.baseUrl", { ...keys, inputs, request })).toBeUndefined();
    const service = oauth(sealed, { authType: "oauth2_client_credentials", inputs, request });
    expect(problemAt("request.baseUrl", service, { clientSecretHost: "auth.example.com" })?.message).toMatch(/all users share/);
  });

  test.each(["user.metadata.host", "user.id", "profile.id", "credentials.username"])("{{%s}} is never part of a host", (name) => {
    const profile = { enabled: true, request: { path: "/me" } };
    expect(problemAt("request.baseUrl", { ...keys, profile, request: { baseUrl: `https://{{${name}}}.example.com` } })).toBeDefined();
  });

  test("a secret input is never part of a host", () => {
    const given = { ...keys, inputs: [input("host", { secret: true })], request: { baseUrl: "https://{{inputs.host}}.example.com" } };
    expect(problemAt("request.baseUrl", given)?.message).toMatch(/secret/);
  });

  test.each([
    "api.example.com",
    "ftp://api.example.com",
    "{{inputs.url}}",
    "https://",
    "https://user:pw@api.example.com",
    "https://a\\b.example",
    "https://api.example.com/#x",
    "https://api.example.com:0{{inputs.p}}",
  ])("%s is no address", (baseUrl) => {
    expect(problemAt("request.baseUrl", { ...keys, inputs: [input("url"), input("p")], request: { baseUrl } })).toBeDefined();
  });

  test.each([
    "http://10.0.0.9/x",
    "http://10.0.0.9:8081",
    "http://api.example.com",
    "http://10.0.0.9.evil.example:8080",
    "http://{{inputs.h}}:8080",
  ])("plain %s isn't on the list", (baseUrl) => {
    expect(problemAt("request.baseUrl", { ...keys, inputs: [input("h")], request: { baseUrl } })?.message).toMatch(/https|host/);
  });
});

describe("a client secret", () => {
  test("typed for another host is to be typed again", () => {
    expect(problemAt("oauth.clientSecret", oauth(sealed), { clientSecretHost: "old.example.com" })?.message).toMatch(
      /set for old\.example\.com .* Type it again/,
    );
    expect(problemAt("oauth.clientSecret", oauth(sealed))?.message).toMatch(/isn't stored any more/);
  });

  test("is asked for unless it isn't sent", () => {
    expect(problemAt("oauth.clientSecret", oauth({ clientAuthentication: "basic" }))?.message).toMatch(/Enter the Client Secret/);
  });

  test("taken from an input needs that input, and it secret", () => {
    const own = { clientAuthentication: "body", clientSecret: { kind: "input", key: "own" } };
    expect(problemAt("oauth.clientSecret", oauth(own))?.message).toMatch(/no Required Input "own"/);
    expect(problemAt("oauth.clientSecret", oauth(own, { inputs: [input("own")] }))?.message).toMatch(/switch its Secret on/);
  });
});

describe("variables", () => {
  const withPath = (path: string, more: object = {}) => problemAt("test.request.path", { ...keys, ...more, test: { request: { path } } });

  test("that are inputs nobody declared come with the one click that adds them", () => {
    expect(withPath("/{{inputs.region}}")).toMatchObject({ step: "test-and-publish", fix: { kind: "add-input", key: "region" } });
  });

  test("that are misspelt come with the one that was meant", () => {
    expect(withPath("/{{credentials.usernam}}")?.fix).toEqual({ kind: "use-variable", name: "credentials.username" });
  });

  test("that don't exist yet during the token call say so", () => {
    expect(problemAt("oauth.scope", oauth({ scope: "{{user.id}}" }))?.message).toMatch(/doesn't exist yet during the token call/);
  });

  test.each([
    "user.metadata.key",
    'user["metadata"]["key"]',
    "profile.id",
    "credentials.username | default: user.metadata.key",
    "user.metadata.key | sha256",
  ])("{{%s}} is no authentication, in none of the places that authenticate", (name) => {
    const value = `{{${name}}}`;
    const profile = { enabled: true, request: { path: "/me" } };
    const authenticated = (authentication: object) => ({ ...keys, profile, request: { ...keys.request, authentication } });
    expect(problemAt("request.authentication.token", authenticated({ kind: "bearer", token: value }))).toBeDefined();
    expect(problemAt("request.authentication.password", authenticated({ kind: "basic", password: value }))).toBeDefined();
    expect(
      problemAt("request.authentication.query.0.value", authenticated({ kind: "query", query: [{ name: "k", value }] })),
    ).toBeDefined();
    expect(
      problemAt("request.authentication.headers.0.value", authenticated({ kind: "headers", headers: [{ name: "X", value }] })),
    ).toBeDefined();
    const header = { name: "Authorization", value };
    expect(problemAt("request.headers.0.value", { ...keys, profile, request: { ...keys.request, headers: [header] } })).toBeDefined();
    expect(problemAt("test.request.headers.0.value", { ...keys, profile, test: { request: { headers: [header] } } })).toBeDefined();
  });

  test("exist where the rules say, and nowhere else", () => {
    const names = (place: "token" | "profile" | "request", given: object) =>
      listKnownVariables(draftOf(given), place, ["ACME_KEY"]).map(({ name }) => name);
    const whole = oauth(sealed, { inputs: [input("tenant")], profile: { enabled: true, fields: [{ name: "email", path: "$.email" }] } });
    expect(names("token", whole).sort()).toEqual([
      "credentials.access_token",
      "credentials.client_id",
      "credentials.client_secret",
      "credentials.refresh_token",
      "inputs.tenant",
      "secrets.ACME_KEY",
    ]);
    expect(names("profile", whole)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^profile\.|client_secret/)]));
    expect(names("request", whole)).toEqual(expect.arrayContaining(["profile.id", "profile.email", "user.id", "credentials.expires_at"]));
    expect(names("request", whole)).not.toContain("credentials.client_secret");
    expect(names("request", { ...whole, level: "app" }).some((name) => /^(inputs|profile)\./.test(name))).toBe(false);
  });
});

describe("names, patterns and paths", () => {
  test("one name is used once: users send inputs and keys in one object", () => {
    expect(problemAt("apiKeys.0.name", { ...keys, inputs: [input("username")] })?.message).toMatch(/used twice/);
    expect(problemAt("inputs.1.key", { ...keys, inputs: [input("a"), input("a")] })?.message).toMatch(/used twice/);
  });

  test.each(["access_token", "toString", "__proto__", "1a", ""])("%j is no name for an input", (key) => {
    expect(problemAt("inputs.0.key", { ...keys, inputs: [input(key)] })).toBeDefined();
  });

  test.each(["(", "(?=x)", "(a)\\1"])("the pattern %s doesn't parse", (pattern) => {
    expect(
      problemAt("inputs.0.accepts.pattern", { ...keys, inputs: [input("a", { accepts: { kind: "pattern", pattern } })] })?.message,
    ).toMatch(/RE2/);
    expect(problemAt("apiKeys.0.pattern", { ...keys, apiKeys: [{ name: "k", pattern }] })?.message).toMatch(/RE2/);
  });

  test.each(["$.a[", "$$", "$.[a]"])("%s is no JSON path", (expectPath) => {
    expect(problemAt("test.expectPath", { ...keys, test: { expectPath } })?.message).toMatch(/doesn’t parse/);
  });

  test.each(["Host", "Content-Length", "X Y", "X\r\nEvil", "é"])("%j is no name for a header, in none of the places", (name) => {
    const pair = { name, value: "v" };
    expect(problemAt("request.headers.0.name", { ...keys, request: { ...keys.request, headers: [pair] } })).toBeDefined();
    expect(problemAt("test.request.headers.0.name", { ...keys, test: { request: { headers: [pair] } } })).toBeDefined();
    expect(problemAt("oauth.parameters.0.name", oauth({ parameters: [{ ...pair, place: "header" }] }))).toBeDefined();
  });

  test("a lone variable in a JSON body is to be quoted", () => {
    const body = { kind: "json", text: '{"id": {{user.id}}}' };
    expect(problemAt("test.request.body.text", { ...keys, test: { request: { body } } })).toBeDefined();
  });
});

test("an empty draft says what is missing, a field at a time, in the order of the steps", () => {
  const problems = problemsOf({});
  expect(problems[0]).toMatchObject({ step: "api-info" });
  expect(new Set(problems.map(({ path }) => path)).size).toBe(problems.length);
  for (const { message } of problems) expect(message).toMatch(/^[A-Z].*\.$/s);
});

test("whatever is typed, checking ends in problems and never throws", () => {
  for (const text of [
    "{{",
    "}}",
    "{{{{",
    "{% if %}",
    "{{inputs}}",
    "{{inputs.a.b.c}}",
    "{{ | }}",
    "{{'",
    "\u0000",
    "https://[",
    "https://%",
    "https://{{",
    "https://{{inputs.a}}{{inputs.b}}",
    "{{user}}",
  ]) {
    const everywhere = oauth(
      { ...sealed, accessTokenUrl: text, clientId: text, scope: text, parameters: [{ name: text, value: text, place: "header" }] },
      {
        inputs: [input(text)],
        request: {
          baseUrl: text,
          headers: [{ name: text, value: text }],
          authentication: { kind: "query", query: [{ name: text, value: text }] },
        },
        test: { request: { path: text, body: { kind: "json", text } }, expectPath: text },
      },
    );
    expect(checkDraft(draftOf(everywhere), { ...context, clientSecretHost: "x" }).definition, text).toBeNull();
  }
});
