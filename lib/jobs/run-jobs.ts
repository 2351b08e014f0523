/**
 * One fetch loop per process over pg-boss (its `work()` takes one job at a time for each loop, and every notification would wake each of
 * them): takes as many jobs as there are free slots, on a notification or at a poll, and shows signs of life for all it holds.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { PgBoss } from "pg-boss";
import type { Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import { isPassing } from "#db/is-away.ts";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import { completeJobs, JobLost } from "./complete-jobs.ts";
import { throughPool } from "./connect-queue.ts";
import { CHANNEL, enqueueNext } from "./enqueue.ts";
import type { Envelope, Json } from "./schema.ts";

export type TakenJob = {
  id: string;
  name: string;
  data: Json;
  /** How many workers have died with it, or lost it. */
  losses: number;
  /** How often its handler has thrown for what won't pass by itself: not for a database that was away. */
  faults: number;
  /** Ends when the worker stops in haste, or when the job has become another worker's. */
  signal: AbortSignal;
  /** As pg-boss gave it; for complete-jobs. */
  fetched: FetchedJob;
  /** Whether its handler has settled it (complete-jobs), with its work. */
  isSettled: boolean;
};

/** Told of what a handler has thrown, with the job: its data are ids. */
export type OnError = (error: unknown, job?: Pick<TakenJob, "name" | "data">) => void;
export type JobHandler = (job: TakenJob) => Promise<void>;

export type JobSettings = {
  /** Jobs at once. Most wait for somebody else's server. */
  slots: number;
  /** Milliseconds between two looks when nothing wakes it. */
  pollMs: number;
  /** Address for the one connection that listens: around a pooler. Null listens nowhere. */
  listen: Sql | null;
};

export type RunningJobs = {
  /** Takes no new job, waits for those at work, and after `patienceMs` leaves them to another worker. */
  stop(patienceMs?: number): Promise<void>;
};

const DEFAULTS: JobSettings = { slots: 64, pollMs: 500, listen: null };
const TOUCH_MS = 2_500;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;
/** A full batch mostly of one group says that it has many waiting: then others are looked for, this often at most. */
const TURN_MS = 100;
const MOST_BATCH = 16;
/** With a full house, some are waited for: a fetch costs about as much for one job as for many. */
const LEAST_FREE = 8;

type Held = { id: string; retryCount: number; group: string | null; aborting: AbortController; ended: Promise<void> };

export async function runJobs(
  sql: Sql,
  handlers: Record<string, JobHandler>,
  onError: OnError,
  given: Partial<JobSettings> = {},
): Promise<RunningJobs> {
  const { slots, pollMs, listen } = { ...DEFAULTS, ...given };
  const boss = await startBoss(sql, onError);
  const held = new Map<string, Held>();
  const bell = createBell();
  const turns = createTurns(slots);
  let isStopping = false;

  const listening = listen ? await listen.listen(CHANNEL, bell.ring, bell.ring).catch(onError) : undefined;
  const touching = setInterval(() => {
    if (held.size > 0) void touchAll(boss, [...held.values()]).catch(onError);
  }, TOUCH_MS);

  const start = (job: FetchedJob) => {
    const aborting = new AbortController();
    const ended = handle(sql, handlers, job, aborting.signal, onError).finally(() => {
      held.delete(job.id);
      // It may have left another one; and there is room again.
      if (slots - held.size >= LEAST_FREE || held.size === 0) bell.ring();
    });
    held.set(job.id, { id: job.id, retryCount: job.retryCount, group: job.groupId ?? null, aborting, ended });
  };

  const loop = (async () => {
    while (!isStopping) {
      const woken = bell.next(pollMs);
      const free = slots - held.size;
      const batchSize = Math.min(free, MOST_BATCH);
      const ignoreGroups = turns.ignored([...held.values()]);
      const jobs = free > 0 ? await fetchJobs(boss, batchSize, ignoreGroups).catch(onError) : [];
      for (const job of jobs ?? []) start(job);
      if (jobs) turns.note(jobs, batchSize);
      const mayBeMore = jobs?.length === batchSize || ignoreGroups.length > 0;
      if (mayBeMore && slots - held.size >= LEAST_FREE) continue;
      await woken;
    }
  })();

  return {
    stop: async (patienceMs = 25_000) => {
      isStopping = true;
      bell.ring();
      await loop;
      const all = Promise.allSettled([...held.values()].map(({ ended }) => ended));
      await Promise.race([all, sleep(patienceMs, undefined, { ref: false })]);
      for (const { aborting } of held.values()) aborting.abort();
      clearInterval(touching);
      await listening?.unlisten().catch(() => {});
      await boss.stop({ graceful: false, close: false });
    },
  };
}

