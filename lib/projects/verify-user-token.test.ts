import { createHmac, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type ParsedSigningKey, verifyWithNode } from "./signing-keys.ts";
import { projectAudience } from "./user-token-claims.ts";
import { type UserTokenQuestion, verifyUserToken } from "./verify-user-token.ts";

const NOW = Date.UTC(2026, 10, 23, 12);
const SECONDS = NOW / 1000;
const PROJECT = "4a07d2f1-88c3-4f2e-b1d0-5e6a9c7d3f10";
const OTHER_PROJECT = "91ce0c4e-6a1b-4f0e-9d52-3c7f1be02a48";

const pair = generateKeyPairSync("rsa", { modulusLength: 2048 });
const stranger = generateKeyPairSync("rsa", { modulusLength: 2048 });
const key = (overrides: Partial<ParsedSigningKey> = {}): ParsedSigningKey => ({
  id: "key-1",
  kid: "k1",
  boundSub: null,
  expiresAt: null,
  revokedAt: null,
  publicKey: pair.publicKey,
  ...overrides,
});

const claims = { sub: "user-1", iat: SECONDS - 10, exp: SECONDS + 3600 };
const encode = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

type Make = { header?: object; claims?: unknown; privateKey?: KeyObject; hash?: string; signature?: (input: string) => Buffer };

function makeToken({ header = {}, claims: body = claims, privateKey = pair.privateKey, hash = "sha256", signature }: Make = {}): string {
  const input = `${encode({ alg: "RS256", typ: "JWT", ...header })}.${encode(body)}`;
  return `${input}.${(signature?.(input) ?? sign(hash, Buffer.from(input), privateKey)).toString("base64url")}`;
}

const ask = (token: string, question: Partial<UserTokenQuestion<ParsedSigningKey, boolean>> = {}) =>
  verifyUserToken({
    token,
    projectId: PROJECT,
    requireAudience: false,
    keys: [key()],
    now: NOW,
    verifySignature: verifyWithNode,
    ...question,
  });

/** The checks that fail; each failed one says how to fix it. */
function refusals(token: string, question: Partial<UserTokenQuestion<ParsedSigningKey, boolean>> = {}): string[] {
  const verdict = ask(token, question);
  const failed = verdict.checks.filter((check) => check.status === "failed");
  for (const check of failed) expect(check.fix, check.id).toMatch(/\.$/);
  expect(verdict.ok).toBe(failed.length === 0);
  expect(verdict.claims === undefined).toBe(!verdict.ok);
  return failed.map((check) => check.id);
}

const withClaims = (changes: Record<string, unknown>) => makeToken({ claims: { ...claims, ...changes } });

describe("a token is served", () => {
  test("when it is signed with RS256 by an active key, with or without kid", () => {
    expect(refusals(makeToken())).toEqual([]);
    expect(refusals(makeToken({ header: { kid: "k1" } }))).toEqual([]);
    expect(ask(makeToken())).toMatchObject({ ok: true, keyId: "key-1", claims: { sub: "user-1" } });
  });

  test("when it names this project, in either form, alone or among others", () => {
    for (const aud of [projectAudience(PROJECT), `useparagon.com/${PROJECT}`, ["other", projectAudience(PROJECT)]])
      expect(refusals(withClaims({ aud }), { requireAudience: true })).toEqual([]);
  });

  test("by whichever of several active keys signed it", () => {
    const keys = [key({ id: "key-0", kid: "k0", publicKey: stranger.publicKey }), key()];
    expect(ask(makeToken(), { keys }).keyId).toBe("key-1");
  });

  test("within the leeway of 60 s, at a lifetime of exactly 24 h, with any other claims", () => {
    expect(refusals(withClaims({ iat: SECONDS + 60, exp: SECONDS + 120 }))).toEqual([]);
    expect(refusals(withClaims({ iat: SECONDS - 200, exp: SECONDS - 59 }))).toEqual([]);
    expect(refusals(withClaims({ iat: SECONDS, exp: SECONDS + 86_400, name: "Zoë 🙂", __proto__: null }))).toEqual([]);
  });
});

