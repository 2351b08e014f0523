import { randomUUID } from "node:crypto";
import { databaseNow } from "#db/clock.ts";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import { type RawSql, runStatement, type Transaction } from "#db/run-statement.ts";
import type { Envelope, NewJob } from "./schema.ts";

/** Workers listen here. A hint only: what it misses, they find by looking twice a second. */
export const CHANNEL = "patchbay_jobs";

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

/**
 * For a statement that makes jobs itself: a row of pg-boss's table for each of `jobs(data, start_after, singleton_key, group_id)`, a table of
 * that statement. pg-boss's own insert would be another statement and another way to the database; jobs.test.ts holds the rows of both
 * side by side.
 */
export const insertJobsFrom = (jobs: string): string => `
  insert into ${JOBS_SCHEMA}.job (name, data, singleton_key, group_id, start_after, keep_until, expire_seconds, deletion_seconds, retry_limit,
    retry_delay, retry_backoff, retry_delay_max, policy, dead_letter, heartbeat_seconds)
  select q.name, j.data, j.singleton_key, j.group_id, j.start_after, j.start_after + q.retention_seconds * interval '1 second',
    q.expire_seconds, q.deletion_seconds, q.retry_limit, q.retry_delay, q.retry_backoff, q.retry_delay_max, q.policy, q.dead_letter,
    q.heartbeat_seconds
  from ${jobs} j join ${JOBS_SCHEMA}.queue q on q.name = '${QUEUE}'
  on conflict do nothing`;

/** A value of such a statement that wakes workers when it commits, if `inserted` has any row. */
export const wakeWorkers = (inserted: string): string =>
  `(select count(pg_notify('${CHANNEL}', '')) from (select from ${inserted} limit 1) one)`;

const INSERT = `
  with given as (
    select data, coalesce("startAfter", now()) as start_after, "singletonKey" as singleton_key, "group" as group_id
    from json_to_recordset($1::text::json) as g(data jsonb, "startAfter" timestamptz, "singletonKey" text, "group" text)
  ) ${insertJobsFrom("given")}`;

async function insertJobs(tx: Transaction, jobs: Again[]): Promise<void> {
  const rows = jobs.map(({ name, data, startAfter, group, singletonKey, failures, faults }) => ({
    data: { name, data, ...(failures ? { failures } : {}), ...(faults ? { faults } : {}) } satisfies Envelope,
    startAfter,
    // The queue keeps one waiting job of each key.
    singletonKey: singletonKey ?? randomUUID(),
    group,
  }));
  await runStatement(tx, INSERT, [JSON.stringify(rows)]);
}
