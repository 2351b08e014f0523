import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findWorkflow, findWorkflowVersion, listReadyTriggers, listUsableResources } from "#db/queries/workflows.ts";
import { AppError } from "#lib/errors.ts";
import { type DescribedChange, describeWorkflowChanges } from "./describe-changes.ts";
import { nameFinder } from "./trigger-words.ts";

/** What a version changed, or what publishing the draft (`to` null) would change; `from` null: against nothing. */
export async function readWorkflowChanges(
  scope: Scope,
  db: Database,
  { workflowId, from, to }: { workflowId: string; from: number | null; to: number | null },
): Promise<DescribedChange[]> {
  const found = await findWorkflow(scope, db, workflowId);
  if (!found) throw new AppError("not_found", "This workflow was deleted. Go back to Workflows.");
  const bodyOf = async (number: number) => (await findWorkflowVersion(scope, db, workflowId, number))?.body ?? null;
  const [before, after, resources, triggers] = await Promise.all([
    from === null ? null : bodyOf(from),
    to === null ? found.draft.body : bodyOf(to),
    listUsableResources(scope, db),
    listReadyTriggers(scope, db),
  ]);
  if (!after) throw new AppError("not_found", "This version doesn’t exist. Reload the page.");
  return describeWorkflowChanges(before, after, nameFinder(resources, triggers));
}
