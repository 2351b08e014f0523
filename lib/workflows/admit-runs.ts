import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import type { Scope } from "#db/queries/scope.ts";
import { runStatement, type Transaction } from "#db/run-statement.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import type { NewJob } from "#lib/jobs/schema.ts";

/**
 * Runs of a project that have work in the queue at once: however many come, another project's wait behind no more than these. One that waits
 * for a time (a Delay, a retry) isn't counted here, and comes back without asking, while it keeps its place of its workflow's and user's
 * limits. So many that come back at once are in the queue together; other projects' jobs get their turn by group then (run-jobs).
 */
export const MOST_ADMITTED = 100;

/** Names the job of a step; its handler is execute-step. */
export const STEP_JOB = "workflow-step";

/** `at` to the millisecond, as JavaScript keeps it; without a step it is the run's first one. */
export type StepJob = {
  projectId: string;
  runId: string;
  at: string;
  stepId?: string;
  item?: string;
  /** Of a Request step; from 1. */
  attempt?: number;
  /** The wait of a Delay step is over. */
  resumed?: boolean;
  /** Its step may have been begun by a job that is gone. */
  restarted?: boolean;
};

export const stepJob = (data: StepJob, startAfter?: Date): NewJob => ({ name: STEP_JOB, data, group: data.projectId, startAfter });

type Waiting = {
  id: string;
  at: string;
  workflowId: string;
  userId: string | null;
  maxRuns: number | null;
  maxRunsPerUser: number | null;
};

/**
 * Hands runs that wait to the queue, oldest first, as far as their project has room and their workflow's and user's limits allow.
 * `look`: how many of the oldest are looked at; those behind many of a workflow that is full are found by the worker's chore.
 */
export async function admitRuns({ projectId }: Scope, tx: Transaction, look = 20): Promise<number> {
  const room = MOST_ADMITTED - (await countAdmitted(tx, projectId));
  if (room <= 0) return 0;
  const waiting = await runStatement<Waiting>(tx, WAITING, [projectId, look]);
  const chosen = await choose(tx, projectId, waiting, room);
  if (chosen.length === 0) return 0;
  const keys = JSON.stringify(chosen.map(({ id, at }) => ({ id, at })));
  await Promise.all([
    runStatement(tx, ADMIT, [projectId, keys]),
    enqueue(tx, ...chosen.map(({ id, at }) => stepJob({ projectId, runId: id, at }))),
  ]);
  return chosen.length;
}

const WAITING = `
  select r.id, to_char(r.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as at, r.workflow_id as "workflowId", r.user_id as "userId",
    w.max_runs as "maxRuns", w.max_runs_per_user as "maxRunsPerUser"
  from run r join workflow w on w.project_id = r.project_id and w.id = r.workflow_id
  where r.project_id = $1 and r.admitted_at is null and r.status = 'queued'
  order by r.at limit $2::int for update of r skip locked`;
const ADMIT = `
  update run r set admitted_at = now() from json_to_recordset($2::text::json) as k(id uuid, at timestamptz)
  where r.project_id = $1 and r.id = k.id and r.at = k.at`;

/** Of those that wait, the ones whose turn it is. A workflow with a limit is locked, so that two who count at once don't both find room. */
async function choose(tx: Transaction, projectId: string, waiting: Waiting[], room: number): Promise<Waiting[]> {
  const limited = [...new Set(waiting.filter(isLimited).map(({ workflowId }) => workflowId))].sort();
  const open = limited.length > 0 ? await countOpen(tx, projectId, limited) : new Map<string, number>();
  const chosen: Waiting[] = [];
  for (const run of waiting) {
    if (chosen.length === room) break;
    const ofUser = `${run.workflowId}/${run.userId ?? ""}`;
    const isFull =
      (run.maxRuns !== null && (open.get(run.workflowId) ?? 0) >= run.maxRuns) ||
      (run.maxRunsPerUser !== null && (open.get(ofUser) ?? 0) >= run.maxRunsPerUser);
    if (isFull) continue;
    for (const key of [run.workflowId, ofUser]) open.set(key, (open.get(key) ?? 0) + 1);
    chosen.push(run);
  }
  return chosen;
}

const isLimited = ({ maxRuns, maxRunsPerUser }: Pick<Waiting, "maxRuns" | "maxRunsPerUser">): boolean =>
  maxRuns !== null || maxRunsPerUser !== null;

/** Runs under way, delays included, by workflow and by `<workflow>/<user>`. */
async function countOpen(tx: Transaction, projectId: string, workflowIds: string[]): Promise<Map<string, number>> {
  const given = [projectId, JSON.stringify(workflowIds)];
  await runStatement(tx, `select w.id from workflow w where w.project_id = $1 and ${AMONG} order by w.id for update`, given);
  const counted = await runStatement<{ workflowId: string; userId: string | null; n: number }>(tx, OPEN, given);
  const open = new Map<string, number>();
  for (const { workflowId, userId, n } of counted) {
    open.set(workflowId, (open.get(workflowId) ?? 0) + n);
    open.set(`${workflowId}/${userId ?? ""}`, n);
  }
  return open;
}

const AMONG = `w.id in (select value::uuid from json_array_elements_text($2::text::json))`;
const OPEN = `
  select w.workflow_id as "workflowId", w.user_id as "userId", count(*)::int as n from run w
  where w.project_id = $1 and ${AMONG.replace("w.id", "w.workflow_id")} and w.status in ('queued', 'running', 'waiting') and w.admitted_at is not null
  group by 1, 2`;

/** Up to MOST_ADMITTED: more aren't counted. */
async function countAdmitted(tx: Transaction, projectId: string): Promise<number> {
  const [row] = await runStatement<{ n: number }>(
    tx,
    `select count(*)::int as n from (select from run
      where project_id = $1 and admitted_at is not null and status in ('queued', 'running') limit $2::int) a`,
    [projectId, MOST_ADMITTED],
  );
  return row?.n ?? 0;
}

/** For the worker: in every project where runs wait, whatever kept them waiting. */
export async function admitWaiting(sql: Sql): Promise<void> {
  const projects = await sql<Scope[]>`
    with recursive walk as (
      (select project_id from run where admitted_at is null and status = 'queued' order by project_id limit 1)
      union all
      select (select r.project_id from run r where r.admitted_at is null and r.status = 'queued' and r.project_id > walk.project_id
        order by r.project_id limit 1) from walk where walk.project_id is not null
    ) select project_id as "projectId" from walk where project_id is not null`;
  for (const scope of projects) await sql.begin((tx) => admitRuns(scope, tx, 1_000));
}

/** When runs of a project have ended: once for all that end at this moment. */
export const admitAfter: (sql: Sql, projectId: string) => Promise<void> = togetherOn(async (sql: Sql, projectIds: string[]) => {
  const waited = await sql<Scope[]>`
    select p.id::uuid as "projectId" from json_array_elements_text(${JSON.stringify([...new Set(projectIds)])}::text::json) as p(id)
    where exists (select from run r where r.project_id = p.id::uuid and r.admitted_at is null and r.status = 'queued')`;
  for (const scope of waited) await sql.begin((tx) => admitRuns(scope, tx, Math.max(20, 2 * projectIds.length)));
  return projectIds.map(() => undefined);
});
