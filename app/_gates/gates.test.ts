import { describe, expect, test } from "vitest";
import { isSameOrigin } from "./is-same-origin.ts";
import { safeNext } from "./safe-next.ts";

describe("after sign-in one is sent", () => {
  test.each(["/", "/projects", "/projects/1/settings/general?tab=a&b=%2F", "/invitation/abc"])("to our own %s", (path) => {
    expect(safeNext(path)).toBe(path);
  });

  test.each([
    null,
    undefined,
    "",
    "projects",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "/a\\b",
    "https://evil.example",
    "javascript:alert(1)",
    "/\t/evil.example",
    "/\n/evil.example",
    "/..//evil.example",
  ])("never to %j", (path) => {
    const next = safeNext(path);
    if (next === null) return;
    expect(new URL(next, "https://ours.example").host).toBe("ours.example");
    expect(next).not.toMatch(/^\/[/\\]/);
  });
});

describe("an action is taken", () => {
  const ask = (headers: Record<string, string>, publicUrl = "https://patchbay.corvid.example") =>
    isSameOrigin(new Headers(headers), publicUrl);
  const own = "https://patchbay.corvid.example";

  test("from our own origin, or when the browser says same-origin", () => {
    expect(ask({ origin: own })).toBe(true);
    expect(ask({ origin: own, "sec-fetch-site": "same-origin" })).toBe(true);
    expect(ask({ "sec-fetch-site": "same-origin" })).toBe(true);
    expect(ask({ origin: "http://127.0.0.1:3000", host: "127.0.0.1:3000" }, "http://localhost:3000")).toBe(true);
  });

  test("from nowhere else, and not when nobody says where from", () => {
    expect(ask({})).toBe(false);
    expect(ask({ host: "patchbay.corvid.example" })).toBe(false);
    expect(ask({ origin: "https://evil.example", host: "patchbay.corvid.example" })).toBe(false);
    expect(ask({ origin: "null", host: "patchbay.corvid.example" })).toBe(false);
    for (const site of ["cross-site", "same-site", "none"]) expect(ask({ origin: own, "sec-fetch-site": site }), site).toBe(false);
  });
});
