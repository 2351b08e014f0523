import { randomUUID } from "node:crypto";
import { PgBoss } from "pg-boss";
import { databaseNow } from "#db/clock.ts";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import { type RawSql, runStatement, type Transaction } from "#db/run-statement.ts";
import { through } from "./connect-queue.ts";
import type { Envelope, NewJob } from "./schema.ts";

/** Workers listen here. A hint only: what it misses, they find by looking twice a second. */
export const CHANNEL = "patchbay_jobs";

/** Knows the queue once it has written to it. Never started: nothing runs in it. */
let producer: PgBoss | undefined;

type Again = NewJob & Pick<Envelope, "failures" | "faults">;

/** Adds jobs in the caller's transaction: they exist when it commits, or never. */
export async function enqueue(tx: Transaction, ...jobs: NewJob[]): Promise<void> {
  if (jobs.length === 0) return;
  await Promise.all([insertJobs(tx, jobs), ...(jobs.some(isDue) ? [runStatement(tx, "select pg_notify($1, '')", [CHANNEL])] : [])]);
}

/** As enqueue, without waking other workers: whoever handles a job looks for the next one anyway. */
export async function enqueueNext(tx: RawSql, jobs: Again[]): Promise<void> {
  if (jobs.length > 0) await insertJobs(tx, jobs);
}

const isDue = ({ startAfter }: NewJob): boolean => startAfter === undefined || startAfter.getTime() <= databaseNow();

async function insertJobs(tx: Transaction, jobs: Again[]): Promise<void> {
  const db = through(tx);
  const boss = producer ?? new PgBoss({ db, schema: JOBS_SCHEMA, schedule: false, supervise: false, registerInstance: false });
  await boss.insert(
    QUEUE,
    jobs.map(({ name, data, startAfter, group, singletonKey, failures, faults }) => ({
      data: { name, data, ...(failures ? { failures } : {}), ...(faults ? { faults } : {}) } satisfies Envelope,
      startAfter,
      singletonKey: singletonKey ?? randomUUID(),
      ...(group ? { group: { id: group } } : {}),
    })),
    { db },
  );
  producer = boss;
}
