import type { Sql } from "#db/client.ts";
import type { WorkflowDefinition, WorkflowTrigger } from "#lib/workflows/schema.ts";
import type { Scope } from "./scope.ts";

/** Workflows that run: published, switched on for the project, and not paused. */
const live = (sql: Sql) => sql`w.is_enabled and w.deleted_at is null and w.live_version is not null and w.paused_reason is null`;

/** The App Events that live workflows listen for. `example`: JSON as it was typed. */
export async function listEventTriggers({ projectId }: Scope, sql: Sql): Promise<{ name: string; workflow: string; example: string }[]> {
  const rows = await sql<{ workflow: string; trigger: Extract<WorkflowTrigger, { type: "event" }> }[]>`
    select w.name as workflow, v.body->'trigger' as trigger from workflow w
    join workflow_version v on v.project_id = w.project_id and v.workflow_id = w.id and v.number = w.live_version
    where w.project_id = ${projectId} and w.trigger_type = 'event' and ${live(sql)} order by w.name, w.id`;
  return rows.map(({ workflow, trigger: { name, example } }) => ({ name, workflow, example }));
}

/** A live workflow by its id, with what begins it, and how its user has switched it; null when it doesn't run. */
export async function findLiveWorkflow(
  { projectId }: Scope,
  sql: Sql,
  { workflowId, userId }: { workflowId: string; userId: string },
): Promise<{ id: string; name: string; definition: WorkflowDefinition; isEnabled: boolean } | null> {
  const [row] = await sql<{ id: string; name: string; definition: WorkflowDefinition; isEnabled: boolean }[]>`
    select w.id, w.name, v.body as definition, coalesce(e.enabled, w.is_on_by_default) as "isEnabled" from workflow w
    join workflow_version v on v.project_id = w.project_id and v.workflow_id = w.id and v.number = w.live_version
    left join workflow_enablement e on e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = ${userId}
    where w.project_id = ${projectId} and w.id = ${workflowId} and ${live(sql)}`;
  return row ?? null;
}

/** The live workflows of a project, and whether each is on for a user. Without a user each is. */
export async function listLiveWorkflows(
  { projectId }: Scope,
  sql: Sql,
  userId: string | null,
): Promise<{ id: string; name: string; enabled: boolean }[]> {
  return await sql<{ id: string; name: string; enabled: boolean }[]>`
    select w.id, w.name, coalesce(e.enabled, ${userId}::uuid is null or w.is_on_by_default) as enabled from workflow w
    left join workflow_enablement e on e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = ${userId}
    where w.project_id = ${projectId} and ${live(sql)} order by w.created_at, w.id limit 500`;
}

/** The run that a key has started, and whether its request had the same body and query: headers differ from one call to the next. */
export async function findKeyedRun(
  { projectId }: Scope,
  sql: Sql,
  { workflowId, userId, key, request }: { workflowId: string; userId: string; key: string; request: { body: unknown; query: unknown } },
): Promise<{ runId: string; isSame: boolean } | null> {
  const asked = JSON.stringify({ body: request.body, query: request.query });
  const [row] = await sql<{ runId: string; isSame: boolean }[]>`
    select r.id as "runId", jsonb_build_object('body', r.input->'body', 'query', r.input->'query')
      = ${asked}::text::jsonb as "isSame" from run_key k join run r on r.project_id = k.project_id and r.id = k.run_id
    where k.project_id = ${projectId} and k.workflow_id = ${workflowId} and k.user_id = ${userId} and k.key = ${key}`;
  return row ?? null;
}

/** What a run has come to: whether it is over, and what its Response step answered. As long as a key of it is known. */
export async function findAnswer({ projectId }: Scope, sql: Sql, runId: string) {
  const [row] = await sql<
    {
      status: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
      response: { status: number; headers: [string, string][]; body: string } | null;
      failure: { message: string } | null;
    }[]
  >`select status, response, failure from run where project_id = ${projectId} and id = ${runId} and at > now() - interval '8 days'`;
  return row ?? null;
}
