import { PgBoss } from "pg-boss";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import type { RawSql } from "#db/run-statement.ts";
import { through } from "./connect-queue.ts";
import type { TakenJob } from "./run-jobs.ts";

/** The job is another worker's by now: whatever was done for it here must not be kept. */
export class JobLost extends Error {}

/** Knows the queue once it has written to it. Never started: nothing runs in it. */
let settler: PgBoss | undefined;

/**
 * Settles jobs in the transaction that keeps their work. Throws, so that the work is rolled back, when one of them was given to another
 * worker meanwhile. Whoever handles a job and doesn't settle it has it settled when the handler returns.
 */
export async function completeJobs(tx: RawSql, jobs: readonly TakenJob[]): Promise<void> {
  const db = through(tx);
  const boss = settler ?? new PgBoss({ db, schema: JOBS_SCHEMA, schedule: false, supervise: false, registerInstance: false });
  const held = jobs.map(({ fetched }) => fetched);
  const { affected } = (await boss.complete(QUEUE, held as never, null, { db })) as { affected?: number };
  settler = boss;
  if (affected !== jobs.length) throw new JobLost(`of ${jobs.length} jobs ${jobs.length - (affected ?? 0)} are another worker's by now`);
  for (const job of jobs) job.isSettled = true;
}
