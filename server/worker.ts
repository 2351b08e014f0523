import { pathToFileURL } from "node:url";
import { type Logger, pino } from "pino";
import { type Connection, createDatabase, getDatabase } from "#db/client.ts";
import { dropFinishedTriggers, recheckSubscriptions } from "#db/queries/subscriptions.ts";
import { expireHistory } from "#lib/activity/expire-history.ts";
import { runBulkTask } from "#lib/bulk/run-bulk-task.ts";
import { CONNECTED_JOB } from "#lib/connections/connect-user.ts";
import { type OpenSpine, openSpine } from "#lib/connections/open-spine.ts";
import { refreshDue, verifyDue } from "#lib/connections/walk-due.ts";
import { settleFit } from "#lib/credentials/settle-fit.ts";
import { env } from "#lib/env.ts";
import { type JobHandler, type OnError, type RunningJobs, runJobs, type TakenJob } from "#lib/jobs/run-jobs.ts";
import { shredDeletedResources } from "#lib/resources/delete-resource.ts";
import { settleSubscriptions } from "#lib/triggers/settle-subscriptions.ts";
import { bulkActs } from "#lib/users/bulk-acts.ts";
import { userWalks } from "#lib/users/walk-users.ts";
import { rotateKeys } from "#lib/vault/rotate-keys.ts";
import { admitWaiting, STEP_JOB } from "#lib/workflows/admit-runs.ts";
import { executeStep } from "#lib/workflows/execute-step.ts";
import { flushRunEnds } from "#lib/workflows/note-run-end.ts";
import { replayWalk } from "#lib/workflows/replay-runs.ts";
import { restartLostRuns } from "#lib/workflows/restart-lost-runs.ts";
import { startConnected } from "#lib/workflows/start-connected.ts";
import { startScheduled } from "#lib/workflows/start-scheduled.ts";
import { SCHEDULED_JOB, tickSchedules } from "#lib/workflows/tick-schedules.ts";

export type Worker = { stop(): Promise<void> };

/** What chores work with. `signal` ends when the worker is stopped: leave what isn't begun. */
export type Shift = {
  database: Connection;
  spine: OpenSpine;
  signal: AbortSignal;
  log: Logger;
  onError: (error: unknown, where?: object) => void;
};
type Chore = { name: string; everyMs: number; run: (shift: Shift) => Promise<unknown> };

const HOUR = 3_600_000;

/** Work that time brings. Each is safe to run twice and by several workers at once. */
const CHORES: Chore[] = [
  { name: "refresh-due", everyMs: 1_000, run: ({ spine, signal, onError }) => refreshDue(spine, signal, onError) },
  { name: "verify-due", everyMs: 1_000, run: ({ spine, signal, onError }) => verifyDue(spine, signal, onError) },
  // Several hands, so that one project's long task doesn't hold up another's.
  ...[1, 2, 3].map((hand) => ({
    name: `bulk-tasks-${hand}`,
    everyMs: 1_000,
    run: ({ spine, signal, onError }: Shift) =>
      runBulkTask(spine.sql, { ...userWalks(spine.sql, bulkActs(spine)), replay_runs: replayWalk(spine) }, { signal, onError }),
  })),
  { name: "ensure-partitions", everyMs: HOUR, run: ({ database: { sql } }) => sql`select ensure_partitions()` },
  { name: "expire-history", everyMs: HOUR, run: ({ database: { sql } }) => expireHistory(sql, env()) },
  { name: "shred-deleted-resources", everyMs: HOUR, run: ({ database: { db } }) => shredDeletedResources(db) },
  {
    name: "shred-deleted-projects",
    everyMs: HOUR,
    run: ({ database: { sql } }) => sql`delete from project where deleted_at < now() - interval '7 days'`,
  },
  { name: "settle-subscriptions", everyMs: 1_000, run: ({ spine, signal, onError }) => settleSubscriptions(spine, signal, onError) },
  { name: "recheck-subscriptions", everyMs: HOUR, run: ({ database: { sql } }) => recheckSubscriptions(sql) },
  { name: "drop-finished-triggers", everyMs: 60_000, run: ({ database: { sql } }) => dropFinishedTriggers(sql) },
  { name: "settle-fit", everyMs: 2_000, run: ({ database: { sql } }) => settleFit(sql) },
  { name: "admit-runs", everyMs: 1_000, run: ({ database: { sql } }) => admitWaiting(sql) },
  { name: "count-runs", everyMs: 1_000, run: ({ database: { sql } }) => flushRunEnds(sql) },
  { name: "restart-lost-runs", everyMs: 600_000, run: ({ database: { sql }, signal }) => restartLostRuns(sql, signal) },
  { name: "tick-schedules", everyMs: 500, run: ({ database: { sql }, signal }) => tickSchedules(sql, signal) },
  { name: "drop-run-keys", everyMs: HOUR, run: ({ database: { sql } }) => sql`delete from run_key where at < now() - interval '7 days'` },
  { name: "rotate-keys", everyMs: 10_000, run: ({ database: { sql }, signal, log }) => rotateKeys(sql, signal, log) },
  { name: "end-old-sessions", everyMs: HOUR, run: ({ database: { sql } }) => sql`delete from session where expires_at < now()` },
  {
    name: "drop-test-keys",
    everyMs: 600_000,
    run: ({ database: { sql } }) => sql`delete from signing_key where bound_sub is not null and expires_at < now() - interval '1 day'`,
  },
];

