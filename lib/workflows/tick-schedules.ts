import type { Sql } from "#db/client.ts";
import { enqueueNext } from "#lib/jobs/enqueue.ts";
import { latestTick, nextTick } from "./read-schedule.ts";
import type { WorkflowTrigger } from "./schema.ts";

type Due = { projectId: string; id: string; nextRunAt: Date; now: Date; trigger: WorkflowTrigger; isLive: boolean };

const BATCH = 50;

/** What begins the runs of one tick: see start-scheduled. */
export const SCHEDULED_JOB = "workflow-scheduled";

/**
 * Turns each tick that is due into one job that starts its runs, and plans the next one, in one transaction with the workflow's row
 * locked: of many workers one does it. Walks the index on next_run_at. Ticks that were missed while no worker ran are made up for by
 * one, the latest: nobody wants last night's report eleven times. Those of a deleted project pass by.
 */
export async function tickSchedules(sql: Sql, signal: AbortSignal): Promise<void> {
  for (let taken = BATCH; taken === BATCH && !signal.aborted; ) {
    taken = await sql.begin(async (tx) => {
      const due = await tx<Due[]>`
        select w.project_id as "projectId", w.id, w.next_run_at as "nextRunAt", now() as now, v.body->'trigger' as trigger,
          exists (select from project p where p.id = w.project_id and p.deleted_at is null) as "isLive" from workflow w
        join workflow_version v on v.project_id = w.project_id and v.workflow_id = w.id and v.number = w.live_version
        where w.next_run_at <= now() and w.is_enabled and w.deleted_at is null
        order by w.next_run_at limit ${BATCH} for update of w skip locked`;
      for (const one of due) await tick(tx as unknown as Sql, one);
      return due.length;
    });
  }
}

async function tick(tx: Sql, { projectId, id, nextRunAt, now, trigger, isLive }: Due): Promise<void> {
  const next = trigger.type === "schedule" ? nextTick(trigger, now) : null;
  await tx`update workflow set next_run_at = ${next} where project_id = ${projectId} and id = ${id}`;
  if (trigger.type !== "schedule" || !isLive) return;
  const tickAt = latestTick(trigger, now) ?? nextRunAt;
  const data = { projectId, workflowId: id, tickAt: tickAt.toISOString(), after: null };
  await enqueueNext(tx, [{ name: SCHEDULED_JOB, data, group: projectId, singletonKey: `${id}:${tickAt.toISOString()}` }]);
}
