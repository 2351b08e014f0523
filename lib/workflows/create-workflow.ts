import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findWorkflow } from "#db/queries/workflows.ts";
import { workflow, workflowDraft } from "#db/schema/workflows.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { cutText } from "#lib/storable.ts";
import { emptyWorkflowDraft, type WorkflowDraft } from "./schema.ts";

/** Makes a workflow with an empty draft (or a copy of `body`). Names need not be unique: code and steps hold ids. */
export async function createWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { name, body = emptyWorkflowDraft() }: { name: string; body?: WorkflowDraft },
): Promise<{ id: string }> {
  return await db.transaction(async (tx) => {
    const by = actor.kind === "member" ? actor.id : null;
    const [row] = await tx
      .insert(workflow)
      .values({ ...scope, name, createdBy: by })
      .returning({ id: workflow.id });
    const { id } = row!;
    await tx.insert(workflowDraft).values({ ...scope, workflowId: id, schemaVersion: bodyVersion("workflow"), body, updatedBy: by });
    await recordAudit(tx, { ...scope, actor, action: "workflow.create", subject: `workflow:${id}`, detail: { name } });
    return { id };
  });
}

/** A new draft with the steps of another one's draft, named "<Name> copy". It is published and enabled on its own. */
export async function duplicateWorkflow(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId }: { workflowId: string },
): Promise<{ id: string }> {
  const found = await findWorkflow(scope, db, workflowId);
  if (!found) throw new AppError("not_found", "This workflow was deleted. Go back to Workflows.");
  return await createWorkflow(scope, db, actor, { name: `${cutText(found.name, 59)} copy`, body: found.draft.body });
}
