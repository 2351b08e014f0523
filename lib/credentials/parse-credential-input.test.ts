import { describe, expect, test } from "vitest";
import { AppError } from "#lib/errors.ts";
import { InputKey } from "#lib/resources/schema.ts";
import { parseCredentialInput } from "./parse-credential-input.ts";
import { satisfies, statusOf } from "./schema.ts";
import { definitionOf } from "./testing.ts";

const NOW = Date.parse("2026-11-23T12:00:00Z");
const tenant = { key: "tenant", title: "Tenant", accepts: { kind: "pattern", pattern: "[a-z]{2,10}" } };
const region = { key: "region", title: "Region", accepts: { kind: "choices", choices: ["eu", "us"] } };
const keys = definitionOf({
  inputs: [tenant, region],
  apiKeys: [
    { name: "username", secret: false },
    { name: "password", pattern: ".{4,}" },
  ],
});
const tokens = definitionOf({
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: "https://auth.example/token", clientId: "c", clientAuthentication: "none" },
});
const client = definitionOf({
  authType: "oauth2_client_credentials",
  inputs: [tenant],
  oauth: { accessTokenUrl: "https://auth.example/token", clientId: "c", clientAuthentication: "none" },
});
const whole = { tenant: "ab", region: "eu", username: "ada", password: "lovelace" };

