import { PgBoss } from "pg-boss";
import postgres from "postgres";

/** pg-boss's own schema, and the one queue that we keep in it: what a job is for stands in its data. */
export const JOBS_SCHEMA = "jobs";
export const QUEUE = "patchbay";

/** Without a sign of life for this long, a job is another worker's. The shortest that pg-boss takes. */
export const HEARTBEAT_SECONDS = 10;

const SETTINGS = {
  heartbeatSeconds: HEARTBEAT_SECONDS,
  // Back at once when its worker died. Whoever handles a job decides how often is too often.
  retryLimit: 1_000,
  retryDelay: 0,
  // Above the longest step.
  expireInSeconds: 3_600,
  // A job that waits for longer would be deleted without a word; delays end within a year.
  retentionSeconds: 400 * 86_400,
  deleteAfterSeconds: 600,
};

/**
 * Creates or migrates pg-boss's schema and our queue. For migrateDatabase, while it holds its lock: of several replicas booting at once
 * the first does it. A connection of its own, since pg-boss brings scripts that begin and commit.
 */
export async function prepareJobQueue(url: string): Promise<void> {
  const sql = postgres(url, { max: 1, prepare: false, connect_timeout: 10, onnotice: () => {} });
  const boss = new PgBoss({
    db: { executeSql: async (text, values) => ({ rows: (await sql.unsafe(text, values as postgres.ParameterOrJSON<never>[])).flat() }) },
    schema: JOBS_SCHEMA,
    schedule: false,
    supervise: false,
    registerInstance: false,
  });
  try {
    await boss.start();
    // `short` drops a job whose singleton key is waiting already; ours all have one (lib/jobs/enqueue).
    if (await boss.getQueue(QUEUE)) await boss.updateQueue(QUEUE, SETTINGS);
    else await boss.createQueue(QUEUE, { ...SETTINGS, policy: "short" });
    // Rows change hands all the time: dead ones must go before they slow the next fetch.
    await sql.unsafe(`alter table ${JOBS_SCHEMA}.job_common set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 1000,
      autovacuum_vacuum_cost_delay = 0, fillfactor = 70)`);
  } finally {
    await boss.stop({ graceful: false, close: false });
    await sql.end({ timeout: 5 });
  }
}
