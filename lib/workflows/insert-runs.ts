import { runStatement, type Transaction } from "#db/run-statement.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { admitRuns, MOST_ADMITTED, stepJob } from "./admit-runs.ts";

export type RunToInsert = {
  projectId: string;
  id: string;
  workflowId: string;
  version: number;
  userId: string | null;
  source: string;
  deliveryId: string | null;
  replayOf: string | null;
  requestId: string | null;
  /** Its place in the list of inputs: many users' runs share one. */
  input: number;
  /** Whether its workflow says how many may be under way: then it is admitted by counting them. */
  isLimited: boolean;
};

/**
 * A run whose project has room and nobody waiting is handed to the queue at once. Nothing is locked for that: of two who count at the same
 * moment both may find the last place, and a project has a few more in the queue than it should, which hurts nobody.
 * Whole milliseconds: jobs name a run by its time too, and JavaScript knows no smaller ones.
 */
const INSERT = `
  with given as materialized (
    select * from json_to_recordset($1::text::json) as g(n int, "projectId" uuid, id uuid, "workflowId" uuid, version int, "userId" uuid,
      source text, "deliveryId" uuid, "replayOf" uuid, "requestId" uuid, input int, "isLimited" boolean)
  ), project as materialized (
    select p."projectId", exists (select from run r where r.project_id = p."projectId" and r.admitted_at is null and r.status = 'queued') as is_waited,
      $3::int - (select count(*) from (select from run r where r.project_id = p."projectId" and r.admitted_at is not null
        and r.status in ('queued', 'running') limit $3::int) a) as room
    from (select distinct "projectId" from given) p
  ), made as (
    insert into run (project_id, id, at, workflow_id, version, user_id, source, delivery_id, replay_of, request_id, input, state, admitted_at)
    select g."projectId", g.id, date_trunc('milliseconds', clock_timestamp()), g."workflowId", g.version, g."userId", g.source, g."deliveryId",
      g."replayOf", g."requestId", ($2::text::json->g.input)::jsonb, '{}', case when not g."isLimited" and not p.is_waited
        and row_number() over (partition by g."projectId", g."isLimited" order by g.n) <= p.room then now() end
    from given g join project p on p."projectId" = g."projectId" order by g.n
    returning project_id, id, at, admitted_at
  )
  select m.project_id as "projectId", m.id as "runId", to_char(m.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at,
    m.admitted_at is not null as "isAdmitted", p.room > 0 as "hasRoom"
  from made m join project p on p."projectId" = m.project_id`;

type Made = { projectId: string; runId: string; at: string; isAdmitted: boolean; hasRoom: boolean };

/** Runs, and the jobs of those that may begin, in the caller's transaction. */
export async function insertRuns(tx: Transaction, runs: readonly RunToInsert[], inputs: readonly unknown[]): Promise<void> {
  if (runs.length === 0) return;
  const rows = runs.map((run, n) => ({ n, ...run }));
  const made = await runStatement<Made>(tx, INSERT, [JSON.stringify(rows), JSON.stringify(inputs), MOST_ADMITTED]);
  const admitted = made.filter(({ isAdmitted }) => isAdmitted);
  await enqueue(tx, ...admitted.map(({ projectId, runId, at }) => stepJob({ projectId, runId, at })));
  const waited = new Set(made.filter(({ isAdmitted, hasRoom }) => !isAdmitted && hasRoom).map(({ projectId }) => projectId));
  // In one order: it locks workflows that have a limit.
  for (const projectId of [...waited].sort()) await admitRuns({ projectId }, tx, Math.max(20, runs.length));
}
