import type { Database } from "#db/client.ts";
import type { RunKey } from "#db/queries/runs.ts";
import type { Scope } from "#db/queries/scope.ts";
import { runStatement, type Transaction } from "#db/run-statement.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";

/**
 * Ends a run where it stands: no further step begins. A call that was sent stays sent, and what came of it is still told at its step.
 */
export async function cancelRun(scope: Scope, db: Database, actor: Actor, key: RunKey): Promise<void> {
  await db.transaction(async (tx) => {
    const run = await endAsCancelled(tx, scope, key);
    if (!run) throw new AppError("not_found", "This run isn’t kept any more. Go back to the list of runs.");
    if (!run.isCancelled) throw new AppError("conflict", "It has ended already: there is nothing left to cancel.");
    await recordAudit(tx, { ...scope, actor, action: "run.cancel", subject: `run:${key.id}` });
  });
}

/** In the caller's transaction. Null where there is no such run. */
export async function endAsCancelled(
  tx: Transaction,
  { projectId }: Scope,
  { id, at }: RunKey,
): Promise<{ status: string; isCancelled: boolean } | null> {
  const [run] = await runStatement<{ status: string; isCancelled: boolean }>(tx, CANCEL, [projectId, id, at]);
  return run ?? null;
}

const CANCEL = `
  with found as (
    select project_id, id, at, status from run where project_id = $1 and id = $2 and at = $3::text::timestamptz for update
  ), ended as (
    update run r set status = 'cancelled', cancelled_at = now(), finished_at = now() from found f
    where r.project_id = f.project_id and r.id = f.id and r.at = f.at and f.status in ('queued', 'running', 'waiting')
    returning r.id, r.project_id, r.workflow_id, r.finished_at
  ), counted as (
    insert into run_rollup (project_id, workflow_id, bucket, status, n)
    select project_id, workflow_id, date_trunc('hour', finished_at, 'UTC'), 'cancelled', 1 from ended
    on conflict (project_id, workflow_id, bucket, status) do update set n = run_rollup.n + 1
  ), steps as (
    update step_run s set status = 'cancelled', finished_at = now(), until = null from ended e
    where s.project_id = $1 and s.run_id = e.id and s.at = $3::text::timestamptz and s.status in ('queued', 'running', 'waiting')
  )
  select f.status, e.id is not null as "isCancelled" from found f left join ended e on e.id = f.id`;
