import { randomBytes } from "node:crypto";
import { describe, expect, test } from "vitest";
import { parseKeys } from "./keys.ts";
import { hintOf, open, seal } from "./seal.ts";

const keyText = (id: string) => `${id}:${randomBytes(32).toString("base64")}`;
const first = keyText("k1");
const second = keyText("k2");
const keys = parseKeys(first);
const place = { projectId: "p1", rowId: "r1", field: "clientSecret" };

describe("a sealed value", () => {
  test("opens where it was sealed", () => {
    expect(open(seal("s3cret ✓", place, keys), place, keys)).toBe("s3cret ✓");
  });

  test.each([
    ["another project", { ...place, projectId: "p2" }],
    ["another row", { ...place, rowId: "r2" }],
    ["another field", { ...place, field: "scope" }],
  ])("moved to %s fails to open", (_, elsewhere) => {
    const sealed = seal("secret", place, keys);
    expect(() => open(sealed, elsewhere, keys)).toThrow(/doesn't open/);
  });

  test("with any bit altered, or its tag cut, fails to open", () => {
    const { ciphertext, keyId } = seal("secret", place, keys);
    for (let index = 0; index < ciphertext.length; index++) {
      const altered = Uint8Array.from(ciphertext);
      altered[index]! ^= 1;
      expect(() => open({ ciphertext: altered, keyId }, place, keys)).toThrow();
    }
    expect(() => open({ ciphertext: ciphertext.subarray(0, -12), keyId }, place, keys)).toThrow();
  });

  test("never repeats a nonce", () => {
    const nonces = new Set(
      Array.from({ length: 1000 }, () => Buffer.from(seal("x", place, keys).ciphertext.subarray(0, 12)).toString("hex")),
    );
    expect(nonces.size).toBe(1000);
  });

  test("opens after a new key was put in front, and new values use that key", () => {
    const rotated = parseKeys(`${second},${first}`);
    const old = seal("secret", place, keys);
    expect(open(old, place, rotated)).toBe("secret");
    expect(seal("secret", place, rotated).keyId).toBe("k2");
    expect(() => open(old, place, parseKeys(second))).toThrow(/needs the key "k1"/);
  });
});

describe("keys", () => {
  test.each(["", "k1", `k1:${randomBytes(31).toString("base64")}`, `:${randomBytes(32).toString("base64")}`, `${first},${first}`])(
    "%j are refused in one sentence without key material",
    (text) => {
      let message = "";
      try {
        parseKeys(text);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toMatch(/PATCHBAY_KEYS/);
      for (const part of text.split(/[:,]/).filter((part) => part.length > 8)) expect(message).not.toContain(part);
    },
  );
});

test("the last four characters are shown for long tokens only", () => {
  expect(hintOf(`${"x".repeat(16)}9f2c`)).toBe("9f2c");
  expect(hintOf(`${"x".repeat(15)}9f2c`)).toBe("");
  expect(hintOf("correct horse battery staple")).toBe("");
  expect(hintOf(`${"x".repeat(20)}😀😀`)).toBe("");
});
