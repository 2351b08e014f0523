/**
 * The job of one step. Its result, what comes next, and the end of the job itself are kept in one transaction: a step that is done is
 * never run again, and one whose worker died is run again with the same idempotency key.
 */
import type { JSONValue, TransactionSql } from "postgres";
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { enqueueNext } from "#lib/jobs/enqueue.ts";
import type { TakenJob } from "#lib/jobs/run-jobs.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { admitRuns, type StepJob, stepJob } from "./admit-runs.ts";
import { loadVersion } from "./load-version.ts";
import { type Advance, countUnderWay, firstPlace, locate, nextStep, type Place } from "./next-step.ts";
import { noteRunEnd } from "./note-run-end.ts";
import { runStep, type StepContext, type StepOutcome } from "./run-step.ts";
import { isOver, type RunStatus } from "./run-words.ts";
import type { RunState, Step, StepAttempt, StepFailure, TriggerPayload } from "./schema.ts";
import { itemOfPlace, listAllSteps, listReadSteps, placeOfOther, readsItem } from "./step-scope.ts";

/** A step that so many workers have died with isn't given to another one. */
const MOST_LOSSES = 10;

type Run = {
  status: RunStatus;
  workflowId: string;
  version: number;
  userId: string | null;
  input: TriggerPayload;
  externalId: string | null;
  metadata: Record<string, unknown> | null;
};

/** Where one run's rows are: `at` is part of their keys. */
type RunKey = { projectId: string; runId: string; at: string };

export async function executeStep(spine: Spine, job: TakenJob): Promise<void> {
  const data = job.data as StepJob;
  const { sql } = spine;
  const scope: Scope = { projectId: data.projectId };
  const run = await readRun(sql, data);
  if (!run) return;
  // Cancelled meanwhile, or failed by another of its places.
  if (isOver(run.status)) return await leaveOpenSteps(sql, data);
  const { steps } = await loadVersion(scope, sql, run.workflowId, run.version);
  const place = data.stepId ? { stepId: data.stepId, item: data.item ?? "" } : firstPlace(steps);
  if (!place) {
    await sql.begin(async (tx) => {
      await endRun(tx, data, "succeeded", null);
      await job.complete(tx);
    });
    noteRunEnd(scope.projectId, run.workflowId, "succeeded");
    return await admitAfter(spine, scope);
  }
  const step = locate(steps, place.stepId)!.step;
  const attempt = data.attempt ?? 1;
  const isFresh = job.losses === 0 && attempt === 1 && !data.resumed;
  const earlier = isFresh ? [] : await readAttempts(sql, data, place);
  const startedAt = new Date();
  const begun =
    step.type === "request"
      ? await noteBegun(sql, data, place, { earlier, attempt, startedAt, losses: job.losses, status: run.status })
      : earlier;

  const outcome: StepOutcome =
    job.losses > MOST_LOSSES
      ? { kind: "failed", failure: LOST, goesOn: false }
      : await runStep(spine, step, await contextOf(sql, scope, data, { run, steps, step, place, attempt }));

  const ended = { run, steps, step, place, attempt, outcome, attempts: begun, startedAt };
  const isRunOver = await sql.begin((tx) => keep(tx, data, job, ended));
  if (!isRunOver) return;
  noteRunEnd(scope.projectId, run.workflowId, outcome.kind === "failed" && !outcome.goesOn ? "failed" : "succeeded");
  await admitAfter(spine, scope);
}

const LOST: StepFailure = {
  kind: "worker_lost",
  message: `More than ${MOST_LOSSES} workers ended while they were at this step.`,
  fix: "Look at the workers’ logs and memory, then replay the run.",
};

async function readRun(sql: Sql, { projectId, runId, at }: RunKey): Promise<Run | null> {
  const [row] = await sql<Run[]>`
    select r.status, r.workflow_id as "workflowId", r.version, r.user_id as "userId", r.input, u.external_id as "externalId", u.metadata
    from run r left join connected_user u on u.project_id = r.project_id and u.id = r.user_id
    where r.project_id = ${projectId} and r.id = ${runId} and r.at = ${at}`;
  return row ?? null;
}

