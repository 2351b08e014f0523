/**
 * The job of one step. Its result, what comes next, and the end of the job itself are kept in one transaction: a step that is done is
 * never run again, and one whose worker died is run again with the same idempotency key.
 */
import type { Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import { completeJobs } from "#lib/jobs/complete-jobs.ts";
import type { TakenJob } from "#lib/jobs/run-jobs.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { admitAfter, type StepJob } from "./admit-runs.ts";
import { beginStep } from "./begin-step.ts";
import { endAsCancelled } from "./cancel-run.ts";
import { endEmptyRun, type StepChange } from "./end-step.ts";
import { keepChange, keepStep, leaveRun } from "./keep-step.ts";
import { contextOf, type Run, readAttempts, readRun } from "./load-step.ts";
import { loadVersion } from "./load-version.ts";
import { firstPlace, locate } from "./next-step.ts";
import { noteRunEnd } from "./note-run-end.ts";
import { runStep, type StepOutcome } from "./run-step.ts";
import { isOver } from "./run-words.ts";
import type { StepFailure } from "./schema.ts";

/** A step that so many workers have died with isn't given to another one. */
const MOST_LOSSES = 10;
/** Nor is one that has failed on our own side so often, for what won't pass by itself, given another try. */
const MOST_FAULTS = 5;

export async function executeStep(spine: Spine, job: TakenJob): Promise<void> {
  const data = job.data as StepJob;
  const { projectId, runId, at } = data;
  const { sql } = spine;
  const run = await readRun(sql, data);
  if (!run) return;
  // Cancelled meanwhile, or failed by another of its places.
  if (isOver(run.status)) return await leaveRun(sql, job, { projectId, runId, at });
  if (run.isOrphan) return await cancelOrphan(sql, job, data);
  const { steps } = await loadVersion({ projectId }, sql, run.workflowId, run.version);
  const place = data.stepId ? { stepId: data.stepId, item: data.item ?? "" } : firstPlace(steps);
  if (!place) {
    const change = endEmptyRun(data, new Date(databaseNow()));
    await keepChange(sql, { change, job });
    return await afterStep(spine, run, change);
  }
  const { step } = locate(steps, place.stepId)!;
  const attempt = data.attempt ?? 1;
  const givenUp = reasonToGiveUp(job);
  const isFresh = !givenUp && job.losses === 0 && attempt === 1 && !data.resumed && !data.restarted;
  const earlier = isFresh ? [] : await readAttempts(sql, data, place);
  const startedAt = new Date(databaseNow());
  const attempts =
    step.type === "request" && !givenUp
      ? await beginStep(sql, data, place, { earlier, attempt, startedAt, losses: job.losses, status: run.status })
      : earlier;
  const outcome: StepOutcome = givenUp
    ? { kind: "failed", failure: givenUp, goesOn: false }
    : await runStep(spine, step, await contextOf(sql, { projectId }, data, { run, steps, step, place, attempt }));
  const begun = step.type === "request" ? ({ ...run, status: "running" } as const) : run;
  const ended = { data, run: begun, steps, step, place, attempt, outcome, attempts, startedAt, endedAt: new Date(databaseNow()) };
  await afterStep(spine, run, await keepStep(sql, job, ended));
}

/** Its project's other runs that wait for their turn end by the same way. */
async function cancelOrphan(sql: Sql, job: TakenJob, { projectId, runId, at }: StepJob): Promise<void> {
  await sql.begin(async (tx) => {
    await endAsCancelled(tx, { projectId }, { id: runId, at });
    await completeJobs(tx, [job]);
  });
  await admitAfter(sql, projectId);
}

function reasonToGiveUp({ losses, faults, data }: TakenJob): StepFailure | null {
  if (losses > MOST_LOSSES) {
    return {
      kind: "worker_lost",
      message: `More than ${MOST_LOSSES} workers ended while they were at this step.`,
      fix: "Look at the workers’ logs and memory, then replay the run.",
    };
  }
  if (faults < MOST_FAULTS) return null;
  return {
    kind: "step_not_kept",
    message: `Patchbay couldn’t keep this step: it failed on our side ${faults} times.`,
    fix: `The worker’s log says why: look for ${(data as StepJob).runId} in it. Then replay the run.`,
  };
}

/** When the run is over with it, it is counted; and a place has become free: whoever waits for it needn't wait for the chore. */
async function afterStep({ sql }: Spine, { workflowId }: Run, { run }: StepChange): Promise<void> {
  if (run?.status !== "succeeded" && run?.status !== "failed") return;
  noteRunEnd(run.projectId, workflowId, run.status);
  await admitAfter(sql, run.projectId);
}
