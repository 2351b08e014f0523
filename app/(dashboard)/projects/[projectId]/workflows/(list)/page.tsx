import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import type { WorkflowListRow } from "#components/workflows/workflow-list.ts";
import { WorkflowsView } from "#components/workflows/workflows-view.tsx";
import { getDatabase } from "#db/client.ts";
import { type HourOfRuns, listReadyTriggers, listUsableResources, listWorkflows, runsByHour } from "#db/queries/workflows.ts";
import { can } from "#lib/projects/roles.ts";
import { diffDrafts } from "#lib/resources/merge-drafts.ts";
import { fillHours, sumOfCalls } from "#lib/resources/resource-status.ts";
import { listSteps } from "#lib/workflows/step-tree.ts";
import { type Names, nameFinder, triggerWords } from "#lib/workflows/trigger-words.ts";
import {
  createWorkflowAction,
  deleteWorkflowAction,
  duplicateWorkflowAction,
  renameWorkflowAction,
  undeleteWorkflowAction,
} from "../actions.ts";

export const metadata: Metadata = { title: "Workflows" };

export default async function WorkflowsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  const { scope, role, project } = await requireMember(projectId, "workflows.read");
  const { db } = getDatabase();
  const [workflows, runs, resources, triggers] = await Promise.all([
    listWorkflows(scope, db),
    runsByHour(scope, db),
    listUsableResources(scope, db),
    listReadyTriggers(scope, db),
  ]);
  const names = nameFinder(resources, triggers);
  const now = new Date();
  return (
    <WorkflowsView
      project={project}
      rows={workflows.map((workflow) => ({ ...toListRow(workflow, names), ...recentRuns(runs.get(workflow.id) ?? [], now) }))}
      example={resources[0]?.name ?? null}
      may={{ edit: can(role, "workflows.edit"), delete: can(role, "workflows.delete") }}
      actions={{
        create: createWorkflowAction,
        rename: renameWorkflowAction,
        duplicate: duplicateWorkflowAction,
        remove: deleteWorkflowAction,
        undelete: undeleteWorkflowAction,
      }}
    />
  );
}

function recentRuns(runs: HourOfRuns[], now: Date): Pick<WorkflowListRow, "hours" | "runs"> {
  const hours = fillHours(runs, now);
  const { calls, failed } = sumOfCalls(hours);
  return { hours: calls > 0 ? hours : null, runs: { ended: calls, failed } };
}

type Listed = Awaited<ReturnType<typeof listWorkflows>>[number];

function toListRow(
  { id, name, liveVersion, isEnabled, pausedReason, draft, live, updatedAt }: Listed,
  names: Names,
): Omit<WorkflowListRow, "hours" | "runs"> {
  return {
    id,
    name,
    status: liveVersion === null ? "draft" : pausedReason ? "paused" : isEnabled ? "live" : "off",
    trigger: triggerWords(draft.trigger, names),
    steps: listSteps(draft.steps).length,
    version: liveVersion,
    isChanged:
      live !== null && diffDrafts({ trigger: live.trigger, steps: live.steps }, { trigger: draft.trigger, steps: draft.steps }).length > 0,
    updatedAt: updatedAt.toISOString(),
  };
}
