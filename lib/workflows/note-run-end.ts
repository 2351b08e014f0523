import type { Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";

type Count = { project_id: string; workflow_id: string; bucket: string; status: "succeeded" | "failed"; n: number };

/** Runs that ended since the last flush: counted in batches, so that runs of one workflow don't queue for its row. */
let counts = new Map<string, Count>();

const HOUR_MS = 3_600_000;

/** After the run's end is kept. What isn't flushed yet when a process is killed is missing in the chart, and nowhere else. */
export function noteRunEnd(projectId: string, workflowId: string, status: Count["status"], now = databaseNow()): void {
  const bucket = new Date(Math.floor(now / HOUR_MS) * HOUR_MS).toISOString();
  add({ project_id: projectId, workflow_id: workflowId, bucket, status, n: 1 });
}

function add({ n, ...place }: Count): void {
  const key = Object.values(place).join();
  counts.set(key, { ...place, n: n + (counts.get(key)?.n ?? 0) });
}

/** Adds the counts to their hours. Called every second by the worker, and when it ends; after a failure they are told again. */
export async function flushRunEnds(sql: Sql): Promise<void> {
  if (counts.size === 0) return;
  // In one order everywhere, so that two processes flushing at once can't deadlock.
  const taken = [...counts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
  counts = new Map();
  try {
    await sql`
      insert into run_rollup (project_id, workflow_id, bucket, status, n)
      select * from json_to_recordset(${JSON.stringify(taken)}::text::json) as row (
        project_id uuid, workflow_id uuid, bucket timestamptz, status text, n integer)
      on conflict (project_id, workflow_id, bucket, status) do update set n = run_rollup.n + excluded.n`;
  } catch (error) {
    for (const count of taken) add(count);
    throw error;
  }
}
