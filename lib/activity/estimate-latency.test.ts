import { expect, it } from "vitest";
import { addHistograms, estimateLatency } from "./estimate-latency.ts";
import { LATENCY_BOUNDS } from "./schema.ts";

/** `durations` in one histogram, as record-activity counts them. */
const histogramOf = (durations: number[]) =>
  addHistograms(
    durations.map((duration) => {
      const index = LATENCY_BOUNDS.findIndex((bound) => duration <= bound);
      return Array.from({ length: LATENCY_BOUNDS.length + 1 }, (_, at) => (at === (index < 0 ? LATENCY_BOUNDS.length : index) ? 1 : 0));
    }),
  );

it("an estimate lies in the bucket of the true percentile", () => {
  const durations = Array.from({ length: 1000 }, (_, at) => at + 1);
  const histogram = histogramOf(durations);
  expect(estimateLatency(histogram, 0.5)).toBe(500);
  expect(estimateLatency(histogram, 0.95)).toBe(950);
});

it("one slow call of twenty shows in p99, not in p50", () => {
  const histogram = histogramOf([...Array(19).fill(8), 4000]);
  expect(estimateLatency(histogram, 0.5)).toBeLessThanOrEqual(10);
  expect(estimateLatency(histogram, 0.99)).toBeGreaterThan(2000);
});

it("calls beyond the last bound are said to take at least that long; no calls, no figure", () => {
  expect(estimateLatency(histogramOf([90_000]), 0.5)).toBe(30_000);
  expect(estimateLatency(histogramOf([]), 0.5)).toBeNull();
});
