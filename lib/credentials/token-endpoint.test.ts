import { describe, expect, test } from "vitest";
import type { Outcome } from "#lib/transport/schema.ts";
import { OAuthSettings as Schema } from "./testing.ts";
import { buildTokenRequest, processTokenResponse, type TokenGrant } from "./token-endpoint.ts";

const oauth = (given: object = {}) => Schema({ accessTokenUrl: "https://auth.example/token?a=b%20c", clientId: "client", ...given });
const refresh: TokenGrant = { type: "refresh_token", refreshToken: "r&1 +/=" };
const build = (given: object = {}, grant: TokenGrant = refresh, clientSecret: string | undefined = "s:e c%&ü") =>
  buildTokenRequest({
    oauth: oauth(given),
    grant,
    clientSecret,
    scope: { inputs: { tenant: "north gate" }, credentials: { client_secret: clientSecret } },
    hostRule: { hostValues: "hostname", choices: {} },
  });
const bodyOf = (request: { body?: string | Uint8Array }) => [...new URLSearchParams(String(request.body))];
const headerOf = (request: { headers: [string, string][] }, name: string) =>
  request.headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);

describe("the client proves itself", () => {
  test("by a Basic header of form-encoded id and secret (RFC 6749, section 2.3.1), and not in the body too", () => {
    const request = build({ clientId: "a:b c" });
    const [header] = headerOf(request, "authorization");
    expect(Buffer.from(header!.replace("Basic ", ""), "base64").toString()).toBe("a%3Ab+c:s%3Ae+c%25%26%C3%BC");
    expect(bodyOf(request)).toEqual([
      ["grant_type", "refresh_token"],
      ["refresh_token", "r&1 +/="],
    ]);
  });

  test("in the body, and then without a header", () => {
    const request = build({ clientAuthentication: "body" });
    expect(headerOf(request, "authorization")).toEqual([]);
    expect(bodyOf(request)).toEqual([
      ["grant_type", "refresh_token"],
      ["refresh_token", "r&1 +/="],
      ["client_id", "client"],
      ["client_secret", "s:e c%&ü"],
    ]);
  });

  test("in a JSON body: the same fields as strings, and a list where a name comes twice", () => {
    const parameters = ["one", "two"].map((value) => ({ name: "resource", value, place: "body" }));
    const request = build({ clientAuthentication: "body", bodyFormat: "json", parameters });
    expect(headerOf(request, "content-type")).toEqual(["application/json"]);
    expect(headerOf(request, "authorization")).toEqual([]);
    expect(JSON.parse(String(request.body))).toEqual({
      grant_type: "refresh_token",
      refresh_token: "r&1 +/=",
      client_id: "client",
      client_secret: "s:e c%&ü",
      resource: ["one", "two"],
    });
  });

  test("by a Basic header over a JSON body, and then not in the body too", () => {
    const request = build({ bodyFormat: "json" });
    expect(headerOf(request, "authorization")).toHaveLength(1);
    expect(JSON.parse(String(request.body))).toEqual({ grant_type: "refresh_token", refresh_token: "r&1 +/=" });
  });

  test("in a form where a revision was published before there was a choice", () => {
    const { bodyFormat: _, ...before } = oauth();
    const input = { grant: refresh, clientSecret: "s", scope: { inputs: {} }, hostRule: { hostValues: "label", choices: {} } } as const;
    const request = buildTokenRequest({ ...input, oauth: before as ReturnType<typeof oauth> });
    expect(headerOf(request, "content-type")).toEqual(["application/x-www-form-urlencoded"]);
  });

  test("a name that every object has is a field like any other", () => {
    const parameters = [{ name: "__proto__", value: "x", place: "body" }];
    expect(String(build({ bodyFormat: "json", parameters }).body)).toContain('"__proto__":"x"');
  });

  test("not at all: its id alone, never the secret", () => {
    const request = build({ clientAuthentication: "none" });
    expect(JSON.stringify(request)).not.toContain("client_secret");
    expect(bodyOf(request)).toContainEqual(["client_id", "client"]);
  });
});

test("client credentials send no refresh token, and the scope when there is one", () => {
  expect(bodyOf(build({ scope: " a b " }, { type: "client_credentials" }))).toEqual([
    ["grant_type", "client_credentials"],
    ["scope", "a b"],
  ]);
});

