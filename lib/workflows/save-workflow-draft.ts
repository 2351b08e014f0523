import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findWorkflow } from "#db/queries/workflows.ts";
import { workflow, workflowDraft } from "#db/schema/workflows.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { storableJson } from "#lib/storable.ts";
import { WorkflowDraft } from "./schema.ts";

export const SaveWorkflowDraft = z.object({
  workflowId: z.uuid(),
  /** The version that the change was typed on. */
  version: z.int().min(1),
  body: WorkflowDraft,
});
export type SaveWorkflowDraft = z.infer<typeof SaveWorkflowDraft>;

export type SavedWorkflowDraft =
  | { kind: "saved"; version: number; body: WorkflowDraft; savedAt: Date }
  /** Somebody (another tab, another member) saved first. Nothing was written; `theirs` is what stands there now. */
  | { kind: "conflict"; version: number; theirs: WorkflowDraft; by: string | null; at: Date };

export async function saveWorkflowDraft(
  scope: Scope,
  db: Database,
  actor: Actor,
  { workflowId, version, body: typed }: SaveWorkflowDraft,
): Promise<SavedWorkflowDraft> {
  // What was pasted may hold what Postgres can't: saving a draft never fails for its text.
  const body = storableJson(typed) ?? typed;
  const ofDraft = and(eq(workflowDraft.projectId, scope.projectId), eq(workflowDraft.workflowId, workflowId));
  return await db.transaction(async (tx): Promise<SavedWorkflowDraft> => {
    await tx.select({ version: workflowDraft.version }).from(workflowDraft).where(ofDraft).for("update");
    const found = await findWorkflow(scope, tx, workflowId);
    if (!found) throw new AppError("not_found", "This workflow was deleted. Go back to Workflows; Undo is open for 7 days.");
    const { draft } = found;
    if (draft.version !== version) {
      return { kind: "conflict", version: draft.version, theirs: draft.body, by: draft.updatedBy, at: draft.updatedAt };
    }
    const [saved] = await tx
      .update(workflowDraft)
      .set({
        body,
        version: version + 1,
        schemaVersion: bodyVersion("workflow"),
        updatedAt: sql`now()`,
        updatedBy: actor.kind === "member" ? actor.id : null,
      })
      .where(ofDraft)
      .returning({ version: workflowDraft.version, updatedAt: workflowDraft.updatedAt });
    await tx
      .update(workflow)
      .set({ updatedAt: sql`now()` })
      .where(and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt)));
    return { kind: "saved", version: saved!.version, body, savedAt: saved!.updatedAt };
  });
}
