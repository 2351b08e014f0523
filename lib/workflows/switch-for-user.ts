import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findLiveWorkflow } from "#db/queries/workflow-doors.ts";
import { findUser } from "#lib/connections/find-user.ts";
import { AppError } from "#lib/errors.ts";

/**
 * A user's own switch of a workflow: whether it starts for them from now on. Runs that have begun go on. Setting what is set already
 * changes nothing.
 */
export async function switchForUser(
  scope: Scope,
  sql: Sql,
  { workflowId, externalId, enabled }: { workflowId: string; externalId: string; enabled: boolean },
): Promise<void> {
  const user = await findUser(scope, sql, externalId);
  const found = await findLiveWorkflow(scope, sql, { workflowId, userId: user.id });
  if (!found)
    throw new AppError("not_found", "There is no live workflow with this id in this project. getUser().workflows lists those there are.");
  await sql`
    insert into workflow_enablement as known (project_id, workflow_id, user_id, enabled)
    values (${scope.projectId}, ${workflowId}, ${user.id}, ${enabled})
    on conflict (project_id, workflow_id, user_id) do update set enabled = excluded.enabled, updated_at = now()
    where known.enabled <> excluded.enabled`;
}