describe("token parameters", () => {
  test("land in body, query and header, as values and nothing more", () => {
    const request = build({
      parameters: [
        { name: "audience", value: "https://api/&x={{inputs.tenant}}", place: "body" },
        { name: "t", value: "{{inputs.tenant}}&u=1", place: "query" },
        { name: "X-Tenant", value: "{{inputs.tenant}}", place: "header" },
      ],
    });
    expect(bodyOf(request)).toContainEqual(["audience", "https://api/&x=north gate"]);
    const { searchParams, host } = new URL(request.url);
    expect([...searchParams]).toEqual([
      ["a", "b c"],
      ["t", "north gate&u=1"],
    ]);
    expect(host).toBe("auth.example");
    expect(headerOf(request, "x-tenant")).toEqual(["north gate"]);
  });

  test("replace what would be sent anyway: no parameter is repeated (RFC 6749, section 3.2)", () => {
    const request = build({
      parameters: [
        { name: "grant_type", value: "urn:x", place: "body" },
        { name: "accept", value: "application/vnd.x+json", place: "header" },
        { name: "resource", value: "one", place: "body" },
        { name: "resource", value: "two", place: "body" },
      ],
    });
    expect(bodyOf(request).filter(([name]) => name === "grant_type")).toEqual([["grant_type", "urn:x"]]);
    expect(bodyOf(request).filter(([name]) => name === "resource")).toHaveLength(2);
    expect(headerOf(request, "accept")).toEqual(["application/vnd.x+json"]);
  });

  test("with a line break for a header are refused", () => {
    const parameters = [{ name: "X-T", value: "{{inputs.tenant}}", place: "header" }];
    const scope = { inputs: { tenant: "a\r\nX-Evil: 1" } };
    const input = {
      oauth: oauth({ parameters }),
      grant: refresh,
      clientSecret: "s",
      scope,
      hostRule: { hostValues: "label", choices: {} },
    } as const;
    expect(() => buildTokenRequest(input)).toThrow(/line break/);
  });
});

const NOW = Date.parse("2026-11-23T12:00:00Z");
const answer = (body: unknown, { status = 200, type = "application/json" } = {}): Outcome => ({
  kind: "answer",
  status,
  statusText: "",
  headers: [["content-type", type]],
  body: new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body)),
  durationMs: 1,
  url: "https://auth.example/token",
});
const read = (outcome: Outcome, settings: object = {}) => processTokenResponse(oauth(settings), "refresh_token", outcome, NOW);
const tokensOf = (outcome: Outcome, settings: object = {}) => {
  const result = read(outcome, settings);
  if (!result.ok) throw new Error(result.failure.message);
  return result.tokens;
};
const jwt = (claims: object) => `x.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.y`;
const inSeconds = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

describe("a token answer", () => {
  test("is read as JSON and as a form, whatever its content type says", () => {
    expect(tokensOf(answer({ access_token: "a", refresh_token: "r", token_type: "Bearer", scope: "x y" }))).toMatchObject({
      accessToken: "a",
      refreshToken: "r",
      tokenType: "Bearer",
      scope: "x y",
    });
    const form = answer("access_token=a%2Bb&scope=x+y&expires_in=60", { type: "text/html" });
    expect(tokensOf(form)).toMatchObject({ accessToken: "a+b", scope: "x y", expiresAt: inSeconds(60) });
  });

  test("without a refresh token leaves the old one to the caller", () => {
    expect(tokensOf(answer({ access_token: "a", refresh_token: "" }))).not.toHaveProperty("refreshToken");
  });

  test.each([
    ["a number", { expires_in: 3600 }, {}, 3600],
    ["a string", { expires_in: " 3600 " }, {}, 3600],
    ["milliseconds", { expires_in: 90_000 }, { response: { lifetimeUnit: "milliseconds" } }, 90],
    ["minutes", { ttl: 2 }, { response: { lifetime: "$.ttl", lifetimeUnit: "minutes" } }, 120],
    ["nothing, so the default", {}, { defaultLifetime: 77 }, 77],
    ["nonsense, so the default", { expires_in: "soon" }, { defaultLifetime: 77 }, 77],
    ["less than nothing, so the default", { expires_in: -1 }, { defaultLifetime: 77 }, 77],
    ["ages, so ten years", { expires_in: 1e300 }, {}, 315_360_000],
  ])("whose lifetime is %s", (_, fields, settings, seconds) => {
    expect(tokensOf(answer({ access_token: "a", ...fields }), settings).expiresAt).toBe(inSeconds(seconds));
  });

  test("without any lifetime, nothing is made up", () => {
    expect(tokensOf(answer({ access_token: "a" }))).toEqual({ accessToken: "a", lifetimeFrom: "nothing" });
  });

  test("a JWT's own exp caps the lifetime, and stands in for a missing one", () => {
    const token = jwt({ exp: NOW / 1000 + 100 });
    expect(tokensOf(answer({ access_token: token, expires_in: 3600 }))).toMatchObject({ expiresAt: inSeconds(100), lifetimeFrom: "jwt" });
    expect(tokensOf(answer({ access_token: token, expires_in: 50 }))).toMatchObject({ expiresAt: inSeconds(50), lifetimeFrom: "answer" });
    expect(tokensOf(answer({ access_token: token }), { defaultLifetime: 9 })).toMatchObject({ expiresAt: inSeconds(100) });
    for (const exp of [NOW / 1000 - 5, -1e300, 0]) expect(tokensOf(answer({ access_token: jwt({ exp }) })).expiresAt).toBe(inSeconds(0));
    expect(tokensOf(answer({ access_token: jwt({ exp: 1e300 }) })).expiresAt).toBe(inSeconds(315_360_000));
    expect(tokensOf(answer({ access_token: jwt({ exp: "tomorrow" }) }))).toMatchObject({ lifetimeFrom: "nothing" });
  });
});

