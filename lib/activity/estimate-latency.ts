import { LATENCY_BOUNDS } from "./schema.ts";

/**
 * The duration in milliseconds that `share` (0.5, 0.95) of the calls stay under, from the histogram of the roll-ups: exact to its
 * bucket, linear inside it. Null without calls. Beyond the last bound it is that bound: nobody knows how far. Pure.
 */
export function estimateLatency(histogram: readonly number[], share: number): number | null {
  const calls = histogram.reduce((sum, n) => sum + n, 0);
  if (calls === 0) return null;
  let left = calls * share;
  for (const [bucket, n] of histogram.entries()) {
    if (n > 0 && left <= n) return within(bucket, left / n);
    left -= n;
  }
  return LATENCY_BOUNDS.at(-1)!;
}

function within(bucket: number, part: number): number {
  const from = LATENCY_BOUNDS[bucket - 1] ?? 0;
  const to = LATENCY_BOUNDS[bucket] ?? from;
  return Math.round(from + (to - from) * part);
}

/** Histograms of several hours or classes as one. */
export const addHistograms = (histograms: readonly (readonly number[])[]): number[] =>
  Array.from({ length: LATENCY_BOUNDS.length + 1 }, (_, bucket) => histograms.reduce((sum, each) => sum + (each[bucket] ?? 0), 0));
