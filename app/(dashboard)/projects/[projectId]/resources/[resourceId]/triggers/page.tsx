import { TriggersView } from "#components/triggers/triggers-view.tsx";
import { getDatabase } from "#db/client.ts";
import { listTriggers } from "#db/queries/triggers.ts";
import { can } from "#lib/projects/roles.ts";
import { createTriggerAction } from "../../../_triggers/actions.ts";
import { type ResourceParams, requireResource } from "../require-resource.ts";

export default async function TriggersPage({ params }: { params: ResourceParams }) {
  const { projectId, resourceId } = await params;
  const { scope, role, resource } = await requireResource(projectId, resourceId);
  const triggers = await listTriggers(scope, getDatabase().sql, { resourceId });
  return (
    <TriggersView
      projectId={projectId}
      resource={{ id: resource.id, name: resource.name }}
      rows={triggers.map(({ id, name, level, creation, scheme, ready, finished, lastDeliveryAt, quarantined, failing }) => ({
        id,
        name,
        level,
        creation,
        scheme,
        ready,
        finished,
        lastDeliveryAt: lastDeliveryAt?.toISOString() ?? null,
        quarantined,
        failing,
      }))}
      mayEdit={can(role, "triggers.edit")}
      create={createTriggerAction}
    />
  );
}
