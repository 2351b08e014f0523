import type { Sql } from "#db/client.ts";
import { JOBS_SCHEMA, QUEUE } from "#db/job-queue.ts";
import { type RawSql, runStatement } from "#db/run-statement.ts";
import type { StandingStep } from "./find-places.ts";
import type { RunState } from "./schema.ts";

export type LostRun = { projectId: string; runId: string; at: string; workflowId: string; version: number; state: RunState };

const OPEN = `r.status in ('queued', 'running', 'waiting') and r.admitted_at is not null`;
/** Places under way: one, and in each fan out those of its items in place of that one. */
const PLACES = `coalesce((select 1 + sum((f.value->>'running')::int - 1) from jsonb_each(r.state->'fans') f), 1)`;

/**
 * Runs under way that have fewer jobs in the queue than places. A step's end and the next one's job are one transaction, so no moment
 * shows such a run: its jobs are gone.
 */
export async function findLostRuns(sql: Sql, stepJob: string, limit: number): Promise<LostRun[]> {
  return await runStatement<LostRun>(
    sql,
    `with job as materialized (
        select data->'data'->>'runId' as run_id, count(*) as n from ${JOBS_SCHEMA}.job
        where name = '${QUEUE}' and state < 'completed' and data->>'name' = $1 group by 1
      )
      select r.project_id as "projectId", r.id as "runId", to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
        r.workflow_id as "workflowId", r.version, r.state
      from run r left join job j on j.run_id = r.id::text
      where ${OPEN} and coalesce(j.n, 0) < ${PLACES} limit $2::int`,
    [stepJob, limit],
  );
}

/** The run as it is, held until the transaction ends, with its steps and the places of its jobs. Null: it is over. */
export async function lockLostRun(
  tx: RawSql,
  { projectId, runId, at }: LostRun,
): Promise<{ state: RunState; rows: StandingStep[]; jobs: { stepId?: string; item?: string }[] } | null> {
  const key = [projectId, runId, at];
  const [run] = await runStatement<{ state: RunState }>(
    tx,
    `select r.state from run r where r.project_id = $1 and r.id = $2 and r.at = $3::text::timestamptz and ${OPEN} for update`,
    key,
  );
  if (!run) return null;
  const rows = await runStatement<StandingStep>(
    tx,
    `select step_id as "stepId", item, status, case when result in ('True', 'False') then output end as output,
        jsonb_array_length(attempts) as attempts, until
      from step_run where project_id = $1 and run_id = $2 and at = $3::text::timestamptz`,
    key,
  );
  const jobs = await runStatement<{ stepId?: string; item?: string }>(
    tx,
    `select data->'data'->>'stepId' as "stepId", data->'data'->>'item' as item from ${JOBS_SCHEMA}.job
      where name = '${QUEUE}' and state < 'completed' and data->'data'->>'runId' = $1`,
    [runId],
  );
  return { state: run.state, rows, jobs };
}