describe("a token is refused", () => {
  test("with alg none, with or without a signature", () => {
    expect(refusals(makeToken({ header: { alg: "none" } }))).toEqual(["algorithm"]);
    expect(refusals(`${encode({ alg: "none" })}.${encode(claims)}.`)).toEqual(["format"]);
    expect(refusals(makeToken({ header: { alg: undefined } }))).toEqual(["algorithm"]);
  });

  test("signed by HS256 with the public PEM as the secret", () => {
    const pem = pair.publicKey.export({ type: "spki", format: "pem" });
    const signature = (input: string) => createHmac("sha256", pem).update(input).digest();
    expect(refusals(makeToken({ header: { alg: "HS256" }, signature }))).toEqual(["algorithm"]);
    expect(refusals(makeToken({ signature }))).toEqual(["signature"]);
  });

  test("signed by PS256 or RS384 with the right key, whatever it calls itself", () => {
    const pss = (input: string) => sign("sha256", Buffer.from(input), { key: pair.privateKey, padding: 6, saltLength: 32 });
    expect(refusals(makeToken({ header: { alg: "PS256" }, signature: pss }))).toEqual(["algorithm"]);
    expect(refusals(makeToken({ signature: pss }))).toEqual(["signature"]);
    expect(refusals(makeToken({ header: { alg: "RS384" }, hash: "sha384" }))).toEqual(["algorithm"]);
    expect(refusals(makeToken({ hash: "sha384" }))).toEqual(["signature"]);
  });

  test.each(["jwk", "jku", "x5c", "x5u", "crit", "b64"])("with %s in its header, even if signed by an active key", (name) => {
    const value = name === "jwk" ? stranger.publicKey.export({ format: "jwk" }) : name === "b64" ? true : ["https://evil.example"];
    expect(refusals(makeToken({ header: { [name]: value } }))).toEqual(["header"]);
  });

  test("signed by the key that it brings along", () => {
    const jwk = stranger.publicKey.export({ format: "jwk" });
    expect(ask(makeToken({ header: { jwk }, privateKey: stranger.privateKey })).ok).toBe(false);
  });

  test("signed by a stranger, by a revoked key, by an expired key, or naming a key that isn't there", () => {
    expect(refusals(makeToken({ privateKey: stranger.privateKey }))).toEqual(["signature"]);
    expect(refusals(makeToken({ header: { kid: "k1" } }), { keys: [key({ revokedAt: new Date(NOW - 1) })] })).toEqual(["key"]);
    expect(refusals(makeToken(), { keys: [key({ revokedAt: new Date(NOW - 1) })] })).toEqual(["key"]);
    expect(refusals(makeToken({ header: { kid: "k1" } }), { keys: [key({ expiresAt: new Date(NOW) })] })).toEqual(["key"]);
    for (const kid of ["k2", "", 1, null, ["k1"]]) expect(refusals(makeToken({ header: { kid } }))).toEqual(["key"]);
    expect(refusals(makeToken(), { keys: [] })).toEqual(["key"]);
  });

  test("changed after signing, in claims or signature", () => {
    const [header, , signature] = makeToken().split(".");
    expect(refusals(`${header}.${encode({ ...claims, sub: "admin" })}.${signature}`)).toEqual(["signature"]);
    expect(refusals(makeToken({ signature: () => Buffer.alloc(256) }))).toEqual(["signature"]);
    expect(refusals(makeToken({ signature: () => Buffer.from("short") }))).toEqual(["signature"]);
  });

  test("when more than ten keys would have to be tried: the eleventh isn't", () => {
    const others = Array.from({ length: 10 }, (_, n) => key({ id: `o${n}`, kid: `o${n}`, publicKey: stranger.publicKey }));
    expect(refusals(makeToken(), { keys: [...others, key()] })).toEqual(["signature"]);
  });

  test.each([
    ["missing", undefined],
    ["a number", 42],
    ["empty", ""],
    ["null", null],
    ["an object", {}],
    ["256 characters", "x".repeat(256)],
    ["with a line break", "user\n1"],
    ["with NUL", "user\u0000"],
    ["half a surrogate pair", "user\ud800"],
  ])("when sub is %s", (_, sub) => {
    expect(refusals(withClaims({ sub }))).toEqual(["sub"]);
  });

  test("without exp, or with one that has passed, is no number or comes too late", () => {
    for (const exp of [undefined, String(SECONDS + 60), SECONDS + 60.5, 1e300, null, SECONDS - 60, SECONDS - 10 + 86_401])
      expect(refusals(withClaims({ exp })), String(exp)).toEqual(["exp"]);
    expect(refusals(withClaims({ iat: SECONDS - 3600, exp: SECONDS - 60 }))).toEqual(["exp"]);
    expect(refusals(withClaims({ iat: SECONDS + 30, exp: SECONDS + 30 }))).toEqual(["exp"]);
  });

  test("without iat, or with one ahead, in milliseconds or no number", () => {
    for (const iat of [undefined, "now", SECONDS + 0.5, null]) expect(refusals(withClaims({ iat })), String(iat)).toEqual(["iat"]);
    expect(refusals(withClaims({ iat: SECONDS + 61 }))).toEqual(["iat"]);
    expect(refusals(withClaims({ iat: NOW, exp: NOW + 60_000 }))).toEqual(["iat"]);
  });

  test("before its nbf", () => {
    expect(refusals(withClaims({ nbf: SECONDS + 60 }))).toEqual([]);
    for (const nbf of [SECONDS + 61, "soon", null]) expect(refusals(withClaims({ nbf }))).toEqual(["nbf"]);
  });

  test("when aud names another project, nothing of ours, or isn't text", () => {
    for (const aud of [
      projectAudience(OTHER_PROJECT),
      "",
      PROJECT,
      `patchbay/${PROJECT}/x`,
      7,
      null,
      {},
      [],
      [projectAudience(PROJECT), 7],
    ])
      expect(refusals(withClaims({ aud })), JSON.stringify(aud)).toEqual(["aud"]);
  });

  test("without aud where the project requires one", () => {
    expect(refusals(makeToken(), { requireAudience: true })).toEqual(["aud"]);
  });

  test("signed by a test key for another sub, or by a test key without naming it", () => {
    const keys = [key({ boundSub: "user-1" })];
    expect(refusals(makeToken({ header: { kid: "k1" } }), { keys })).toEqual([]);
    expect(refusals(makeToken({ header: { kid: "k1" }, claims: { ...claims, sub: "user-2" } }), { keys })).toEqual(["sub"]);
    expect(refusals(makeToken(), { keys })).toEqual(["key"]);
  });
});