describe("is a failure with its reason:", () => {
  const failureOf = (outcome: Outcome, settings: object = {}) => {
    const result = read(outcome, settings);
    return result.ok ? null : result.failure;
  };
  test.each<[string, Outcome, string, RegExp]>([
    ["200 without a token", answer({ ok: true }), "no_token", /no token is at \$\.access_token/],
    ["200 with a token elsewhere", answer({ data: { token: "x" } }), "no_token", /no token/],
    ["200 with an error", answer({ error: "invalid_grant" }), "invalid_grant", /200, invalid_grant/],
    ["200 with a token that isn't text", answer({ access_token: 7 }), "no_token", /no token/],
    ["200 with a token of 65,537 characters", answer({ access_token: "x".repeat(65_537) }), "not_understood", /65537 characters/],
    ["a page", answer("<html>", { type: "text/html" }), "not_understood", /HTML page/],
    ["nothing at all", answer(""), "not_understood", /empty body/],
    ["broken JSON", answer('{"access_token": "a'), "not_understood", /JSON that doesn't parse/],
    ["JSON that is no object", answer('"token"'), "not_understood", /JSON/],
    ["invalid_grant", answer({ error: "invalid_grant" }, { status: 400 }), "invalid_grant", /refresh token isn't valid any more/],
    ["invalid_client", answer({ error: "invalid_client" }, { status: 400 }), "invalid_client", /doesn't accept this client/],
    ["401 without a code", answer("", { status: 401 }), "invalid_client", /401/],
    ["unsupported_grant_type", answer({ error: "unsupported_grant_type" }, { status: 400 }), "refused", /may not use/],
    ["invalid_scope", answer({ error: "invalid_scope" }, { status: 400 }), "refused", /invalid_scope/],
    ["429", answer("", { status: 429 }), "rate_limited", /too many calls/],
    ["503", answer("", { status: 503 }), "server_error", /failed/],
    ["404", answer("", { status: 404 }), "refused", /Nothing is at/],
  ])("%s", (_, outcome, kind, message) => {
    const failure = failureOf(outcome);
    expect(failure).toMatchObject({ kind });
    expect(failure!.message).toMatch(message);
    expect(failure!.fix.length).toBeGreaterThan(10);
  });

  test("a token elsewhere comes with its path, ready to use", () => {
    expect(failureOf(answer({ data: [{ "odd key": { token: "x" } }] }))!.fix).toContain('There is one at $.data[0]["odd key"].token:');
    expect(
      tokensOf(answer({ data: [{ "odd key": { token: "x" } }] }), { response: { accessToken: '$.data[0]["odd key"].token' } }).accessToken,
    ).toBe("x");
  });

  test("an error code that is no code isn't repeated: it may echo what was sent", () => {
    const failure = failureOf(answer({ error: "The token r&1 +/= is wrong\u0000" }, { status: 400 }))!;
    expect(failure.message).toBe("The token call was refused (400).");
  });

  test("an answer nested without end, or of prototype keys, is just one without a token", () => {
    const deep = answer(`${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`);
    expect(failureOf(deep)).toMatchObject({ kind: "no_token" });
    expect(failureOf(deep, { response: { accessToken: "$..token" } })).toMatchObject({ kind: "no_token" });
    expect(failureOf(answer('{"__proto__": {"access_token": "x"}}'))).toMatchObject({ kind: "no_token" });
  });
});
