import { expect, test } from "vitest";
import type { ReceivedRequest } from "./received.ts";
import { mayKeepUnproven } from "./unproven-budget.ts";

const request = (bytes: number, headers: ReceivedRequest["headers"] = []): ReceivedRequest => ({
  method: "POST",
  urls: [],
  headers,
  query: [],
  body: new Uint8Array(bytes),
  address: null,
});
const MIB = 1_048_576;

test("of one trigger a burst is kept, then a little a minute: by number, by bodies, and by what headers weigh", () => {
  const kept = (id: string, n: number, received: ReceivedRequest, now: number) =>
    Array.from({ length: n }, () => mayKeepUnproven(id, received, now)).filter(Boolean).length;
  const start = 1_000_000;
  expect(kept("small", 300, request(10), start)).toBe(120);
  expect(kept("small", 300, request(10), start + 30_000)).toBe(60);
  expect(kept("large", 300, request(MIB), start)).toBe(4);
  expect(kept("large", 300, request(MIB), start + 60_000), "a quarter of one came back").toBe(0);
  expect(kept("large", 300, request(1_000), start + 60_000), "which a small one fits").toBe(120);
  expect(kept("headed", 300, request(0, [["x", "a".repeat(MIB - 1)]]), start)).toBe(2);
  expect(kept("other", 1, request(MIB), start + 60_000), "each has its own").toBe(1);
  const week = Array.from({ length: 7 * 24 * 60 }, (_, minute) => kept("for a week", 120, request(MIB), start + minute * 60_000));
  expect(week.reduce((sum, n) => sum + n, 0)).toBeLessThan(2_600);
});
