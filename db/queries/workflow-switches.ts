import type { Sql } from "#db/client.ts";
import type { WorkflowDefinition } from "#lib/workflows/schema.ts";
import type { Scope } from "./scope.ts";

export type UserWorkflow = {
  id: string;
  name: string;
  /** For the whole project. */
  isEnabled: boolean;
  pausedReason: string | null;
  isOnByDefault: boolean;
  /** The user's own switch; null: the default holds. */
  own: boolean | null;
  definition: WorkflowDefinition;
  lastRun: { id: string; at: Date; status: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled" } | null;
};

/** The published workflows of a project as they stand for one user, with the last run of each within 30 days. By name. */
export async function listUserWorkflows({ projectId }: Scope, sql: Sql, userId: string): Promise<UserWorkflow[]> {
  const rows = await sql<(Omit<UserWorkflow, "lastRun"> & { runId: string | null; runAt: Date; runStatus: "queued" })[]>`
    with last as (
      select distinct on (workflow_id) workflow_id, id, at, status from run
      where project_id = ${projectId} and user_id = ${userId} and at > now() - interval '30 days' order by workflow_id, at desc)
    select w.id, w.name, w.is_enabled as "isEnabled", w.paused_reason as "pausedReason", w.is_on_by_default as "isOnByDefault",
      e.enabled as own, v.body as definition, l.id as "runId", l.at as "runAt", l.status as "runStatus"
    from workflow w
    join workflow_version v on v.project_id = w.project_id and v.workflow_id = w.id and v.number = w.live_version
    left join workflow_enablement e on e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = ${userId}
    left join last l on l.workflow_id = w.id
    where w.project_id = ${projectId} and w.deleted_at is null order by lower(w.name), w.id limit 500`;
  return rows.map(({ runId, runAt, runStatus, ...row }) => ({
    ...row,
    lastRun: runId === null ? null : { id: runId, at: runAt, status: runStatus },
  }));
}

export type UserSwitch = { userId: string; externalId: string; name: string | null; enabled: boolean; at: Date };
/** Counted no further: "1,000+". */
const MOST_COUNTED = 1_001;
const SHOWN = 50;

/** The users who have a switch of their own for a workflow: how many are on and off, and the newest of them. */
export async function readWorkflowSwitches(
  { projectId }: Scope,
  sql: Sql,
  workflowId: string,
): Promise<{ on: number; off: number; newest: UserSwitch[] }> {
  const mine = sql`from workflow_enablement e join connected_user u on u.project_id = e.project_id and u.id = e.user_id and u.kind = 'user'
    where e.project_id = ${projectId} and e.workflow_id = ${workflowId}`;
  const [[counts], newest] = await Promise.all([
    sql<{ on: number; off: number }[]>`
      select count(*) filter (where enabled)::int as on, count(*) filter (where not enabled)::int as off
      from ((select true as enabled ${mine} and e.enabled limit ${MOST_COUNTED}) union all
        (select false as enabled ${mine} and not e.enabled limit ${MOST_COUNTED})) counted`,
    sql<UserSwitch[]>`
      select u.id as "userId", u.external_id as "externalId", u.name, e.enabled, e.updated_at as at ${mine}
      order by e.updated_at desc, u.id limit ${SHOWN}`,
  ]);
  return { on: counts?.on ?? 0, off: counts?.off ?? 0, newest };
}

/** The live resources that each user connects for themselves, by id. */
export async function listUserLevelResources({ projectId }: Scope, sql: Sql): Promise<Map<string, string>> {
  const rows = await sql<{ id: string; name: string }[]>`
    select r.id, n.name from resource r
    join resource_name n on n.project_id = r.project_id and n.resource_id = r.id and n.is_current
    where r.project_id = ${projectId} and r.level = 'user' and r.live_revision is not null and r.deleted_at is null`;
  return new Map(rows.map(({ id, name }) => [id, name]));
}
