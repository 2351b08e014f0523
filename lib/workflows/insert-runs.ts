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

/** What a project may hand to the queue now, and the database's time: whole milliseconds, since jobs name a run by its time too. */
export type Room = { projectId: string; isWaited: boolean; room: number; now: string };

const ROOMS = `
  select p."projectId",
    exists (select from run r where r.project_id = p."projectId" and r.admitted_at is null and r.status = 'queued') as "isWaited",
    $2::int - (select count(*)::int from (select from run r where r.project_id = p."projectId" and r.admitted_at is not null
      and r.status in ('queued', 'running') limit $2::int) a) as room,
    to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as now
  from (select distinct value::uuid as "projectId" from json_array_elements_text($1::text::json)) p`;

/**
 * For insertRuns. Nothing is locked for it: of two who count at the same moment both may find the last place, and a project has a few more
 * in the queue than it should, which hurts nobody.
 */
export async function readRooms(tx: Transaction, projectIds: readonly string[]): Promise<Room[]> {
  return await runStatement<Room>(tx, ROOMS, [JSON.stringify(projectIds), MOST_ADMITTED]);
}

const INSERT = `
  with payload as materialized (
    select n - 1 as n, value::jsonb as input from json_array_elements($2::text::json) with ordinality as p(value, n)
  )
  insert into run (project_id, id, at, workflow_id, version, user_id, source, delivery_id, replay_of, request_id, input, state, admitted_at)
  select g."projectId", g.id, g.at, g."workflowId", g.version, g."userId", g.source, g."deliveryId", g."replayOf", g."requestId", payload.input,
    '{}', case when g."isAdmitted" then now() end
  from json_to_recordset($1::text::json) as g(n int, "projectId" uuid, id uuid, at timestamptz, "workflowId" uuid, version int, "userId" uuid,
    source text, "deliveryId" uuid, "replayOf" uuid, "requestId" uuid, input int, "isAdmitted" boolean)
  join payload on payload.n = g.input order by g.n`;

/**
 * Runs, and the jobs of those that may begin, in the caller's transaction. A run whose project has room and nobody waiting is handed to the
 * queue at once.
 */
export async function insertRuns(
  tx: Transaction,
  runs: readonly RunToInsert[],
  { inputs, rooms }: { inputs: readonly unknown[]; rooms: readonly Room[] },
): Promise<void> {
  if (runs.length === 0) return;
  const left = new Map(rooms.map(({ projectId, ...room }) => [projectId, room]));
  const rows = runs.map(({ isLimited, ...run }, n) => {
    const project = left.get(run.projectId)!;
    const isAdmitted = !isLimited && !project.isWaited && project.room > 0;
    if (isAdmitted) project.room--;
    return { n, ...run, at: project.now, isAdmitted };
  });
  const admitted = rows.filter(({ isAdmitted }) => isAdmitted);
  await Promise.all([
    runStatement(tx, INSERT, [JSON.stringify(rows), JSON.stringify(inputs)]),
    enqueue(tx, ...admitted.map(({ projectId, id, at }) => stepJob({ projectId, runId: id, at }))),
  ]);
  const waited = new Set(
    rows.filter(({ isAdmitted, projectId }) => !isAdmitted && left.get(projectId)!.room > 0).map((row) => row.projectId),
  );
  // In one order: it locks workflows that have a limit.
  for (const projectId of [...waited].sort()) await admitRuns({ projectId }, tx, Math.max(20, runs.length));
}
