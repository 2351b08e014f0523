import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listSecretNames } from "#db/queries/secrets.ts";
import { listReadyTriggers, listUsableResources } from "#db/queries/workflows.ts";
import type { WorkflowContext } from "./check-workflow.ts";

/** What a check of a draft must know of the project. */
export async function readWorkflowContext(scope: Scope, db: Database): Promise<WorkflowContext> {
  const [resources, triggers, secretNames] = await Promise.all([
    listUsableResources(scope, db),
    listReadyTriggers(scope, db),
    listSecretNames(scope, db),
  ]);
  return {
    resources: new Map(resources.map(({ id, definition }) => [id, definition])),
    secretNames,
    triggers: new Set(triggers.map(({ id, resourceId }) => `${resourceId}/${id}`)),
  };
}