async function startBoss(sql: Sql, onError: (error: unknown) => void): Promise<PgBoss> {
  const boss = new PgBoss({
    db: throughPool(sql),
    schema: JOBS_SCHEMA,
    schedule: false,
    migrate: false,
    registerInstance: false,
    // How soon it is seen that a worker has died, after its heartbeat has lapsed.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
    maintenanceIntervalSeconds: 300,
  });
  boss.on("error", onError);
  return await boss.start();
}

export type FetchedJob = { id: string; retryCount: number; data: Envelope; groupId?: string | null };

const fetchJobs = async (boss: PgBoss, batchSize: number, ignoreGroups: string[]): Promise<FetchedJob[]> =>
  boss.fetch<Envelope>(QUEUE, { batchSize, ...(ignoreGroups.length > 0 ? { ignoreGroups } : {}) });

/** Shows that they are still at work. Those that are another worker's by now are told to end. */
async function touchAll(boss: PgBoss, jobs: Held[]): Promise<void> {
  const { settled } = (await boss.touch(QUEUE, jobs)) as { settled?: string[] };
  const mine = new Set(settled);
  for (const { id, aborting } of jobs) if (!mine.has(id)) aborting.abort();
}

async function handle(
  sql: Sql,
  handlers: Record<string, JobHandler>,
  job: FetchedJob,
  signal: AbortSignal,
  onError: OnError,
): Promise<void> {
  const { name, data, failures = 0, faults = 0 } = job.data;
  const taken: TakenJob = { id: job.id, name, data, losses: job.retryCount, faults, signal, fetched: job, isSettled: false };
  try {
    const handler = handlers[name];
    if (!handler) throw new Error(`nobody handles jobs named ${name}`);
    await handler(taken);
    if (!taken.isSettled) await completeJobs(sql, [taken]);
  } catch (error) {
    if (error instanceof JobLost) return;
    onError(error, { name, data });
    const pause = Math.min(FIRST_PAUSE_MS * 2 ** failures, LONGEST_PAUSE_MS) * (0.5 + Math.random());
    const again = {
      name,
      data,
      failures: failures + 1,
      faults: faults + (isPassing(error) ? 0 : 1),
      startAfter: new Date(databaseNow() + pause),
      ...(job.groupId ? { group: job.groupId } : {}),
    };
    // Where this fails too, the heartbeat ends with this process's hold on the job, and it comes up again by that.
    await sql
      .begin(async (tx) => {
        await completeJobs(tx, [taken]);
        await enqueueNext(tx, [again]);
      })
      .catch((failed) => (failed instanceof JobLost ? undefined : onError(failed, { name, data })));
  }
}

/** Rung by whoever has news. One who waits hears a bell that rang since it said that it would. */
function createBell() {
  let ring = () => {};
  return {
    ring: () => ring(),
    next: (ms: number) =>
      new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        ring = () => {
          clearTimeout(timer);
          resolve();
        };
      }),
  };
}

/**
 * Groups get their turns. pg-boss gives the oldest jobs first: after a full batch mostly of one group, those of others are asked for.
 * And no group holds more than half of the slots, so that one whose jobs take long leaves room. Asking past a group reads over all its
 * waiting jobs, so it is done a few times a second.
 */
function createTurns(slots: number) {
  let busy: string[] = [];
  let asked = 0;
  return {
    ignored: (held: Held[]): string[] => {
      const full = mostly(held, slots / 2);
      if (full.length > 0) return full;
      if (busy.length === 0 || performance.now() - asked < TURN_MS) return [];
      asked = performance.now();
      const others = busy;
      busy = [];
      return others;
    },
    note: (jobs: FetchedJob[], batchSize: number) => {
      if (jobs.length === batchSize)
        busy = mostly(
          jobs.map(({ groupId }) => ({ group: groupId ?? null })),
          jobs.length / 2,
        );
    },
  };
}

function mostly(jobs: { group: string | null }[], least: number): string[] {
  const counts = new Map<string, number>();
  for (const { group } of jobs) if (group) counts.set(group, (counts.get(group) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= least).map(([group]) => group);
}