/** Work that others ask for: by the names that lib/jobs/enqueue is given. Each may be called twice for one job. */
const HANDLERS: Record<string, (job: TakenJob, shift: Shift) => Promise<void>> = {
  [STEP_JOB]: (job, { spine }) => executeStep(spine, job),
  [SCHEDULED_JOB]: (job, { spine }) => startScheduled(spine, job.data),
  [CONNECTED_JOB]: (job, { spine }) => startConnected(spine, job.data),
};

/** Runs each chore again and again, its next turn after the last has ended. One that fails is logged and tried at its next turn. */
export function startWorker(database: Connection, spine: OpenSpine, log: Logger): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = CHORES.map(async ({ name, everyMs, run }) => {
    const onError = (error: unknown, where?: object) => log.error({ err: error, chore: name, ...where }, "chore failed");
    while (!signal.aborted) {
      await run({ database, spine, signal, log, onError }).catch(onError);
      await pause(everyMs, signal);
    }
  });
  const jobs = startJobs({ database, spine, signal, log });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.allSettled([...loops, jobs.then((running) => running?.stop())]);
      await flushRunEnds(database.sql).catch((error) => log.error({ err: error }, "the last runs were not counted"));
    },
  };
}

/** Tried until the database is there. Null when the worker was stopped before. */
async function startJobs(shift: Omit<Shift, "onError">): Promise<RunningJobs | null> {
  const onError: OnError = (error, job) => shift.log.error({ err: error, job: job?.name, data: job?.data }, "job failed");
  const handlers = Object.fromEntries(
    Object.entries(HANDLERS).map(([name, handler]): [string, JobHandler] => [
      name,
      (job) => handler(job, { ...shift, onError: (error) => onError(error, job) }),
    ]),
  );
  const { DATABASE_URL, DATABASE_DIRECT_URL } = env();
  const listener = createDatabase(DATABASE_DIRECT_URL ?? DATABASE_URL, { max: 1, applicationName: "patchbay listener" });
  while (!shift.signal.aborted) {
    try {
      const running = await runJobs(shift.database.sql, handlers, onError, { listen: listener.sql });
      return { stop: (patienceMs) => running.stop(patienceMs).finally(() => listener.close()) };
    } catch (error) {
      onError(error);
      await pause(1_000, shift.signal);
    }
  }
  await listener.close();
  return null;
}

/** Ends early when the worker is stopped. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener("abort", end);
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const { LOG_LEVEL, OUTBOUND_ALLOW } = env();
  const log = pino({ level: LOG_LEVEL, base: { process: "worker" } });
  const database = getDatabase();
  const spine = openSpine(database, {
    outboundAllow: OUTBOUND_ALLOW,
    onError: (error) => log.error({ err: error }, "activity not written"),
  });
  const worker = startWorker(database, spine, log);
  const end = async () => {
    await worker.stop();
    await spine.close();
    await database.close();
  };
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void end());
}
