import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Outcome } from "#lib/transport/schema.ts";
import { MASK, maskOf } from "./find-secrets.ts";
import { redactBody, redactorOf, redactRequest, redactResponse, redactUrl, secretHeaderValues } from "./redact.ts";

/** Hard on every encoder: quotes, slashes, percent, plus, ampersand, angle brackets, line break, regex signs, beyond ASCII and beyond the BMP. */
const AWKWARD = 'k"e/y\\%41+ &<b>\n$(.*)[é]😀=end';
const secrets = { awkward: AWKWARD, token: "tok_4b7d5a1c9e2f8a6b3d0c9f2c", dots: "a.b*c+d?", short: "s3c" };

const pythonJson = (text: string) =>
  JSON.stringify(text).replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
const goJson = (text: string) => JSON.stringify(text).replace(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
const phpJson = (text: string) =>
  pythonJson(text)
    .replaceAll("/", "\\/")
    .replace(/\\u[0-9a-f]{4}/g, (c) => `\\u${c.slice(2).toUpperCase()}`);
const html = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&#34;");
const base64 = (text: string) => Buffer.from(text).toString("base64");

const SPELLINGS: Record<string, (secret: string) => string> = {
  plain: (secret) => secret,
  JSON: (secret) => JSON.stringify(secret),
  "JSON in JSON": (secret) => JSON.stringify(JSON.stringify({ secret })),
  "Python's JSON": pythonJson,
  "Go's JSON": goJson,
  "PHP's JSON": phpJson,
  "URL-encoded": encodeURIComponent,
  "URL-encoded in lower case": (secret) => encodeURIComponent(secret).replace(/%../g, (hex) => hex.toLowerCase()),
  "URL-encoded twice": (secret) => encodeURIComponent(encodeURIComponent(secret)),
  "URL-encoded in JSON": (secret) => JSON.stringify({ url: `https://x/?a=${encodeURIComponent(secret)}` }),
  "form-encoded": (secret) => new URLSearchParams({ a: secret }).toString(),
  HTML: html,
  base64: base64,
  "base64url, unpadded": (secret) => Buffer.from(secret).toString("base64url"),
  "base64 at offset 1": (secret) => base64(`:${secret}:`),
  "base64 at offset 2": (secret) => base64(`a:${secret}`),
  "base64 in a URL": (secret) => encodeURIComponent(base64(secret)),
  "base64 in PHP's JSON": (secret) => phpJson(base64(secret)),
  "UTF-8 read as Latin-1": (secret) => Buffer.from(secret).toString("latin1"),
};

describe("a known secret", () => {
  const redact = redactorOf(Object.values(secrets));

  test.each(Object.entries(SPELLINGS))("is masked when it comes back as %s", (kind, spell) => {
    for (const [name, secret] of Object.entries(secrets)) {
      // Base64 of three characters inside longer base64 leaves too few certain ones: secretHeaderValues is for those.
      if (name === "short" && kind.startsWith("base64 at")) continue;
      const seen = redact(`before ${spell(secret)} after`);
      expect(seen, `${name} in ${spell(secret)}`).toContain(MASK);
      expect(seen.startsWith("before ") && seen.endsWith(" after"), seen).toBe(true);
      for (const part of [secret.slice(0, 6), secret.slice(2, 9)].filter((part) => part.length > 3)) expect(seen).not.toContain(part);
    }
  });

  test("of any characters is masked in every spelling, and nothing else is", () => {
    const any = fc.string({ minLength: 4, maxLength: 40, unit: fc.constantFrom(..."aZ09-_.~+/=%&<>\"'\\ \n\r\té😀ß€") });
    fc.assert(
      fc.property(any, fc.constantFrom(...Object.values(SPELLINGS).slice(0, 12)), (secret, spell) => {
        const seen = redactorOf([secret])(`⟦${spell(secret)}⟧`);
        expect(seen).toContain(MASK);
        if (secret.length > 8) expect(seen).not.toContain(secret.slice(0, -2));
      }),
      { numRuns: 500 },
    );
    fc.assert(fc.property(fc.string(), (text) => redact(text.replaceAll("s3c", "")) === text.replaceAll("s3c", "")));
  });

  test("is masked as the filters upper and lower write it, in base64 too: a template must not show it in another case", () => {
    const odd = redactorOf(["Correct-Horse-1843"]);
    for (const cased of ["CORRECT-HORSE-1843", "correct-horse-1843"])
      expect(odd(`${cased} ${base64(`ada:${cased}`)}`)).not.toMatch(/horse|1843|aG9yc2|SE9SU0/i);
  });

  test("that overlaps another one leaves no rest", () => {
    expect(redactorOf(["abcdefgh", "xyzabcd"])("1 xyzabcdefgh 2")).toBe(`1 ${MASK} 2`);
    expect(redactorOf(["abcdefgh", "cdef"])("abcdefgh")).toBe(MASK);
  });

  test("of one to three characters is masked where it stands alone, and words keep theirs", () => {
    const pin = redactorOf(["abc"]);
    expect(pin('{"pin":"abc","word":"abcde"} /abc?p=abc&q=xabc')).toBe(`{"pin":"${MASK}","word":"abcde"} /${MASK}?p=${MASK}&q=xabc`);
    expect(redactorOf(["§"])('{"a":"§","b":"x§y"}')).toBe(`{"a":"${MASK}","b":"x§y"}`);
    expect(redactorOf(["abc"])(`x ${base64("abc")} y`)).not.toContain(base64("abc"));
  });

  test("shows its last four characters when it is a token of 20 or more, and never when it is a password", () => {
    expect(redact(secrets.token)).toBe(`${MASK} 9f2c`);
    expect(maskOf({ value: "correct horse battery staple", showsEnd: false })).toBe(MASK);
    expect(maskOf("correct horse battery staple")).toBe(MASK);
    expect(maskOf(`${"x".repeat(15)}9f2c`)).toBe(MASK);
    // Named twice, the careful one holds.
    const value = "correct-horse-battery-staple";
    expect(redactorOf([value, { value, showsEnd: false }])(value)).toBe(MASK);
  });

  test("full of backslashes, quotes or percent signs takes no longer than any other", () => {
    for (const unit of ["a", "\\", '\\"', "%", "%25", "\\u0041", "&amp;"]) {
      const hard = redactorOf([unit.repeat(2_000), `b${unit.repeat(2_000)}`, `${unit.repeat(2_000)}b`]);
      const started = performance.now();
      hard(`${unit.repeat(500_000).slice(0, 500_000)}x`);
      expect(performance.now() - started, unit).toBeLessThan(2_000);
    }
  });
});

describe("secrets that an attacker chose together with the text", () => {
  /** Of this thread, in milliseconds: what it is busy with, however many others want the processor. */
  const cpuTime = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1_000;
  };
  const timeOf = (work: () => void): number => {
    const began = cpuTime();
    work();
    return cpuTime() - began;
  };

  test("by the dozen, found everywhere, in every reading: other calls wait for a moment only", () => {
    const many = Array.from({ length: 80 }, (_, n) => "ab".repeat(2 + n));
    for (const text of ["ab".repeat(40_000), `{"a":"\\u0041+%41&amp;${"ab".repeat(40_000)}"}`]) {
      let seen = "";
      // It took 1 s and more.
      expect(timeOf(() => (seen = redactorOf(many)(text)))).toBeLessThan(150);
      expect(seen).not.toContain("ab");
    }
  });

  test("nearly found everywhere", () => {
    const nearly = Array.from({ length: 40 }, (_, n) => `${"a".repeat(500 + n)}b`);
    expect(timeOf(() => redactorOf(nearly)("a".repeat(80_000)))).toBeLessThan(200);
    expect(timeOf(() => redactorOf(["a", "b.", "c1"])("b.".repeat(40_000)))).toBeLessThan(200);
  });

  test("long ones: a text that may hold one of them is masked whole, another one isn't", () => {
    const redact = redactorOf(["known-1234", ...Array.from({ length: 10 }, (_, n) => `${n}`.repeat(60_000))]);
    expect(timeOf(() => expect(redact("x".repeat(80_000))).toBe(MASK))).toBeLessThan(200);
    expect(redact("a known-1234 b")).toBe(`a ${MASK} b`);
  });

  test("a body beyond what is shown is hardly read", () => {
    const request = { method: "POST", url: "https://x/", headers: [], body: `secret-4711 ${"%2541".repeat(2_000_000)}` };
    expect(timeOf(() => expect(redactRequest(request, redactorOf(["secret-4711"]), 8_192).body).toMatch(/^•••••• %2541/))).toBeLessThan(
      250,
    );
  });
});

