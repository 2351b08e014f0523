import { addHistograms, estimateLatency } from "./estimate-latency.ts";
import { OVERVIEW_BINS, type OverviewRange } from "./words.ts";

export type CountedBin = { kind: string; class: string; bin: Date; n: number; latency: readonly number[] };

/** What a chart draws of one stretch of time. Latencies in milliseconds; null without calls. */
export type ChartBin = {
  /** Its start, RFC 3339. */
  at: string;
  /** Calls by how they ended: with 2xx or 3xx, 4xx, 5xx, or with no answer at all. */
  ok: number;
  clientError: number;
  serverError: number;
  failure: number;
  p50: number | null;
  p95: number | null;
  refreshed: number;
  refreshFailed: number;
  /** Runs of workflows that ended, by how. */
  passed: number;
  runFailed: number;
  cancelled: number;
};

export type CountedRuns = { status: "succeeded" | "failed" | "cancelled"; bin: Date; n: number };

export type Charts = { range: OverviewRange; bins: ChartBin[]; p50: number | null; p95: number | null };

const HOUR_MS = 3_600_000;

/** The end of the newest bin: the next full hour, so that the running hour is part of it. */
export const endOfBins = (now: Date): Date => new Date((Math.floor(now.getTime() / HOUR_MS) + 1) * HOUR_MS);

/** One entry for each bin, oldest first; those without calls are zero. Pure. */
export function fillBins(rows: readonly CountedBin[], runs: readonly CountedRuns[], range: OverviewRange, to: Date): Charts {
  const { binHours, bins } = OVERVIEW_BINS[range];
  const calls = rows.filter(({ kind }) => kind === "call");
  const all = addHistograms(calls.map(({ latency }) => latency));
  return {
    range,
    p50: estimateLatency(all, 0.5),
    p95: estimateLatency(all, 0.95),
    bins: Array.from({ length: bins }, (_, index) => {
      const at = to.getTime() - (bins - index) * binHours * HOUR_MS;
      return fillBin(
        new Date(at).toISOString(),
        rows.filter(({ bin }) => bin.getTime() === at),
        runs.filter(({ bin }) => bin.getTime() === at),
      );
    }),
  };
}

function fillBin(at: string, rows: readonly CountedBin[], runs: readonly CountedRuns[]): ChartBin {
  const sum = (kind: string, isMeant: (end: string) => boolean) =>
    rows.filter((row) => row.kind === kind && isMeant(row.class)).reduce((total, { n }) => total + n, 0);
  const ended = (how: CountedRuns["status"]) => runs.filter(({ status }) => status === how).reduce((total, { n }) => total + n, 0);
  const histogram = addHistograms(rows.filter(({ kind }) => kind === "call").map(({ latency }) => latency));
  return {
    at,
    ok: sum("call", (end) => end === "ok"),
    clientError: sum("call", (end) => end === "client_error"),
    serverError: sum("call", (end) => end === "server_error"),
    failure: sum("call", (end) => end === "failure"),
    p50: estimateLatency(histogram, 0.5),
    p95: estimateLatency(histogram, 0.95),
    refreshed: sum("token", (end) => end === "ok"),
    refreshFailed: sum("token", (end) => end !== "ok"),
    passed: ended("succeeded"),
    runFailed: ended("failed"),
    cancelled: ended("cancelled"),
  };
}
