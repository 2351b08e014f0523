import type { Metadata } from "next";
import type { ReactNode } from "react";
import { ResourceHead } from "#components/resources/resource-head.tsx";
import { ResourceTabs } from "#components/resources/resource-tabs.tsx";
import { getDatabase } from "#db/client.ts";
import { can } from "#lib/projects/roles.ts";
import { countAffected } from "#lib/resources/delete-resource.ts";
import { checkNameAction, deleteResourceAction, duplicateResourceAction, renameResourceAction, restoreResourceAction } from "../actions.ts";
import "#components/activity/activity.css";
import "#components/requests/requests.css";
import { loadHealth, type ResourceParams, requireResource, resourceTitle } from "./require-resource.ts";

export async function generateMetadata({ params }: { params: ResourceParams }): Promise<Metadata> {
  const { projectId, resourceId } = await params;
  return { title: await resourceTitle(projectId, resourceId) };
}

export default async function ResourceLayout({ children, params }: { children: ReactNode; params: ResourceParams }) {
  const { projectId, resourceId } = await params;
  const { scope, role, resource } = await requireResource(projectId, resourceId);
  const [{ status }, { users, workflows }] = await Promise.all([
    loadHealth(projectId, resourceId, resource.liveRevision),
    countAffected(scope, getDatabase().db, resourceId),
  ]);
  const { id, name, level, authType, liveRevision, draft } = resource;
  return (
    <>
      <ResourceHead
        projectId={projectId}
        resource={{
          id,
          name,
          level,
          authType,
          liveRevision,
          status,
          isLive: liveRevision !== null,
          connectedUsers: users,
          workflows,
          appearance: draft.body.appearance,
        }}
        may={{ edit: can(role, "resources.edit"), test: can(role, "resources.test"), delete: can(role, "resources.delete") }}
        actions={{
          checkName: checkNameAction,
          rename: renameResourceAction,
          duplicate: duplicateResourceAction,
          remove: deleteResourceAction,
          restore: restoreResourceAction,
        }}
      />
      <ResourceTabs projectId={projectId} resource={{ id, name }} revisions={liveRevision ?? 0} />
      {children}
    </>
  );
}