describe("what can't be read is refused as format", () => {
  const token = makeToken();
  const [head = "", body = "", signature = ""] = token.split(".");

  test.each([
    ["nothing", ""],
    ["one part", head],
    ["two parts", `${head}.${body}`],
    ["four parts", `${token}.${body}`],
    ["five parts", `${token}.a.b`],
    ["padding", `${head}.${body}=.${signature}`],
    ["the other alphabet", `${head}.${body}.${Buffer.from([0xfb, 0xff]).toString("base64")}`],
    ["white space", `${head}.${body}.${signature}\n`],
    ["stray bits in the last character", `${head}.${body}.AB`],
    ["an impossible length", `${head}.${body}.AAAAA`],
    ["a header that is a list", `${encode([])}.${body}.${signature}`],
    ["claims that are null", `${head}.${encode("null")}.${signature}`],
    ["claims that aren't JSON", `${head}.${encode("{")}.${signature}`],
    [
      "claims that aren't UTF-8",
      `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: "user-\u00ff" }), "latin1").toString("base64url")}.${signature}`,
    ],
  ])("%s", (_, wrong) => {
    expect(refusals(wrong)).toEqual(["format"]);
  });

  test("a token over 8 kB, before anything of it is parsed", () => {
    const long = withClaims({ filler: "x".repeat(8192) });
    expect(refusals(long)).toEqual(["format"]);
    let verified = 0;
    const verifySignature = () => {
      verified += 1;
      return true;
    };
    ask(long, { verifySignature });
    expect(verified).toBe(0);
  });
});

test("no signature is computed for a header that is refused", () => {
  let verified = 0;
  const verifySignature = () => {
    verified += 1;
    return true;
  };
  ask(makeToken({ header: { alg: "none" } }), { verifySignature });
  ask(makeToken({ header: { jku: "https://evil.example" } }), { verifySignature });
  ask(makeToken({ header: { kid: "other" } }), { verifySignature });
  expect(verified).toBe(0);
});

test("an answer by promise gives the same verdict as one at once", async () => {
  const keys = [key({ id: "key-0", publicKey: stranger.publicKey }), key()];
  const later = (...asked: Parameters<typeof verifyWithNode>) => Promise.resolve(verifyWithNode(...asked));
  const question = { projectId: PROJECT, requireAudience: false, keys, now: NOW };
  for (const token of [makeToken(), makeToken({ privateKey: pair.privateKey, hash: "sha384" })]) {
    const once = verifyUserToken({ ...question, token, verifySignature: verifyWithNode });
    const eventually = await verifyUserToken({ ...question, token, verifySignature: later });
    expect(eventually.checks).toEqual(once.checks);
    expect(eventually.keyId).toBe(once.keyId);
  }
});

test("beside the signature, a good token costs little", () => {
  const token = makeToken({ header: { kid: "k1" } });
  const question = { token, projectId: PROJECT, requireAudience: false, keys: [key()], now: NOW, verifySignature: () => true };
  for (let n = 0; n < 2000; n++) verifyUserToken(question);
  const times = Array.from({ length: 9 }, () => {
    const before = process.cpuUsage();
    for (let n = 0; n < 500; n++) verifyUserToken(question);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 500;
  });
  // Microseconds of work, not of waiting: 6 to 12 on a quiet core; on a busy one caches are cold.
  expect(Math.min(...times)).toBeLessThan(60);
});
