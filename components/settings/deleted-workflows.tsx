"use client";

import type { ActionResult } from "#lib/errors.ts";
import { type Deleted, DeletedList } from "./deleted-list.tsx";

export interface DeletedWorkflowsProps {
  projectId: string;
  workflows: readonly Deleted[];
  restore?: (values: { projectId: string; workflowId: string }) => Promise<ActionResult<unknown>>;
}

export function DeletedWorkflows({ projectId, workflows, restore }: DeletedWorkflowsProps) {
  return (
    <DeletedList
      title="Deleted workflows"
      note="Kept for 7 days. Their runs stay in the list of runs."
      items={workflows}
      restore={restore && ((workflowId) => restore({ projectId, workflowId }))}
    />
  );
}
