import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { StepJob } from "./admit-runs.ts";
import type { Place } from "./next-step.ts";
import type { StepContext } from "./run-step.ts";
import type { RunStatus } from "./run-words.ts";
import type { RunState, Step, StepAttempt, TriggerPayload } from "./schema.ts";
import { itemOfPlace, listReadSteps, placeOfOther, readsItem } from "./step-scope.ts";
import { listSteps } from "./step-tree.ts";

export type Run = {
  status: RunStatus;
  state: RunState;
  workflowId: string;
  version: number;
  userId: string | null;
  input: TriggerPayload;
  externalId: string | null;
  metadata: Record<string, unknown> | null;
  /** Its project was deleted: nothing more is done for it. */
  isOrphan: boolean;
};

/** Where one run's rows are: `at` is part of their keys. */
type RunKey = Pick<StepJob, "projectId" | "runId" | "at">;

/** Null when it is gone. In one statement with the runs of other steps that begin at this moment. */
export const readRun: (sql: Sql, key: RunKey) => Promise<Run | null> = togetherOn(readRuns);

async function readRuns(sql: Sql, keys: RunKey[]): Promise<(Run | null)[]> {
  const asked = keys.map(({ projectId, runId, at }, n) => ({ n, projectId, runId, at }));
  const rows = await sql<(Run & { asked: number })[]>`
    select k.n as asked, r.status, r.state, r.workflow_id as "workflowId", r.version, r.user_id as "userId", r.input,
      u.external_id as "externalId", u.metadata, p.id is null as "isOrphan"
    from json_to_recordset(${JSON.stringify(asked)}::text::json) as k(n int, "projectId" uuid, "runId" uuid, at timestamptz)
    join run r on r.project_id = k."projectId" and r.id = k."runId" and r.at = k.at
    left join project p on p.id = r.project_id and p.deleted_at is null
    left join connected_user u on u.project_id = r.project_id and u.id = r.user_id`;
  const found = new Map(rows.map(({ asked, ...run }) => [asked, run]));
  return keys.map((_, n) => found.get(n) ?? null);
}

/** Those of a step that was begun before. */
export async function readAttempts(sql: Sql, { projectId, runId, at }: RunKey, { stepId, item }: Place): Promise<StepAttempt[]> {
  const [row] = await sql<{ attempts: StepAttempt[] }[]>`
    select attempts from step_run
    where project_id = ${projectId} and run_id = ${runId} and step_id = ${stepId} and item = ${item} and at = ${at}`;
  return row?.attempts ?? [];
}

/** What the step's templates read: of earlier steps only those that it names. */
export async function contextOf(
  sql: Sql,
  scope: Scope,
  { runId, projectId, at, resumed = false }: StepJob,
  { run, steps, step, place, attempt }: { run: Run; steps: readonly Step[]; step: Step; place: Place; attempt: number },
): Promise<StepContext> {
  const all = listSteps(steps);
  const read = listReadSteps(
    step,
    all.map(({ name }) => name),
  );
  const wanted = all.flatMap(({ id, name }) => {
    const other = read.includes(name) ? placeOfOther(steps, place, id) : null;
    return other ? [{ name, ...other }] : [];
  });
  const outputs = wanted.length > 0 ? await readOutputs(sql, { projectId, runId, at }, wanted) : [];
  const ofItem = readsItem(step) ? itemOfPlace(steps, place) : null;
  const item = ofItem ? await readItem(sql, { projectId, runId, at }, ofItem) : undefined;
  return {
    scope,
    userId: run.userId,
    user: run.externalId === null ? null : { id: run.externalId, metadata: run.metadata ?? {} },
    variables: {
      trigger: run.input,
      steps: Object.fromEntries(outputs.map(({ name, output }) => [name, output])),
      ...(item === undefined ? {} : { item }),
    },
    idempotencyKey: [runId, place.stepId, ...(place.item ? [place.item] : [])].join(":"),
    run: { id: runId, step: [place.stepId, ...(place.item ? place.item.split(".") : [])].join("/") },
    attempt,
    resumed,
  };
}

const readOutputs = async (
  sql: Sql,
  { projectId, runId, at }: RunKey,
  wanted: (Place & { name: string })[],
): Promise<{ name: string; output: unknown }[]> => sql<{ name: string; output: unknown }[]>`
  select w.name, s.output from json_to_recordset(${JSON.stringify(wanted)}::text::json) as w(name text, "stepId" uuid, item text)
  join step_run s on s.project_id = ${projectId} and s.run_id = ${runId} and s.at = ${at} and s.step_id = w."stepId" and s.item = w.item
  where s.finished_at is not null`;

async function readItem(sql: Sql, { projectId, runId, at }: RunKey, { fan, n }: { fan: Place; n: number }): Promise<unknown> {
  const [row] = await sql<{ item: unknown }[]>`
    select input #> array['items', ${String(n)}] as item from step_run
    where project_id = ${projectId} and run_id = ${runId} and at = ${at} and step_id = ${fan.stepId} and item = ${fan.item}`;
  return row?.item;
}
