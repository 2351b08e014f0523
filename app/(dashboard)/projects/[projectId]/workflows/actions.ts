"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { deleteWorkflow, renameWorkflow, undeleteWorkflow } from "#lib/workflows/change-workflow.ts";
import { createWorkflow, duplicateWorkflow } from "#lib/workflows/create-workflow.ts";
import { WorkflowName } from "#lib/workflows/schema.ts";

const OfWorkflow = z.object({ workflowId: z.uuid() });

export const createWorkflowAction = action({
  permission: "workflows.edit",
  input: z.object({ name: WorkflowName }),
  run: ({ scope, db, actor, input }) => createWorkflow(scope, db, actor, input),
});

export const renameWorkflowAction = action({
  permission: "workflows.edit",
  input: OfWorkflow.extend({ name: WorkflowName }),
  run: async ({ scope, db, actor, input }) => {
    await renameWorkflow(scope, db, actor, input);
    refresh();
  },
});

export const duplicateWorkflowAction = action({
  permission: "workflows.edit",
  input: OfWorkflow,
  run: ({ scope, db, actor, input }) => duplicateWorkflow(scope, db, actor, input),
});

/** `listed`: the caller stays on a page that lists it, which is then shown anew. */
export const deleteWorkflowAction = action({
  permission: "workflows.delete",
  input: OfWorkflow.extend({ listed: z.boolean() }),
  run: async ({ scope, db, actor, input: { workflowId, listed } }) => {
    await deleteWorkflow(scope, db, actor, { workflowId });
    if (listed) refresh();
  },
});

/** Undo, within 7 days. */
export const undeleteWorkflowAction = action({
  permission: "workflows.delete",
  input: OfWorkflow,
  run: async ({ scope, db, actor, input }) => {
    await undeleteWorkflow(scope, db, actor, input);
    refresh();
  },
});