const parse = (definition: typeof keys, body: unknown) => parseCredentialInput(definition, body, NOW);
const refusal = (definition: typeof keys, body: unknown) => {
  try {
    parse(definition, body);
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
  throw new Error("was taken");
};

describe("values are taken", () => {
  test("by kind, and nothing else with them", () => {
    expect(parse(keys, whole).secrets).toEqual({
      inputs: { tenant: "ab", region: "eu" },
      keys: { username: "ada", password: "lovelace" },
      plain: ["tenant", "region", "username"],
    });
    expect(parse(client, { tenant: "ab" }).secrets).toEqual({ inputs: { tenant: "ab" }, keys: {}, plain: ["tenant"] });
  });

  test("as a whole token response, passed through", () => {
    const body = { access_token: "a", refresh_token: "r", expires_in: 60, token_type: "Bearer", scope: "x", id_token: "i" };
    expect(parse(tokens, body).secrets).toEqual({
      inputs: {},
      keys: {},
      plain: [],
      accessToken: "a",
      refreshToken: "r",
      tokenType: "Bearer",
      scope: "x",
      expiresAt: "2026-11-23T12:01:00.000Z",
    });
  });

  test("and the same values make the same text, whatever their order and what comes along", () => {
    const one = parse(tokens, { access_token: "a", refresh_token: "r", expires_in: 60 });
    const two = parse(tokens, { refresh_token: "r", access_token: "a" });
    expect(one.canonical).toBe(two.canonical);
    expect(parse(tokens, { access_token: "r", refresh_token: "a" }).canonical).not.toBe(one.canonical);
    expect(parse(tokens, { access_token: "a" }).canonical).not.toBe(one.canonical);
  });
});

describe("expires_at is", () => {
  test.each<[unknown, string | null]>([
    ["2026-11-23T18:00:00Z", "2026-11-23T18:00:00.000Z"],
    ["2026-11-23t18:00:00.5+02:00", "2026-11-23T16:00:00.500Z"],
    [1_800_000_000, "2027-01-15T08:00:00.000Z"],
    ["1800000000", "2027-01-15T08:00:00.000Z"],
    [null, null],
  ])("%j", (value, expected) => {
    expect(parse(tokens, { access_token: "a", expires_at: value }).secrets.expiresAt ?? null).toBe(expected);
  });

  test.each(["tomorrow", "2026-11-23", "March 7", "2026-13-45T00:00:00Z", -1, 253_402_300_800, 8.64e12, 1e300, Number.NaN, {}, true, ""])(
    "never %j",
    (value) => {
      expect(refusal(tokens, { access_token: "a", expires_at: value }).message).toMatch(/RFC 3339/);
    },
  );

  test.each([["60"], ["60.5"], [0]])("told by expires_in %j", (value) => {
    expect(parse(tokens, { access_token: "a", expires_in: value }).secrets.expiresAt).toBeDefined();
  });

  test.each([["soon"], [-1], [1e300], [{}], ["1e9999"]])("never told by expires_in %j", (value) => {
    expect(refusal(tokens, { access_token: "a", expires_in: value }).message).toMatch(/number of seconds/);
  });
});

describe("is refused by name:", () => {
  test("all that is missing, at once", () => {
    const error = refusal(keys, { tenant: "", region: null });
    expect(error.message).toBe("Missing: tenant, region, username, password.");
    expect(Object.keys(error.details.fields!)).toEqual(["tenant", "region", "username", "password"]);
  });

  test.each<[string, unknown, RegExp]>([
    ["a misspelt key", { ...whole, Tenant: "x" }, /Did you mean "tenant"/],
    ["a key of another type", { ...whole, access_token: "x" }, /There is no "access_token" here/],
    ["a value that misfits in part only", { ...whole, tenant: "abXab" }, /"tenant" doesn't fit/],
    ["what isn't among the choices", { ...whole, region: "eu " }, /must be one of: eu, us/],
    ["a control character", { ...whole, region: "eu\u0000" }, /control character/],
    ["a key's pattern", { ...whole, password: "abc" }, /"password" doesn't fit/],
    ["a list", { ...whole, username: ["ada"] }, /must be a string/],
    ["a value of 16,385 characters", { ...whole, username: "x".repeat(16_385) }, /at most 16384/],
    ["what every object has", JSON.parse(JSON.stringify(whole).replace("{", '{"__proto__":{"tenant":"x"},"toString":"y",')), /"toString"/],
  ])("%s", (_, body, message) => {
    expect(refusal(keys, body).message).toMatch(message);
  });

  test.each([[[]], ["text"], [7], [null], [undefined]])("%j, which is no object", (body) => {
    expect(refusal(keys, body).message).toMatch(/Send a JSON object, such as \{"tenant":/);
  });

  test("no value is repeated in any message, even where a value stands as a key", () => {
    const secret = "s3cret-".repeat(20);
    for (const body of [
      { ...whole, tenant: secret },
      { ...whole, [secret]: "x" },
      { ...whole, region: secret },
      { ...whole, username: { secret } },
    ]) {
      const error = refusal(keys, body);
      expect(error.message).not.toContain(secret);
    }
  });

  test("fifty thousand unknown keys, quickly and in few words", () => {
    const started = performance.now();
    const error = refusal(keys, Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`k${n}`, ""])));
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(error.message.length).toBeLessThan(4_000);
  });
});

describe("a stored credential", () => {
  const stored = { authType: "api_key", suppliedKeys: ["tenant", "region", "username", "password", "gone"] };

  test("that lacks a new input is PENDING and names it; one more than needed does no harm", () => {
    expect(satisfies(keys, stored)).toEqual({ ok: true });
    const without = { ...stored, suppliedKeys: ["tenant", "username", "password"] };
    expect(satisfies(keys, without)).toEqual({ ok: false, reason: "needs_input", missing: ["region"] });
    expect(statusOf(keys, { ...without, status: "VALID", reason: null })).toEqual({ status: "PENDING", reason: "needs_input" });
  });

  test("of another authentication type asks to reconnect", () => {
    expect(statusOf(tokens, { ...stored, status: "VALID", reason: null })).toEqual({ status: "INVALID", reason: "reconnect" });
  });
});

test.each([
  "toString",
  "constructor",
  "__proto__",
  "hasOwnProperty",
  "valueOf",
  "access_token",
  "client_secret",
  "1a",
  "a b",
  "a".repeat(65),
])("an input can't be called %s", (key) => {
  expect(InputKey.safeParse(key).success).toBe(false);
});
