import { describe, expect, test } from "vitest";
import { retryDelay } from "./retry-delay.ts";

const answer = (status: number, headers: [string, string][] = []) => ({ kind: "stream" as const, status, headers });
const failure = (kind: "reset" | "connect_refused" | "connect_timeout" | "timeout" | "tls" | "blocked_address" | "aborted") => ({
  kind: "failure" as const,
  failure: kind,
});
const delay = (given: Partial<Parameters<typeof retryDelay>[0]>) =>
  retryDelay({ method: "GET", headers: [], answer: answer(503), retries: 0, elapsedMs: 0, now: 0, random: 0.5, ...given });

describe("a call is made again", () => {
  test.each([429, 502, 503, 504])("after %i", (status) => expect(delay({ answer: answer(status) })).toBe(150));
  test.each(["reset", "connect_refused", "connect_timeout"] as const)("after %s", (kind) =>
    expect(delay({ answer: failure(kind) })).toBe(150),
  );
  test.each(["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])("by %s", (method) => expect(delay({ method })).toBe(150));
  test("by POST with Idempotency-Key", () => expect(delay({ method: "POST", headers: [["Idempotency-Key", "1"]] })).toBe(150));
  test("later each time, and never at the same moment as others", () => {
    expect([0, 1].map((retries) => delay({ retries }))).toEqual([150, 300]);
    expect([0, 1].map((random) => delay({ random }))).toEqual([75, 225]);
  });
  test("when the API says so, in seconds or by date", () => {
    const now = Date.parse("Wed, 21 Oct 2026 07:28:00 GMT");
    expect(delay({ answer: answer(429, [["Retry-After", "2"]]), random: 0 })).toBe(2_000);
    expect(delay({ answer: answer(429, [["retry-after", "Wed, 21 Oct 2026 07:28:01 GMT"]]), now, random: 0 })).toBe(1_000);
    expect(delay({ answer: answer(429, [["retry-after", "soon"]]) })).toBe(150);
  });
});

describe("a call is not made again", () => {
  test.each([200, 301, 400, 401, 404, 500, 501])("after %i", (status) => expect(delay({ answer: answer(status) })).toBeNull());
  test.each(["timeout", "tls", "blocked_address", "aborted"] as const)("after %s", (kind) =>
    expect(delay({ answer: failure(kind) })).toBeNull(),
  );
  test.each(["POST", "PATCH"])("by %s", (method) => expect(delay({ method })).toBeNull());
  test("a third time, or late", () => expect([delay({ retries: 2 }), delay({ elapsedMs: 10_000 })]).toEqual([null, null]));
  test("when the API asks for more time than a caller waits", () =>
    expect(delay({ answer: answer(503, [["Retry-After", "4"]]) })).toBeNull());
});
