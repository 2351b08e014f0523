/** Which live workflows need which resources: steps call them, or the trigger is theirs. By their bodies, wherever an id stands in them. */
import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "./scope.ts";

/** Where a body names a resource. A User Connected trigger for any resource names none. */
const NAMED = sql`'$.**.resourceId ? (@ <> "")'`;

export type WorkflowNeeds = { id: string; name: string; resourceIds: string[] };

/** The live workflows of a project that need a resource at all, by name. */
export async function listWorkflowNeeds({ projectId }: Scope, db: Database): Promise<WorkflowNeeds[]> {
  return await db.execute<WorkflowNeeds>(sql`
    select w.id, w.name, jsonb_path_query_array(v.body, ${NAMED}) as "resourceIds" from workflow w
    join workflow_version v on v.project_id = w.project_id and v.workflow_id = w.id and v.number = w.live_version
    where w.project_id = ${projectId} and w.deleted_at is null and jsonb_path_exists(v.body, ${NAMED}) order by w.name, w.id`);
}

/**
 * Pauses the live workflows whose resource is deleted, with the reason, and lets those go on that have all they need: of the workflows
 * that need this resource, or of this one. In the transaction that changes the one or the other. One that waits for Undo itself too.
 */
export async function settlePauses({ projectId }: Scope, tx: Database, of: { resourceId: string } | { workflowId: string }): Promise<void> {
  const chosen =
    "workflowId" in of
      ? sql`w.id = ${of.workflowId}`
      : sql`jsonb_path_exists(v.body, '$.**.resourceId ? (@ == $id)', jsonb_build_object('id', ${of.resourceId}::text))`;
  const those = sql`
    from workflow w
    join workflow_version v on v.project_id = w.project_id and v.workflow_id = w.id and v.number = w.live_version
    where w.project_id = ${projectId} and ${chosen}`;
  // Locked by one statement, in one order, and looked at by the next: who waited here for another resource's change sees what it brought.
  await tx.execute(sql`select 1 ${those} order by w.id for no key update of w`);
  await tx.execute(sql`
    update workflow set paused_reason = found.reason from (
      select w.id, (
        select 'The resource ' || string_agg(distinct coalesce('“' || r.deleted_name || '”', 'of a step'), ', ')
          || ' was deleted. Bring it back in Settings, or publish a version that doesn’t need it.'
        from jsonb_array_elements_text(jsonb_path_query_array(v.body, ${NAMED})) as needed(id)
        left join resource r on r.project_id = w.project_id and r.id::text = needed.id
        where r.id is null or r.deleted_at is not null
      ) as reason ${those}
    ) found where workflow.project_id = ${projectId} and workflow.id = found.id and workflow.paused_reason is distinct from found.reason`);
}
