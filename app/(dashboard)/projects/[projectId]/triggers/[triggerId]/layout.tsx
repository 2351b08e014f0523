import type { Metadata } from "next";
import type { ReactNode } from "react";
import { TriggerHead } from "#components/triggers/trigger-head.tsx";
import { can } from "#lib/projects/roles.ts";
import { deleteTriggerAction } from "../../_triggers/actions.ts";
import { requireTrigger, type TriggerParams, triggerTitle } from "../../_triggers/require-trigger.ts";

export async function generateMetadata({ params }: { params: TriggerParams }): Promise<Metadata> {
  const { projectId, triggerId } = await params;
  return { title: await triggerTitle(projectId, triggerId) };
}

export default async function TriggerLayout({ children, params }: { children: ReactNode; params: TriggerParams }) {
  const { projectId, triggerId } = await params;
  const { role, trigger, resource } = await requireTrigger(projectId, triggerId);
  return (
    <>
      <TriggerHead
        projectId={projectId}
        resource={{ id: resource.id, name: resource.name }}
        trigger={{
          id: trigger.id,
          name: trigger.name,
          ready: trigger.ready,
          finished: trigger.finishedAt !== null,
          hasUsers: trigger.body.creation === "request" || trigger.told > 0,
          told: trigger.told,
          workflows: trigger.workflows.length,
        }}
        mayEdit={can(role, "triggers.edit")}
        mayDelete={can(role, "triggers.delete")}
        remove={deleteTriggerAction}
      />
      {children}
    </>
  );
}
