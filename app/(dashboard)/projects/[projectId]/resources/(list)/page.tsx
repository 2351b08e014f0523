import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import type { ResourceListRow } from "#components/resources/resource-list.ts";
import { ResourcesView } from "#components/resources/resources-view.tsx";
import { getDatabase } from "#db/client.ts";
import { callsByHour, type HourOfCalls, listResources, type ResourceRow } from "#db/queries/resources.ts";
import { listWorkflowNeeds } from "#db/queries/workflow-needs.ts";
import { can } from "#lib/projects/roles.ts";
import { namesOfThoseNeeding } from "#lib/resources/delete-resource.ts";
import { fillHours, formatSuccess, resourceStatus, sumOfCalls } from "#lib/resources/resource-status.ts";
import { AuthType } from "#lib/resources/schema.ts";
import {
  checkNameAction,
  createResourceAction,
  deleteResourceAction,
  duplicateResourceAction,
  renameResourceAction,
  restoreResourceAction,
} from "../actions.ts";

export const metadata: Metadata = { title: "Resources" };

export default async function ResourcesPage({ params }: { params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  const { scope, role, project } = await requireMember(projectId, "resources.read");
  const { db } = getDatabase();
  const [resources, calls, needs] = await Promise.all([listResources(scope, db), callsByHour(scope, db), listWorkflowNeeds(scope, db)]);
  const now = new Date();
  return (
    <ResourcesView
      project={project}
      rows={resources.map((resource) => ({
        ...toListRow(resource, calls.get(resource.id) ?? [], now),
        workflows: namesOfThoseNeeding(needs, resource.id),
      }))}
      may={{ edit: can(role, "resources.edit"), delete: can(role, "resources.delete") }}
      actions={{
        create: createResourceAction,
        checkName: checkNameAction,
        rename: renameResourceAction,
        duplicate: duplicateResourceAction,
        remove: deleteResourceAction,
        restore: restoreResourceAction,
      }}
    />
  );
}

function toListRow(
  { liveRevision, createdAt: _, updatedAt, appearance: { icon, colour }, ...resource }: ResourceRow,
  calls: HourOfCalls[],
  now: Date,
): Omit<ResourceListRow, "workflows"> {
  const hours = fillHours(calls, now);
  const sum = sumOfCalls(hours);
  return {
    ...resource,
    authType: AuthType.safeParse(resource.authType).data ?? null,
    status: resourceStatus(liveRevision, sum),
    appearance: { icon, colour },
    hours: sum.calls > 0 ? hours : null,
    success: formatSuccess(sum),
    updatedAt: updatedAt.toISOString(),
  };
}
