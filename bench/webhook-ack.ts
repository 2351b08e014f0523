import { randomUUID } from "node:crypto";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { MOST_ADMITTED } from "#lib/workflows/admit-runs.ts";
import { applyLoad, type LoadResult } from "./apply-load.ts";
import { openParts, type Parts } from "./faults/open-parts.ts";
import { type Hook, openHook, signEvent } from "./open-hook.ts";
import { against, interleave, median, ms, perSecond, printTable, ratio } from "./report.ts";
import { startBaseline } from "./start-baseline.ts";

const CONNECTIONS = 16;
const EVENTS = 3_000;
const ROUNDS = 5;
const LIMIT = "bare node:http";
const GATEWAY = "gateway";

/** So many that no project has more runs in a round than it may have in the queue at once: each run gets its job, as the baseline's do. */
const PROJECTS = Math.ceil(EVENTS / (MOST_ADMITTED * 0.75));

/**
 * Signed events, each with an id of its own, answered when delivery, dedupe key, run and job are durable; beside the least code that does
 * the same, on the same durable database. Nobody executes the runs meanwhile; between rounds they are ended.
 */
export async function measureWebhookAck(rounds = ROUNDS): Promise<void> {
  const parts = await openParts();
  try {
    const hooks = await openHooks(parts);
    const gateway = await parts.startGateway({ PATCHBAY_WORKER: "off" });
    const product = { app: { databaseUrl: parts.databaseUrl }, publicKeyPem: "" };
    const given = JSON.stringify(hooks.map(({ path, secret }) => ({ token: path.split("/").at(-1), secret })));
    const baseline = await startBaseline("webhook-ack", product, { BENCH_HOOKS: given });
    const origins: Record<string, string> = { [LIMIT]: baseline.origin, [GATEWAY]: gateway.origin };
    const run = async (name: string, rate?: number): Promise<LoadResult> => {
      await endRuns(parts);
      const hookOf = (index: number) => hooks[index % hooks.length]!;
      const events = Array.from({ length: EVENTS }, (_, index) => signEvent(hookOf(index), randomUUID()));
      const request = (index: number) => ({ method: "POST" as const, path: hookOf(index).path, ...events[index]! });
      return applyLoad({ origin: origins[name]!, connections: CONNECTIONS, amount: EVENTS, rate, request });
    };
    try {
      for (const name of Object.keys(origins)) await run(name);
      const full = await interleave(rounds, { [LIMIT]: () => run(LIMIT), [GATEWAY]: () => run(GATEWAY) });
      printFull(full);
      const rate = Math.round(median(full[GATEWAY]!.map(({ perSecond: each }) => each)) / 2);
      printHalf(await interleave(rounds, { [LIMIT]: () => run(LIMIT, rate), [GATEWAY]: () => run(GATEWAY, rate) }), rate);
      await checkKept(parts, EVENTS * (1 + 2 * rounds));
    } finally {
      baseline.child.disconnect();
    }
  } finally {
    await parts.end();
  }
}

/** One in each of so many projects. */
async function openHooks(parts: Parts): Promise<Hook[]> {
  const { db, actor } = parts;
  const hooks = [await openHook(parts)];
  while (hooks.length < PROJECTS) {
    const { id } = await createProject(db, actor, { name: `Project ${hooks.length}`, adminId: actor.kind === "member" ? actor.id : "" });
    hooks.push(await openHook({ ...parts, scope: { projectId: id } }));
  }
  return hooks;
}

async function endRuns({ sql }: Parts): Promise<void> {
  await sql`update run set status = 'succeeded', started_at = now(), finished_at = now() where status = 'queued'`;
  await sql`delete from ${sql(JOBS_SCHEMA)}.job where name = ${QUEUE}`;
}

/** An answer that isn't kept would be fast for nothing. */
async function checkKept({ sql }: Parts, sent: number): Promise<void> {
  const [row] = await sql<{ runs: number; waiting: number }[]>`
    select count(*)::int as runs, count(*) filter (where admitted_at is null)::int as waiting from run`;
  if (row!.runs !== sent) throw new Error(`${sent} events were acknowledged, ${row!.runs} runs are there.`);
  if (row!.waiting > 0) throw new Error(`${row!.waiting} runs got no job: the rounds aren't alike.`);
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
    notes: [`Over ${PROJECTS} projects, so that each run has its job, as the baseline's have. Nobody executes them meanwhile.`],
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