async function readAttempts(sql: Sql, { projectId, runId, at }: RunKey, { stepId, item }: Place): Promise<StepAttempt[]> {
  const [row] = await sql<{ attempts: StepAttempt[] }[]>`
    select attempts from step_run
    where project_id = ${projectId} and run_id = ${runId} and step_id = ${stepId} and item = ${item} and at = ${at}`;
  return row?.attempts ?? [];
}

/** Before a call goes out: the page shows it, and an attempt that a dying worker made is known of. */
async function noteBegun(
  sql: Sql,
  { projectId, runId, at }: RunKey,
  { stepId, item }: Place,
  {
    earlier,
    attempt,
    startedAt,
    losses,
    status,
  }: { earlier: StepAttempt[]; attempt: number; startedAt: Date; losses: number; status: RunStatus },
): Promise<StepAttempt[]> {
  const settled = earlier.map((one) =>
    one.finishedAt
      ? one
      : {
          ...one,
          finishedAt: startedAt.toISOString(),
          title: "Its worker ended",
          note: "Another worker took over, with the same idempotency key.",
        },
  );
  const n = Math.max(attempt, settled.length + 1);
  const attempts = [
    ...settled,
    { n, startedAt: startedAt.toISOString(), finishedAt: null, ok: false, title: "Under way", note: null, requestId: null },
  ];
  await sql`
    insert into step_run (project_id, run_id, at, step_id, item, status, attempts, started_at)
    values (${projectId}, ${runId}, ${at}, ${stepId}, ${item}, 'running', ${json(sql, attempts)}, ${startedAt})
    on conflict (project_id, run_id, step_id, item, at) do update set status = 'running', attempts = excluded.attempts, until = null`;
  if (status !== "running" || losses > 0) {
    await sql`
      update run set status = 'running', started_at = coalesce(started_at, ${startedAt})
        ${losses > 0 ? sql`, taken_over_at = now()` : sql``}
      where project_id = ${projectId} and id = ${runId} and at = ${at} and status in ('queued', 'running', 'waiting')`;
  }
  return attempts;
}

