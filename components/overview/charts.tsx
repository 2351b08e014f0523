"use client";

import { lazy, Suspense, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { formatFull, formatTimeOfDay } from "#components/ui/format-time.ts";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { useHydrated } from "#components/ui/use-now.ts";
import type { ChartBin, Charts as ChartData } from "#lib/activity/fill-bins.ts";
import type { PlotProps, PlotSeries } from "./plot.tsx";

// The library that draws comes after the page: what the charts say stands in words beside them.
const Plot = lazy(() => import("./plot.tsx"));

const TALL = 200;
const LOW = 128;

/** Calls, latency, refreshes and runs over one period. */
export function Charts({ data }: { data: ChartData }) {
  const { bins } = data;
  const sum = (
    key: "ok" | "clientError" | "serverError" | "failure" | "refreshed" | "refreshFailed" | "passed" | "runFailed" | "cancelled",
  ) => bins.reduce((total, bin) => total + bin[key], 0);
  const [ok, clientError, serverError, failure] = [sum("ok"), sum("clientError"), sum("serverError"), sum("failure")];
  const calls = ok + clientError + serverError + failure;
  const [refreshed, refreshFailed] = [sum("refreshed"), sum("refreshFailed")];
  const [passed, runFailed, cancelled] = [sum("passed"), sum("runFailed"), sum("cancelled")];
  const runs = passed + runFailed + cancelled;
  const of = (key: keyof ChartBin) => bins.map((bin) => bin[key] as number | null);
  const share = (part: number) => formatShare(part, calls);
  return (
    <div className="overview-charts">
      <ChartCard
        title="Calls by status"
        note={calls === 0 ? "No calls" : count(calls, "call")}
        kind="areas"
        height={TALL}
        data={data}
        legend={[share(ok), share(clientError), share(serverError), share(failure)]}
        series={[
          { name: "2xx", colour: "chart-2xx", look: "well", values: of("ok") },
          { name: "4xx", colour: "chart-4xx", look: "failed", values: of("clientError") },
          { name: "5xx", colour: "chart-5xx", look: "failed", values: of("serverError") },
          ...(failure > 0 ? [{ name: "No answer", colour: "chart-3", look: "failed" as const, values: of("failure") }] : []),
        ]}
        format={whole}
        isEmpty={calls === 0}
        empty="No calls in this period. Each call through a resource is counted here within a second."
      />
      <ChartCard
        title="Latency"
        note="All resources"
        kind="lines"
        height={TALL}
        data={data}
        legend={[ms(data.p50), ms(data.p95)]}
        series={[
          { name: "p50", colour: "chart-1", look: "line", values: of("p50") },
          { name: "p95", colour: "chart-2", look: "dashed", values: of("p95") },
        ]}
        format={(value) => `${whole(value)} ms`}
        isEmpty={calls === 0}
        empty="Latency is told once there are calls: the half (p50) and the 95 % (p95) of them that were faster."
      />
      <ChartCard
        title="Token refreshes"
        note={refreshed + refreshFailed === 0 ? "No refreshes" : `${whole(refreshed + refreshFailed)}, ${whole(refreshFailed)} failed`}
        kind="bars"
        height={LOW}
        data={data}
        legend={[whole(refreshFailed), whole(refreshed)]}
        series={[
          { name: "Failed", colour: "chart-5xx", look: "failed", values: of("refreshFailed") },
          { name: "Refreshed", colour: "chart-1", look: "well", values: of("refreshed") },
        ]}
        format={whole}
        isEmpty={refreshed + refreshFailed === 0}
        empty="No token was due in this period. Tokens are refreshed before they end, also when nobody calls."
      />
      <ChartCard
        title="Workflow runs"
        note={runs === 0 ? "No runs" : `${whole(runs)}, ${whole(runFailed)} failed`}
        kind="bars"
        height={LOW}
        data={data}
        legend={[whole(runFailed), whole(passed), whole(cancelled)]}
        series={[
          { name: "Failed", colour: "chart-5xx", look: "failed", values: of("runFailed") },
          { name: "Passed", colour: "chart-1", look: "well", values: of("passed") },
          ...(cancelled > 0 ? [{ name: "Cancelled", colour: "chart-3", look: "well" as const, values: of("cancelled") }] : []),
        ]}
        format={whole}
        isEmpty={runs === 0}
        empty="No run ended in this period. A workflow runs once it is published and switched on."
      />
    </div>
  );
}

interface ChartCardProps extends Pick<PlotProps, "kind" | "height" | "format"> {
  title: string;
  note: string;
  data: ChartData;
  series: readonly PlotSeries[];
  /** The period's value of each series. */
  legend: readonly string[];
  isEmpty: boolean;
  empty: string;
}

/** A chart with its values in words, or as a table. */
function ChartCard({ title, note, data, series, legend, isEmpty, empty, ...plot }: ChartCardProps) {
  const [asTable, setAsTable] = useState(false);
  const hydrated = useHydrated();
  const id = useId();
  const nameOf = (bin: number) => nameBin(data, bin);
  const shown = plot.kind === "bars" ? series.toReversed() : series;
  return (
    <Card title={title} actions={<span className="text-3">{note}</span>}>
      {isEmpty ? (
        <p className="overview-no-calls" style={{ minHeight: plot.height }}>
          {empty}
        </p>
      ) : (
        <>
          <div className="overview-legend">
            <ul>
              {shown.map(({ name, colour, look }) => (
                <li key={name}>
                  <em className="overview-swatch" data-look={look} style={{ color: `var(--${colour})` }} />
                  {name} <b>{legend[series.findIndex((each) => each.name === name)]}</b>
                </li>
              ))}
            </ul>
            <Button
              variant="link"
              aria-label={`View as table: ${title}`}
              aria-pressed={asTable}
              aria-controls={id}
              onClick={() => setAsTable(!asTable)}
            >
              View as table
            </Button>
          </div>
          <div id={id} style={{ minHeight: plot.height }}>
            {!hydrated && (
              <div className="overview-to-come" style={{ height: plot.height }}>
                <Skeleton className="h-full" />
              </div>
            )}
            {hydrated && !asTable && (
              <Suspense fallback={<div style={{ height: plot.height }} />}>
                <Plot {...plot} series={series} tick={(bin) => tickOf(data, bin)} title={nameOf} />
              </Suspense>
            )}
            {hydrated && asTable && (
              // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard has to reach it
              <section className="overview-table" aria-label={`${title}, as a table`} style={{ maxHeight: plot.height * 1.5 }} tabIndex={0}>
                <Table caption={title}>
                  <thead>
                    <tr>
                      <Column>From</Column>
                      {shown.map(({ name }) => (
                        <Column key={name} numeric>
                          {name}
                        </Column>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {data.bins.map(({ at }, bin) => (
                      <tr key={at}>
                        <Cell title={formatFull(new Date(at))}>{nameOf(bin)}</Cell>
                        {shown.map(({ name, values }) => (
                          <Cell key={name} numeric>
                            {values[bin] === null || values[bin] === undefined ? "–" : plot.format(values[bin])}
                          </Cell>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </Table>
              </section>
            )}
          </div>
        </>
      )}
    </Card>
  );
}

const whole = (value: number): string => value.toLocaleString("en");
const ms = (value: number | null): string => (value === null ? "none" : `${whole(value)} ms`);
const count = (n: number, noun: string): string => `${whole(n)} ${n === 1 ? noun : `${noun}s`}`;
const formatShare = (part: number, all: number): string => {
  const share = (part / Math.max(all, 1)) * 100;
  return `${share > 0 && share < 0.1 ? "under 0.1" : share.toFixed(share === 0 || share === 100 ? 0 : 1)} %`;
};

const dayOf = (date: Date) => date.toLocaleDateString("en-GB", { day: "numeric", month: "short" });

function tickOf({ range, bins }: ChartData, bin: number): string {
  const at = bins[bin]?.at;
  if (!at) return "";
  return range === "24h" ? formatTimeOfDay(new Date(at), undefined, false) : dayOf(new Date(at));
}

function nameBin({ range, bins }: ChartData, bin: number): string {
  const date = new Date(bins[bin]?.at ?? 0);
  const time = formatTimeOfDay(date, undefined, false);
  return range === "24h" ? time : `${dayOf(date)}, ${time}`;
}
