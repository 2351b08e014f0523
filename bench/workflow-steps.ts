import { fork } from "node:child_process";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { killService, openParts, type Parts } from "./faults/open-parts.ts";
import { emptyStep, publishWorkflow, startMany } from "./publish-workflow.ts";
import { against, interleave, median, ms, percentile, perSecond, printTable, ratio } from "./report.ts";

const RUNS = Number(process.env.BENCH_RUNS ?? 2_000);
const STEPS = 3;
const ROUNDS = 5;
const STARTS = 100;
const LIMIT = "own claim loop";
const OURS = "Patchbay";
const BOSS = "pg-boss, driven directly";

/**
 * Runs of three chained steps that do nothing, one process at work: ours (a gateway's worker) beside pg-boss driven directly, and beside the
 * least code that does the same. Then how long an idle worker takes to begin a run that was just asked for.
 */
export async function measureWorkflowSteps(): Promise<void> {
  const parts = await openParts();
  try {
    const { scope, db } = parts;
    await publishWorkflow(
      scope,
      db,
      "no.op",
      Array.from({ length: STEPS }, (_, n) => emptyStep(`step_${n}`)),
    );
    const contenders = {
      [LIMIT]: () => runBaseline("claim-loop"),
      [BOSS]: () => runBaseline("pg-boss-steps"),
      [OURS]: () => runOurs(parts),
    };
    const results = await interleave(ROUNDS, contenders);
    printRates(results);
    await printLatency(parts);
  } finally {
    await parts.end();
  }
}

/** Steps a second. */
async function runBaseline(name: "claim-loop" | "pg-boss-steps"): Promise<number> {
  const child = fork(path.join(import.meta.dirname, `baselines/${name}.ts`), {
    env: { ...process.env, BENCH_RUNS: String(RUNS) } as unknown as NodeJS.ProcessEnv,
  });
  return await new Promise<number>((resolve, reject) => {
    child.once("message", (rate) => resolve(rate as number));
    child.once("exit", (code) => reject(new Error(`The baseline ended (${code}).`)));
  });
}

async function runOurs(parts: Parts): Promise<number> {
  const { sql, scope, db } = parts;
  await sql`delete from step_run`;
  await sql`delete from run`;
  await startMany(scope, db, "no.op", null, RUNS);
  await sql`vacuum analyze run, step_run`;
  const gateway = await parts.startGateway();
  for (;;) {
    const [row] = await sql<{ n: number; seconds: number }[]>`
      select count(*) filter (where status = 'succeeded')::int as n,
        extract(epoch from max(finished_at) - min(started_at))::float8 as seconds from run where project_id = ${scope.projectId}`;
    if (row!.n === RUNS) {
      await killService(gateway);
      return (RUNS * STEPS) / row!.seconds;
    }
    await sleep(200);
  }
}

function printRates(results: Record<string, number[]>): void {
  const share = (name: string, of: string) => median(results[name]!.map((rate, round) => rate / results[of]![round]!));
  printTable({
    title: `${RUNS.toLocaleString("en-US")} runs of ${STEPS} steps that do nothing, one process`,
    head: ["", "steps", "of the claim loop", "bar 1,000/s", "goal 0.8"],
    rows: Object.entries(results).map(([name, rates]) => [
      name,
      perSecond(median(rates)),
      ratio(share(name, LIMIT)),
      name === OURS ? against(median(rates), { least: 1_000 }) : "",
      name === OURS ? against(share(name, LIMIT), { least: 0.8 }) : "",
    ]),
    notes: [
      `Median of ${ROUNDS} interleaved rounds. Of pg-boss driven directly: ${ratio(share(OURS, BOSS))}.`,
      `A step costs ${ms(1_000 / median(results[OURS]!))} of the process, ${ms(1_000 / median(results[OURS]!) - 1_000 / median(results[LIMIT]!))} beyond the limit's.`,
    ],
  });
}

async function printLatency(parts: Parts): Promise<void> {
  const { sql, scope, db } = parts;
  await sql`delete from step_run`;
  await sql`delete from run`;
  await parts.startGateway();
  await sleep(2_000);
  for (let n = 0; n < STARTS; n++) {
    await startMany(scope, db, "no.op", null, 1);
    await sleep(50 + Math.random() * 50);
  }
  await sleep(1_000);
  const rows = await sql<{ waited: number }[]>`
    select extract(epoch from started_at - at)::float8 * 1000 as waited from run where project_id = ${scope.projectId} and started_at is not null`;
  const waits = rows.map(({ waited }) => waited);
  printTable({
    title: `From asking for a run to its first step, ${waits.length} runs, an idle worker`,
    head: ["", "", "bar", "goal"],
    rows: [
      ["p50", ms(median(waits)), `15 ms ${against(median(waits), { most: 15 })}`, `8 ms ${against(median(waits), { most: 8 })}`],
      ["p99", ms(percentile(waits, 0.99))],
    ],
  });
}
