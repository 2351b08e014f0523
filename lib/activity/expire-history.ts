import type { Sql } from "#db/client.ts";
import type { Environment } from "#lib/env.ts";

type Retention = Pick<Environment, "RETENTION_ACTIVITY_DAYS" | "RETENTION_HISTORY_DAYS" | "RETENTION_DELIVERY_DAYS" | "RETENTION_RUN_DAYS">;

/**
 * Lets go of what is older than this instance keeps (rules.md, Time and retention): activity, audit and timelines by dropping whole
 * partitions, so that a row may outlive its time by a day or a month; counts by hour row by row, as they are few.
 */
export async function expireHistory(
  sql: Sql,
  { RETENTION_ACTIVITY_DAYS, RETENTION_HISTORY_DAYS, RETENTION_DELIVERY_DAYS, RETENTION_RUN_DAYS }: Retention,
): Promise<void> {
  await sql`select drop_old_partitions(${RETENTION_ACTIVITY_DAYS}, ${RETENTION_HISTORY_DAYS}, ${RETENTION_DELIVERY_DAYS}, ${RETENTION_RUN_DAYS})`;
  await sql`delete from run_rollup where bucket < now() - make_interval(days => ${RETENTION_HISTORY_DAYS})`;
  await sql`delete from activity_rollup where bucket < now() - make_interval(days => ${RETENTION_HISTORY_DAYS})`;
}
