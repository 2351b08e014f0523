import { randomUUID } from "node:crypto";
import { applyLoad, type LoadResult } from "./apply-load.ts";
import { openParts } from "./faults/open-parts.ts";
import { openHook, signEvent } from "./open-hook.ts";
import { against, interleave, median, ms, perSecond, printTable, ratio } from "./report.ts";
import { startBaseline } from "./start-baseline.ts";

const CONNECTIONS = 16;
const EVENTS = 3_000;
const ROUNDS = 5;
const LIMIT = "bare node:http";
const GATEWAY = "gateway";

/**
 * Signed events, each with an id of its own, answered when delivery, dedupe key and run are durable; beside the least code that does the
 * same, on the same durable database. Nobody executes the runs meanwhile; those beyond what a project may have in the queue wait in their table.
 */
export async function measureWebhookAck(rounds = ROUNDS): Promise<void> {
  const parts = await openParts();
  try {
    const hook = await openHook(parts);
    const gateway = await parts.startGateway({ PATCHBAY_WORKER: "off" });
    const product = { app: { databaseUrl: parts.databaseUrl }, publicKeyPem: "" };
    const baseline = await startBaseline("webhook-ack", product, { BENCH_SECRET: hook.secret, BENCH_TOKEN: hook.path.split("/").at(-1)! });
    const origins: Record<string, string> = { [LIMIT]: baseline.origin, [GATEWAY]: gateway.origin };
    const run = (name: string, rate?: number): Promise<LoadResult> => {
      const events = Array.from({ length: EVENTS }, () => signEvent(hook, randomUUID()));
      const request = (index: number) => ({ method: "POST" as const, path: hook.path, ...events[index]! });
      return applyLoad({ origin: origins[name]!, connections: CONNECTIONS, amount: EVENTS, rate, request });
    };
    try {
      for (const name of Object.keys(origins)) await run(name);
      const full = await interleave(rounds, { [LIMIT]: () => run(LIMIT), [GATEWAY]: () => run(GATEWAY) });
      printFull(full);
      const rate = Math.round(median(full[GATEWAY]!.map(({ perSecond: each }) => each)) / 2);
      printHalf(await interleave(rounds, { [LIMIT]: () => run(LIMIT, rate), [GATEWAY]: () => run(GATEWAY, rate) }), rate);
      await checkKept(parts.sql, hook.workflowId, EVENTS * (1 + 2 * rounds));
    } finally {
      baseline.child.disconnect();
    }
  } finally {
    await parts.end();
  }
}

/** An answer that isn't kept would be fast for nothing. */
async function checkKept(sql: Awaited<ReturnType<typeof openParts>>["sql"], workflowId: string, sent: number): Promise<void> {
  const [row] = await sql<{ runs: number }[]>`select count(*)::int as runs from run where workflow_id = ${workflowId}`;
  if (row!.runs !== sent) throw new Error(`${sent} events were acknowledged, ${row!.runs} runs are there.`);
}

function printFull(results: Record<string, LoadResult[]>): void {
  printTable({
    title: `Webhook, durable answer, ${CONNECTIONS} connections`,
    head: ["", "events", "of limit", "bar 0.6", "p50", "p99"],
    rows: Object.entries(results).map(([name, rounds]) => {
      const share = median(rounds.map((each, round) => each.perSecond / results[LIMIT]![round]!.perSecond));
      return [
        name,
        perSecond(median(rounds.map((each) => each.perSecond))),
        ratio(share),
        name === GATEWAY ? against(share, { least: 0.6 }) : "",
        ms(median(rounds.map((each) => each.p50))),
        ms(median(rounds.map((each) => each.p99))),
      ];
    }),
    notes: [
      "Runs aren't executed meanwhile: after the first hundred they wait in their table, without a job; the baseline's each have one.",
    ],
  });
}

function printHalf(results: Record<string, LoadResult[]>, rate: number): void {
  printTable({
    title: `Webhook, durable answer, at half of the gateway's most: ${perSecond(rate)}`,
    head: ["", "p50", "p99", "bar 50 ms"],
    rows: Object.entries(results).map(([name, rounds]) => {
      const p99 = median(rounds.map((each) => each.p99));
      return [name, ms(median(rounds.map((each) => each.p50))), ms(p99), name === GATEWAY ? against(p99, { most: 50 }) : ""];
    }),
  });
}