describe("by its place", () => {
  const nothing = redactorOf([]);

  test("what nobody has told us about is masked in headers, URL, JSON and forms", () => {
    const seen = redactRequest(
      {
        method: "POST",
        url: "https://api.example/x?api_key=unknown-1&page=2&access_token=unknown-2#f",
        headers: [
          ["Authorization", "Bearer unknown-3"],
          ["X-Api-Key", "unknown-4"],
          ["Cookie", "session=unknown-5"],
          ["Accept", "text/plain"],
        ],
        body: '{"client_secret": "unknown-6", "name": "kept", "refresh_token":"unknown\\"7", "headers":{"authorization":"Basic unknown-8"}}',
      },
      nothing,
    );
    expect(JSON.stringify(seen)).not.toContain("unknown");
    expect(seen.url).toBe(`https://api.example/x?api_key=${MASK}&page=2&access_token=${MASK}#f`);
    expect(seen.headers).toContainEqual(["Authorization", `Bearer ${MASK}`]);
    expect(seen.headers).toContainEqual(["Accept", "text/plain"]);
    expect(seen.body).toContain('"name": "kept"');
    expect(redactBody("grant_type=password&password=a b&x=1", nothing)).toBe(`grant_type=password&password=${MASK}&x=1`);
  });

  test("a value that is masked in part is masked whole under a secret name", () => {
    expect(redactBody('{"password":"salt-known-1234-pepper"}', redactorOf(["known-1234"]))).toBe(`{"password":"${MASK}"}`);
    expect(redactUrl("https://x/?token=a-known-1234", redactorOf(["known-1234"]))).toBe(`https://x/?token=${MASK}`);
  });

  test("the value of a Basic header is known from then on, though its password is short", () => {
    const request = { method: "GET", url: "https://x/", headers: [["Authorization", `Basic ${base64("ada:pw")}`]] as [string, string][] };
    const echo = `{"you_sent":"Basic ${base64("ada:pw")}"}`;
    expect(redactorOf(["pw", ...secretHeaderValues(request)])(echo)).toBe(`{"you_sent":"Basic ${MASK}"}`);
  });
});

