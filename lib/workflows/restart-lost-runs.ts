import type { Sql } from "#db/client.ts";
import { enqueue } from "#lib/jobs/enqueue.ts";
import { STEP_JOB, stepJob } from "./admit-runs.ts";
import { findLostRuns, type LostRun, lockLostRun } from "./find-lost-runs.ts";
import { findPlaces } from "./find-places.ts";
import { loadVersion } from "./load-version.ts";
import { firstPlace } from "./next-step.ts";

const AT_ONCE = 1_000;

/**
 * The tables of runs are the truth, the queue only wakes us: runs whose jobs are gone (the queue was emptied, or put back from a backup)
 * are given new ones, at the steps where they stand. A step that is done isn't run again, and one that was under way is, with its
 * idempotency key. Gives how many runs go on.
 */
export async function restartLostRuns(sql: Sql, signal: AbortSignal): Promise<number> {
  let restarted = 0;
  for (const run of await findLostRuns(sql, STEP_JOB, AT_ONCE)) {
    if (signal.aborted) break;
    if (await restart(sql, run)) restarted++;
  }
  return restarted;
}

async function restart(sql: Sql, run: LostRun): Promise<boolean> {
  const { projectId, runId, at } = run;
  const { steps } = await loadVersion({ projectId }, sql, run.workflowId, run.version);
  return await sql.begin(async (tx) => {
    // Another worker's chore may have been faster.
    const found = await lockLostRun(tx, run);
    if (!found) return false;
    const first = firstPlace(steps);
    const held = new Set(found.jobs.map(({ stepId = first?.stepId, item }) => `${stepId}@${item ?? ""}`));
    const places = findPlaces(steps, found.state, found.rows).filter(({ stepId, item }) => !held.has(`${stepId}@${item}`));
    const key = { projectId, runId, at };
    const jobs = places.map(({ until, attempt, resumed, ...place }) =>
      stepJob({ ...key, ...place, attempt, restarted: true, ...(resumed ? { resumed } : {}) }, until ?? undefined),
    );
    // A workflow without steps: the first job ends the run.
    if (!first && found.jobs.length === 0) jobs.push(stepJob(key));
    await enqueue(tx, ...jobs);
    return jobs.length > 0;
  });
}
