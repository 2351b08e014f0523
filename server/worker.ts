import { pathToFileURL } from "node:url";
import { type Logger, pino } from "pino";
import { type Connection, getDatabase } from "#db/client.ts";
import { settleFit } from "#lib/credentials/settle-fit.ts";
import { env } from "#lib/env.ts";
import { shredDeletedResources } from "#lib/resources/delete-resource.ts";

export type Worker = { stop(): Promise<void> };

type Chore = { name: string; everyMs: number; run: (database: Connection) => Promise<unknown> };

/** Work that time brings. Each is safe to run twice and by several workers at once. */
const CHORES: Chore[] = [
  { name: "ensure-partitions", everyMs: 3_600_000, run: ({ sql }) => sql`select ensure_partitions()` },
  { name: "shred-deleted-resources", everyMs: 3_600_000, run: ({ db }) => shredDeletedResources(db) },
  {
    name: "shred-deleted-projects",
    everyMs: 3_600_000,
    run: ({ sql }) => sql`delete from project where deleted_at < now() - interval '7 days'`,
  },
  { name: "settle-fit", everyMs: 2_000, run: ({ sql }) => settleFit(sql) },
  { name: "end-old-sessions", everyMs: 3_600_000, run: ({ sql }) => sql`delete from session where expires_at < now()` },
  {
    name: "drop-test-keys",
    everyMs: 600_000,
    run: ({ sql }) => sql`delete from signing_key where bound_sub is not null and expires_at < now() - interval '1 day'`,
  },
];

/** Runs the chores until stopped. One that is still at work misses its turn; one that fails is logged and tried again at its next. */
export function startWorker(database: Connection, log: Logger): Worker {
  const running = new Set<Promise<void>>();
  const timers = CHORES.map(({ name, everyMs, run }) => {
    let isAtWork = false;
    const turn = () => {
      if (isAtWork) return;
      isAtWork = true;
      const work = Promise.resolve(run(database))
        .then(() => {})
        .catch((error) => log.error({ err: error, chore: name }, "chore failed"))
        .finally(() => {
          isAtWork = false;
          running.delete(work);
        });
      running.add(work);
    };
    turn();
    return setInterval(turn, everyMs);
  });
  return {
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await Promise.allSettled(running);
    },
  };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const database = getDatabase();
  const worker = startWorker(database, pino({ level: env().LOG_LEVEL, base: { process: "worker" } }));
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => void worker.stop().then(database.close));
}
