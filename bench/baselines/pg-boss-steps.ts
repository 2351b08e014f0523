/**
 * pg-boss driven directly, as its documents say it is fastest: one loop that fetches as many jobs as there are free slots, and for each one
 * transaction with the step's result, the next job and the job's completion. No definition, no redaction, no admission, no fairness.
 */
import { randomUUID } from "node:crypto";
import { PgBoss } from "pg-boss";
import postgres from "postgres";
import { through, throughPool } from "#lib/jobs/connect-queue.ts";

const RUNS = Number(process.env.BENCH_RUNS);
const STEPS = 3;
const SLOTS = 16;

const sql = postgres(process.env.DATABASE_URL!, { max: SLOTS, onnotice: () => {} });
const boss = new PgBoss({
  db: throughPool(sql),
  schema: "jobs",
  migrate: false,
  supervise: false,
  schedule: false,
  registerInstance: false,
});
await boss.start();
await boss.createQueue("bare", { heartbeatSeconds: 10, deleteAfterSeconds: 600 });
await boss.deleteAllJobs("bare");
await sql.unsafe(`
  drop table if exists bare_run, bare_step;
  create table bare_run (id uuid primary key, status text not null default 'queued', finished_at timestamptz);
  create table bare_step (run_id uuid, step int, output jsonb, finished_at timestamptz not null default now(), primary key (run_id, step))`);
const ids = Array.from({ length: RUNS }, () => randomUUID());
await sql`insert into bare_run (id) select * from unnest(${ids}::uuid[])`;
await boss.insert(
  "bare",
  ids.map((run) => ({ data: { run, step: 1 } })),
);
await sql`analyze bare_run, jobs.job_common`;

type Job = { id: string; retryCount: number; data: { run: string; step: number } };

async function handle(job: Job): Promise<void> {
  const { run, step } = job.data;
  await sql.begin(async (tx) => {
    const db = through(tx);
    await Promise.all([
      tx`insert into bare_step (run_id, step, output) values (${run}, ${step}, '{"branch":"then"}')`,
      step < STEPS
        ? boss.insert("bare", [{ data: { run, step: step + 1 } }], { db })
        : tx`update bare_run set status = 'succeeded', finished_at = now() where id = ${run}`,
      boss.complete("bare", job, null, { db }),
    ]);
  });
}

const began = performance.now();
let done = 0;
let atWork = 0;
let wake = () => {};
while (done < RUNS * STEPS) {
  const free = SLOTS - atWork;
  const jobs = free >= SLOTS / 2 ? ((await boss.fetch("bare", { batchSize: free })) as unknown as Job[]) : [];
  for (const job of jobs) {
    atWork++;
    void handle(job).finally(() => {
      atWork--;
      done++;
      wake();
    });
  }
  if (atWork > 0)
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
}
process.send!((RUNS * STEPS) / ((performance.now() - began) / 1_000));
await boss.stop({ graceful: false, close: false });
await sql.end();