const answer = (body: string | Uint8Array, contentType = "text/plain"): Extract<Outcome, { kind: "answer" }> => ({
  kind: "answer",
  status: 200,
  statusText: "OK",
  headers: [["Content-Type", contentType]],
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  durationMs: 1,
  url: "https://x/",
});

describe("an answer", () => {
  test("that is cut holds no part of a secret, wherever the cut falls", () => {
    const secret = "0123456789abcdefghij0123456789ABCDEFGHIJ";
    const redact = redactorOf([secret]);
    for (let shift = 0; shift < secret.length + 2; shift++) {
      const { body } = redactResponse(answer(`${"-".repeat(100 - shift)}${secret}${"-".repeat(50)}`), redact, 100);
      expect(body).not.toMatch(/0123|cdefg|ABCD/);
    }
    const long = new TextEncoder().encode(secret.repeat(26_300)).subarray(0, 1_048_576 + 20);
    const seen = redactResponse(answer(long), redact, 2_000_000);
    expect(seen.body).not.toMatch(/0123|cdefg|ABCD/);
    expect(seen).toMatchObject({ truncated: true, size: long.length });
  });

  test("that is slow to read in every way holds up the other calls for a moment only", () => {
    const redact = redactorOf(["tasklab-secret-token-1234567890abcdef", "pässwörd 1", "x1"]);
    for (const [start, part] of [
      ["a=1#", "b"],
      ["a=1&", "access_"],
      ["", "%2541"],
      ["", "+%2b+"],
      ['{"a":"', '\\"'],
      ["", "%e4%bd%a0"],
    ] as const) {
      const body = start + part.repeat(1_000_000 / part.length);
      const began = performance.now();
      redactResponse(answer(body), redact);
      // The whole megabyte took 2 to 4 s.
      expect(performance.now() - began, start + part).toBeLessThan(1_000);
    }
  });

  test("can be stored whatever its bytes are", () => {
    for (const body of ["a\u0000b", `${"x".repeat(99)}😀`, Uint8Array.of(0xed, 0xa0, 0x80, 0)]) {
      const seen = redactResponse(answer(body), redactorOf([]), 100);
      expect(seen.body!.isWellFormed() && !seen.body!.includes("\u0000")).toBe(true);
    }
  });

  test("in another charset is read in that charset", () => {
    const redact = redactorOf(["señor-secreto"]);
    const utf16 = new Uint8Array(Buffer.from("you sent señor-secreto", "utf16le"));
    expect(redactResponse(answer(utf16, "text/plain; charset=utf-16le"), redact).body).toBe(`you sent ${MASK}`);
    const latin1 = new Uint8Array(Buffer.from("you sent señor-secreto", "latin1"));
    expect(redactResponse(answer(latin1, 'text/plain; charset="iso-8859-1"'), redact).body).toBe(`you sent ${MASK}`);
  });

  test("that isn't text is told by its size", () => {
    expect(redactResponse(answer("secret-bytes", "image/png"), redactorOf([])).body).toBe("(12 bytes, not text)");
  });
});