async function contextOf(
  sql: Sql,
  scope: Scope,
  { runId, projectId, at, resumed = false }: StepJob,
  { run, steps, step, place, attempt }: { run: Run; steps: readonly Step[]; step: Step; place: Place; attempt: number },
): Promise<StepContext> {
  const all = listAllSteps(steps);
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

type Ended = {
  run: Run;
  steps: readonly Step[];
  step: Step;
  place: Place;
  attempt: number;
  outcome: StepOutcome;
  attempts: StepAttempt[];
  startedAt: Date;
};

/** Whether the run is over with it. */
async function keep(tx: TransactionSql, data: StepJob, job: TakenJob, ended: Ended): Promise<boolean> {
  const { run, steps, step, place, outcome, attempt } = ended;
  // Alone on its way, a run has nothing to agree on with itself: only places of a fan out count each other.
  const isShared = place.item !== "" || step.type === "fan_out";
  const held = isShared ? await lockState(tx, data) : { status: run.status, state: {} as RunState };
  if (isOver(held.status)) {
    // What was done is told, and nothing follows.
    await Promise.all([saveStep(tx, data, ended, outcome.kind === "done" ? "succeeded" : "failed"), job.complete(tx)]);
    return false;
  }
  const until = untilOf(outcome);
  const state = data.resumed || attempt > 1 ? { ...held.state, waiting: Math.max(0, (held.state.waiting ?? 0) - 1) } : held.state;
  if (until) {
    const waiting = { ...state, waiting: (state.waiting ?? 0) + 1 };
    const again = { ...data, ...place, ...(outcome.kind === "wait" ? { resumed: true } : { attempt: attempt + 1 }) };
    await Promise.all([
      saveStep(tx, data, ended, "waiting", until),
      saveRun(tx, data, {
        status: !isShared || waiting.waiting >= countUnderWay(waiting) ? "waiting" : "running",
        startedAt: ended.startedAt,
        ...(isShared ? { state: waiting } : {}),
      }),
      enqueueNext(tx, [stepJob(again, until)]),
      job.complete(tx),
    ]);
    return false;
  }
  if (outcome.kind === "failed" && !outcome.goesOn) {
    await Promise.all([
      saveStep(tx, data, ended, "failed"),
      leaveOpenSteps(tx, data),
      endRun(tx, data, "failed", outcome.failure),
      job.complete(tx),
    ]);
    return true;
  }
  const result = outcome.kind === "done" ? { branch: outcome.branch, total: outcome.total } : {};
  const next = nextStep(steps, state, place, result);
  const isFanBegun = step.type === "fan_out" && next.closed[0]?.stepId !== step.id;
  const status = isFanBegun ? "running" : outcome.kind === "failed" ? "failed" : "succeeded";
  // Sent together, in this order: one way to the database instead of five.
  await Promise.all([
    saveStep(tx, data, ended, status),
    ...next.closed.map((fan) => closeFan(tx, data, steps, fan)),
    goOn(tx, data, ended, next, isShared),
    enqueueNext(
      tx,
      next.start.map((start) => stepJob({ projectId: data.projectId, runId: data.runId, at: data.at, ...start })),
    ),
    job.complete(tx),
  ]);
  return next.isOver;
}

async function goOn(
  tx: TransactionSql,
  data: RunKey,
  { run, outcome, startedAt, place, step }: Ended,
  next: Advance,
  isShared: boolean,
): Promise<void> {
  const response = outcome.kind === "done" ? outcome.response : undefined;
  if (response) {
    await tx`update run set response = ${json(tx, response)} where project_id = ${data.projectId} and id = ${data.runId} and at = ${data.at}`;
  }
  if (next.isOver) return await endRun(tx, data, "succeeded", null, startedAt);
  const isWaiting = (next.state.waiting ?? 0) >= countUnderWay(next.state) && isShared;
  const status = isWaiting ? "waiting" : "running";
  if (isShared && (place.item !== "" || step.type === "fan_out")) await saveRun(tx, data, { status, startedAt, state: next.state });
  else if (run.status !== "running") await saveRun(tx, data, { status, startedAt });
}

function untilOf(outcome: StepOutcome): Date | null {
  if (outcome.kind === "wait") return new Date(Date.now() + outcome.seconds * 1_000);
  return outcome.kind === "failed" && outcome.retryAfterMs !== undefined ? new Date(Date.now() + outcome.retryAfterMs) : null;
}

async function lockState(tx: TransactionSql, { projectId, runId, at }: RunKey): Promise<{ status: RunStatus; state: RunState }> {
  const [row] = await tx<{ status: RunStatus; state: RunState }[]>`
    select status, state from run where project_id = ${projectId} and id = ${runId} and at = ${at} for update`;
  return row ?? { status: "cancelled", state: {} };
}

async function saveRun(
  tx: TransactionSql,
  { projectId, runId, at }: RunKey,
  { status, startedAt, state }: { status: "running" | "waiting"; startedAt: Date; state?: RunState },
): Promise<void> {
  await tx`
    update run set status = ${status}, started_at = coalesce(started_at, ${startedAt}) ${state ? tx`, state = ${json(tx, state)}` : tx``}
    where project_id = ${projectId} and id = ${runId} and at = ${at} and status in ('queued', 'running', 'waiting')`;
}

/** Steps that nobody will end any more. One that is under way tells later what came of it. */
async function leaveOpenSteps(tx: Sql | TransactionSql, { projectId, runId, at }: RunKey): Promise<void> {
  await tx`
    update step_run set status = 'cancelled', finished_at = now(), until = null
    where project_id = ${projectId} and run_id = ${runId} and at = ${at} and status in ('queued', 'running', 'waiting')`;
}

async function endRun(
  tx: TransactionSql,
  { projectId, runId, at }: RunKey,
  status: "succeeded" | "failed",
  failure: StepFailure | null,
  startedAt = new Date(),
): Promise<void> {
  await tx`
    update run set status = ${status}, failure = ${failure ? json(tx, failure) : null}, finished_at = now(), started_at = coalesce(started_at, ${startedAt})
    where project_id = ${projectId} and id = ${runId} and at = ${at} and status in ('queued', 'running', 'waiting')`;
}

async function saveStep(
  tx: TransactionSql,
  { projectId, runId, at }: RunKey,
  { place: { stepId, item }, outcome, attempts: begun, startedAt }: Ended,
  status: "running" | "waiting" | "succeeded" | "failed",
  until: Date | null = null,
): Promise<void> {
  const attempts = endAttempt(begun, outcome, until);
  const { result = null, input, inputBytes = null, output, outputBytes = null } = outcome;
  const failure = outcome.kind === "failed" ? outcome.failure : null;
  const isEnded = status === "succeeded" || status === "failed";
  await tx`
    insert into step_run (project_id, run_id, at, step_id, item, status, result, attempts, input, input_bytes, output, output_bytes, failure,
      started_at, finished_at, until)
    values (${projectId}, ${runId}, ${at}, ${stepId}, ${item}, ${status}, ${result}, ${json(tx, attempts)}, ${json(tx, input)}, ${inputBytes},
      ${json(tx, output ?? (failure ? { error: failure } : undefined))}, ${outputBytes}, ${json(tx, failure)}, ${startedAt},
      ${isEnded ? new Date() : null}, ${until})
    on conflict (project_id, run_id, step_id, item, at) do update set status = excluded.status, result = excluded.result,
      attempts = excluded.attempts, input = coalesce(excluded.input, step_run.input), input_bytes = coalesce(excluded.input_bytes, step_run.input_bytes),
      output = excluded.output, output_bytes = excluded.output_bytes, failure = excluded.failure, finished_at = excluded.finished_at,
      until = excluded.until`;
}

function endAttempt(attempts: StepAttempt[], outcome: StepOutcome, until: Date | null): StepAttempt[] {
  const last = attempts.at(-1);
  if (!last || last.finishedAt) return attempts;
  const waits = until ? `It is tried again in ${Math.ceil((until.getTime() - Date.now()) / 1_000)} s.` : null;
  const ended = {
    ...last,
    finishedAt: new Date().toISOString(),
    ok: outcome.kind === "done",
    title: outcome.result ?? (outcome.kind === "failed" ? outcome.failure.message : ""),
    note: waits,
    requestId: outcome.requestId ?? null,
  };
  return [...attempts.slice(0, -1), ended];
}

/** Its output: of each item, what the last of its steps gave. */
async function closeFan(
  tx: TransactionSql,
  { projectId, runId, at }: RunKey,
  steps: readonly Step[],
  { stepId, item }: Place,
): Promise<void> {
  const { step } = locate(steps, stepId)!;
  const last = step.type === "fan_out" ? step.steps.at(-1) : undefined;
  const prefix = item === "" ? "" : `${item}.`;
  await tx`
    update step_run f set status = 'succeeded', finished_at = now(), output = jsonb_build_object('items', coalesce((
      select jsonb_agg(s.output order by substr(s.item, ${prefix.length + 1})::int) from step_run s
      where s.project_id = f.project_id and s.run_id = f.run_id and s.at = f.at and s.step_id = ${last?.id ?? stepId}::uuid
        and s.item like ${`${prefix}%`} and s.item ~ ${`^${prefix.replaceAll(".", "\\.")}[0-9]+$`}), '[]'::jsonb))
    where f.project_id = ${projectId} and f.run_id = ${runId} and f.at = ${at} and f.step_id = ${stepId} and f.item = ${item}`;
}

/** A place has become free: whoever waits for it needn't wait for the chore. */
async function admitAfter({ db, sql }: Spine, scope: Scope): Promise<void> {
  const [waiting] =
    await sql`select 1 from run where project_id = ${scope.projectId} and admitted_at is null and status = 'queued' limit 1`;
  if (waiting) await db.transaction((tx) => admitRuns(scope, tx));
}

const json = (sql: Sql | TransactionSql, value: unknown) => (value === undefined || value === null ? null : sql.json(value as JSONValue));
