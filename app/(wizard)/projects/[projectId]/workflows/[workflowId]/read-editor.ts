import type { EditorResource, StepSamples, WorkflowReview } from "#components/workflows/editor/editor-types.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listSecretNames } from "#db/queries/secrets.ts";
import { listReadyTriggers, listUsableResources, listWorkflowSamples } from "#db/queries/workflows.ts";
import { listKnownVariables } from "#lib/resources/list-known-variables.ts";
import { checkWorkflow } from "#lib/workflows/check-workflow.ts";
import { readTriggerSample } from "#lib/workflows/read-trigger-sample.ts";
import { readWorkflowContext } from "#lib/workflows/read-workflow-context.ts";
import type { WorkflowDraft } from "#lib/workflows/schema.ts";

/** What stands against publishing a draft. */
export async function reviewWorkflow(scope: Scope, db: Database, body: WorkflowDraft): Promise<WorkflowReview> {
  return { body, problems: checkWorkflow(body, await readWorkflowContext(scope, db), new Date()).problems };
}

/** What steps and triggers can be made of. */
export async function readEditorResources(scope: Scope, db: Database): Promise<EditorResource[]> {
  const [resources, triggers, secretNames] = await Promise.all([
    listUsableResources(scope, db),
    listReadyTriggers(scope, db),
    listSecretNames(scope, db),
  ]);
  return resources.map(({ id, name, definition, isTestable }) => ({
    id,
    name,
    appearance: { icon: definition.appearance.icon, colour: definition.appearance.colour },
    level: definition.level,
    baseUrl: definition.request.baseUrl,
    isTestable,
    variables: [...listKnownVariables(definition, "request", secretNames)],
    triggers: triggers.filter(({ resourceId }) => resourceId === id).map((trigger) => ({ id: trigger.id, name: trigger.name })),
  }));
}

/** What steps last gave in a test, and what the trigger brings. */
export async function readSamples(scope: Scope, db: Database, workflowId: string, body: WorkflowDraft): Promise<StepSamples> {
  const [stored, trigger] = await Promise.all([
    listWorkflowSamples(scope, db, workflowId),
    readTriggerSample(scope, db, body.trigger, new Date()),
  ]);
  return {
    ...Object.fromEntries(stored.map(({ key, source, value, at }) => [key, { value, at: at.toISOString(), from: source }])),
    ...(trigger ? { trigger: { value: trigger.value, at: trigger.at.toISOString(), from: trigger.from } } : {}),
  };
}
