/**
 * The limit of workflow steps: what no engine can leave out, in the least code. Claim a job, keep the step's result, add the next job or
 * end the run, and let go of the job, all in one transaction; hands that look again at once. No library, no heartbeat, no retry, no delay,
 * no fairness, no definition to follow.
 */
import { randomUUID } from "node:crypto";
import postgres from "postgres";

const RUNS = Number(process.env.BENCH_RUNS);
const STEPS = 3;
const HANDS = 16;

const sql = postgres(process.env.DATABASE_URL!, { max: HANDS, onnotice: () => {} });
await sql.unsafe(`
  drop table if exists limit_run, limit_step, limit_job;
  create table limit_run (id uuid primary key, status text not null default 'queued', finished_at timestamptz);
  create table limit_step (run_id uuid, step int, output jsonb, finished_at timestamptz not null default now(), primary key (run_id, step));
  create table limit_job (id bigint generated always as identity primary key, run_id uuid not null, step int not null)`);
const ids = Array.from({ length: RUNS }, () => randomUUID());
await sql`insert into limit_run (id) select * from unnest(${ids}::uuid[])`;
await sql`insert into limit_job (run_id, step) select id, 1 from limit_run`;
await sql`analyze limit_run, limit_job`;

async function takeOne(): Promise<boolean> {
  return await sql.begin(async (tx) => {
    const [job] = await tx<{ run: string; step: number }[]>`
      delete from limit_job where id = (select id from limit_job order by id limit 1 for update skip locked) returning run_id as run, step`;
    if (!job) return false;
    await Promise.all([
      tx`insert into limit_step (run_id, step, output) values (${job.run}, ${job.step}, '{"branch":"then"}')`,
      job.step < STEPS
        ? tx`insert into limit_job (run_id, step) values (${job.run}, ${job.step + 1})`
        : tx`update limit_run set status = 'succeeded', finished_at = now() where id = ${job.run}`,
    ]);
    return true;
  });
}

const began = performance.now();
let done = 0;
await Promise.all(
  Array.from({ length: HANDS }, async () => {
    while (done < RUNS * STEPS) if (await takeOne()) done++;
  }),
);
process.send!((RUNS * STEPS) / ((performance.now() - began) / 1_000));
await sql.end();
