import { pathToFileURL } from "node:url";
import { type Logger, pino } from "pino";
import { type Connection, getDatabase } from "#db/client.ts";
import { expireHistory } from "#lib/activity/expire-history.ts";
import { type OpenSpine, openSpine } from "#lib/connections/open-spine.ts";
import { refreshDue, verifyDue } from "#lib/connections/walk-due.ts";
import { settleFit } from "#lib/credentials/settle-fit.ts";
import { env } from "#lib/env.ts";
import { shredDeletedResources } from "#lib/resources/delete-resource.ts";
import { bulkActs } from "#lib/users/bulk-acts.ts";
import { runBulkTask } from "#lib/users/run-bulk-task.ts";

export type Worker = { stop(): Promise<void> };

/** What chores work with. `signal` ends when the worker is stopped: leave what isn't begun. */
export type Shift = { database: Connection; spine: OpenSpine; signal: AbortSignal; onError: (error: unknown) => void };
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
    run: ({ spine, signal }: Shift) => runBulkTask(spine, bulkActs(spine), signal),
  })),
  { name: "ensure-partitions", everyMs: HOUR, run: ({ database: { sql } }) => sql`select ensure_partitions()` },
  { name: "expire-history", everyMs: HOUR, run: ({ database: { sql } }) => expireHistory(sql, env()) },
  { name: "shred-deleted-resources", everyMs: HOUR, run: ({ database: { db } }) => shredDeletedResources(db) },
  {
    name: "shred-deleted-projects",
    everyMs: HOUR,
    run: ({ database: { sql } }) => sql`delete from project where deleted_at < now() - interval '7 days'`,
  },
  { name: "settle-fit", everyMs: 2_000, run: ({ database: { sql } }) => settleFit(sql) },
  { name: "end-old-sessions", everyMs: HOUR, run: ({ database: { sql } }) => sql`delete from session where expires_at < now()` },
  {
    name: "drop-test-keys",
    everyMs: 600_000,
    run: ({ database: { sql } }) => sql`delete from signing_key where bound_sub is not null and expires_at < now() - interval '1 day'`,
  },
];

/** Runs each chore again and again, its next turn after the last has ended. One that fails is logged and tried at its next turn. */
export function startWorker(database: Connection, spine: OpenSpine, log: Logger): Worker {
  const stopping = new AbortController();
  const { signal } = stopping;
  const loops = CHORES.map(async ({ name, everyMs, run }) => {
    const onError = (error: unknown) => log.error({ err: error, chore: name }, "chore failed");
    while (!signal.aborted) {
      await run({ database, spine, signal, onError }).catch(onError);
      await pause(everyMs, signal);
    }
  });
  return {
    stop: async () => {
      stopping.abort();
      await Promise.allSettled(loops);
    },
  };
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
