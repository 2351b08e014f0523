import { TriggerOverview } from "#components/triggers/trigger-overview.tsx";
import { getDatabase } from "#db/client.ts";
import { can } from "#lib/projects/roles.ts";
import { listHeard } from "#lib/triggers/list-heard.ts";
import {
  addTriggerSecretAction,
  discardTriggerDraftAction,
  listenTriggerAction,
  removeTriggerSecretAction,
} from "../../_triggers/actions.ts";
import { requireTrigger, showSecrets, type TriggerParams } from "../../_triggers/require-trigger.ts";

export default async function TriggerPage({ params }: { params: TriggerParams }) {
  const { projectId, triggerId } = await params;
  const { scope, role, trigger } = await requireTrigger(projectId, triggerId);
  const heard = await listHeard(scope, getDatabase().sql, triggerId);
  const { id, version, body, draft, finishedAt, ready, problems, url, workflows } = trigger;
  const mayEdit = can(role, "triggers.edit");
  return (
    <TriggerOverview
      projectId={projectId}
      trigger={{
        id,
        version,
        body,
        hasDraft: draft !== null,
        isFinished: finishedAt !== null,
        isReady: ready,
        problems,
        url: mayEdit ? url : "",
        workflows,
      }}
      secrets={showSecrets(trigger.secrets)}
      heard={heard}
      mayEdit={mayEdit}
      maySetSecrets={can(role, "secrets.write")}
      actions={{
        addSecret: addTriggerSecretAction,
        removeSecret: removeTriggerSecretAction,
        listen: listenTriggerAction,
        discard: discardTriggerDraftAction,
      }}
    />
  );
}
