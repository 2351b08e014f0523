import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import { type RawSql, runStatement } from "#db/run-statement.ts";
import { completeJobs } from "#lib/jobs/complete-jobs.ts";
import { enqueueNext } from "#lib/jobs/enqueue.ts";
import type { TakenJob } from "#lib/jobs/run-jobs.ts";
import {
  type ClosedFan,
  type EndedStep,
  endStep,
  isShared,
  type RunChange,
  type Standing,
  type StepChange,
  type StepRow,
} from "./end-step.ts";

type Kept = { change: StepChange; job: TakenJob };

/** Larger ones are kept alone: many of them in one statement would take much memory. */
const LARGE_BYTES = 65_536;

/**
 * Keeps what came of a step, what comes next, and the end of its job, in one transaction with whatever else ends at this moment: one
 * commit for all of them. Throws where the job has become another worker's. Gives the change that was kept.
 */
export async function keepStep(sql: Sql, job: TakenJob, ended: EndedStep): Promise<StepChange> {
  if (isShared(ended)) return await keepShared(sql, job, ended);
  const change = endStep(ended, ended.run);
  const { inputBytes, outputBytes } = change.step!;
  await ((inputBytes ?? 0) + (outputBytes ?? 0) > LARGE_BYTES ? keepAll(sql, [{ change, job }]) : keepChange(sql, { change, job }));
  return change;
}

export const keepChange = togetherOn(keepAll);

async function keepAll(sql: Sql, kept: readonly Kept[]): Promise<undefined[]> {
  await sql.begin((tx) => writeAll(tx, kept));
  return kept.map(() => undefined);
}

/** Of two places of a fan out that end at once, the second goes by what the first has left. */
const keepShared = (sql: Sql, job: TakenJob, ended: EndedStep): Promise<StepChange> =>
  sql.begin(async (tx) => {
    const { projectId, runId, at } = ended.data;
    const [held] = await runStatement<Standing>(tx, LOCK, [projectId, runId, at]);
    const change = endStep(ended, held ?? { status: "cancelled", state: {} });
    await writeAll(tx, [{ change, job }]);
    return change;
  });

const LOCK = `select status, state from run where project_id = $1 and id = $2 and at = $3::text::timestamptz for update`;

/** Sent together, in this order: one way to the database instead of several. The run before its steps, as whoever cancels it locks them. */
async function writeAll(tx: RawSql, kept: readonly Kept[]): Promise<void> {
  const changes = kept.map(({ change }) => change);
  const all = <Row>(list: (change: StepChange) => Row | null) => changes.flatMap((change) => list(change) ?? []);
  await Promise.all([
    write(
      tx,
      SAVE_RUNS,
      all<RunChange>(({ run }) => run),
    ),
    write(
      tx,
      SAVE_STEPS,
      all<StepRow>(({ step }) => step),
    ),
    write(
      tx,
      CLOSE_FANS,
      changes.flatMap(({ closed }): ClosedFan[] => closed),
    ),
    write(
      tx,
      LEAVE_OPEN,
      all(({ leavesOpen }) => leavesOpen),
    ),
    enqueueNext(
      tx,
      changes.flatMap(({ next }) => next),
    ),
    completeJobs(
      tx,
      kept.map(({ job }) => job),
    ),
  ]);
}

const write = async (tx: RawSql, text: string, rows: readonly object[]): Promise<void> => {
  if (rows.length > 0) await runStatement(tx, text, [JSON.stringify(rows)]);
};

/** Of rows that hold a run's key: where that run is. */
const KEY = `"projectId" uuid, "runId" uuid, at timestamptz`;

const SAVE_STEPS = `
  insert into step_run (project_id, run_id, at, step_id, item, status, result, attempts, input, input_bytes, output, output_bytes, failure,
    started_at, finished_at, until)
  select "projectId", "runId", at, "stepId", item, status, result, attempts, input, "inputBytes", output, "outputBytes", failure, "startedAt",
    "finishedAt", until
  from json_to_recordset($1::text::json) as s(${KEY}, "stepId" uuid, item text, status text, result text, attempts jsonb, input jsonb,
    "inputBytes" int, output jsonb, "outputBytes" int, failure jsonb, "startedAt" timestamptz, "finishedAt" timestamptz, until timestamptz)
  on conflict (project_id, run_id, step_id, item, at) do update set status = excluded.status, result = excluded.result,
    attempts = excluded.attempts, input = coalesce(excluded.input, step_run.input), input_bytes = coalesce(excluded.input_bytes, step_run.input_bytes),
    output = excluded.output, output_bytes = excluded.output_bytes, failure = excluded.failure, finished_at = excluded.finished_at,
    until = excluded.until`;

/** A fan out's output: of each item, what the last of its steps gave. */
const CLOSE_FANS = `
  update step_run f set status = 'succeeded', finished_at = now(), output = jsonb_build_object('items', coalesce((
    select jsonb_agg(s.output order by substr(s.item, length(c.prefix) + 1)::int) from step_run s
    where s.project_id = f.project_id and s.run_id = f.run_id and s.at = f.at and s.step_id = c."lastStepId"
      and starts_with(s.item, c.prefix) and substr(s.item, length(c.prefix) + 1) ~ '^[0-9]+$'), '[]'::jsonb))
  from (select *, case item when '' then '' else item || '.' end as prefix
    from json_to_recordset($1::text::json) as c(${KEY}, "stepId" uuid, item text, "lastStepId" uuid)) c
  where f.project_id = c."projectId" and f.run_id = c."runId" and f.at = c.at and f.step_id = c."stepId" and f.item = c.item`;

/** Steps that nobody will end any more. One that is under way tells later what came of it. */
const LEAVE_OPEN = `
  update step_run s set status = 'cancelled', finished_at = now(), until = null from json_to_recordset($1::text::json) as k(${KEY})
  where s.project_id = k."projectId" and s.run_id = k."runId" and s.at = k.at and s.status in ('queued', 'running', 'waiting')`;

const SAVE_RUNS = `
  update run r set status = c.status, started_at = coalesce(r.started_at, c."startedAt"), state = coalesce(c.state, r.state),
    response = coalesce(c.response, r.response), failure = c.failure, finished_at = case when c.status in ('succeeded', 'failed') then now() end
  from json_to_recordset($1::text::json) as c(${KEY}, status text, "startedAt" timestamptz, state jsonb, response jsonb, failure jsonb)
  where r.project_id = c."projectId" and r.id = c."runId" and r.at = c.at and r.status in ('queued', 'running', 'waiting')`;

/** For a run that was over before: its other steps, and the job. */
export const leaveRun = (sql: Sql, job: TakenJob, leavesOpen: NonNullable<StepChange["leavesOpen"]>): Promise<void> =>
  keepChange(sql, { change: { step: null, closed: [], run: null, leavesOpen, next: [] }, job });
