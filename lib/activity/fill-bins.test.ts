import { expect, test } from "vitest";
import { endOfBins, fillBins } from "./fill-bins.ts";
import { LATENCY_BOUNDS } from "./schema.ts";

const now = new Date("2026-11-25T23:45:10Z");
const to = endOfBins(now);
const histogram = (bucket: number, n: number) => Array.from({ length: LATENCY_BOUNDS.length + 1 }, (_, at) => (at === bucket ? n : 0));
const row = (bin: string, kind: string, end: string, n: number, bucket = 0) => ({
  kind,
  class: end,
  bin: new Date(bin),
  n,
  latency: histogram(bucket, n),
});

test("the running hour is the last bin, and what had no call is zero", () => {
  const { bins, p50, p95 } = fillBins([], [], "24h", to);
  expect(bins).toHaveLength(24);
  expect(bins[0]!.at).toBe("2026-11-25T00:00:00.000Z");
  expect(bins.at(-1)).toEqual({
    at: "2026-11-25T23:00:00.000Z",
    ok: 0,
    clientError: 0,
    serverError: 0,
    failure: 0,
    p50: null,
    p95: null,
    refreshed: 0,
    refreshFailed: 0,
    passed: 0,
    runFailed: 0,
    cancelled: 0,
  });
  expect([p50, p95]).toEqual([null, null]);
});

test("calls and refreshes are kept apart, and only calls make the latency", () => {
  const at = "2026-11-25T22:00:00Z";
  const rows = [
    row(at, "call", "ok", 90, 4),
    row(at, "call", "client_error", 4, 4),
    row(at, "call", "server_error", 4, 4),
    row(at, "call", "failure", 2, 16),
    row(at, "token", "ok", 7, 17),
    row(at, "token", "client_error", 2, 17),
    row(at, "token", "failure", 1, 17),
  ];
  const { bins, p50, p95 } = fillBins(rows, [], "24h", to);
  expect(bins.at(-2)).toMatchObject({ ok: 90, clientError: 4, serverError: 4, failure: 2, refreshed: 7, refreshFailed: 3 });
  expect(bins.at(-2)!.p50).toBeLessThanOrEqual(50);
  expect(p50).toBe(bins.at(-2)!.p50);
  expect(p95, "the two slow calls are beyond the 95 %").toBeLessThanOrEqual(50);
});

test("a week is told in quarters of days, a month in days", () => {
  expect(
    fillBins([], [], "7d", to)
      .bins.map(({ at }) => at)
      .slice(0, 2),
  ).toEqual(["2026-11-19T00:00:00.000Z", "2026-11-19T06:00:00.000Z"]);
  const month = fillBins([row("2026-11-25T00:00:00Z", "call", "ok", 3)], [], "30d", to).bins;
  expect(month).toHaveLength(30);
  expect(month.at(-1)).toMatchObject({ at: "2026-11-25T00:00:00.000Z", ok: 3 });
});

test("runs are counted in the bin in which they ended, by how", () => {
  const bin = new Date("2026-11-25T22:00:00Z");
  const runs = [
    { status: "succeeded" as const, bin, n: 12 },
    { status: "failed" as const, bin, n: 2 },
    { status: "cancelled" as const, bin: to, n: 1 },
  ];
  const { bins } = fillBins([], runs, "24h", to);
  expect(bins.at(-2)).toMatchObject({ passed: 12, runFailed: 2, cancelled: 0 });
  expect(
    bins.reduce((sum, { cancelled }) => sum + cancelled, 0),
    "a bin that isn't shown",
  ).toBe(0);
});
