import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listUsableResources } from "#db/queries/workflows.ts";
import type { WorkflowContext } from "./check-workflow.ts";

/** What a check of a draft must know of the project. */
export async function readWorkflowContext(scope: Scope, db: Database): Promise<WorkflowContext> {
  const resources = await listUsableResources(scope, db);
  return { resources: new Map(resources.map(({ id, definition }) => [id, definition])), triggers: new Set() };
}
