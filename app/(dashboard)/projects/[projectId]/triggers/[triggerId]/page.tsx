import { TriggerSetup } from "#components/triggers/trigger-setup.tsx";
import { getDatabase } from "#db/client.ts";
import { can } from "#lib/projects/roles.ts";
import { SUBSCRIPTION_VARIABLES, TEARDOWN_VARIABLES } from "#lib/triggers/check-trigger.ts";
import { listHeard } from "#lib/triggers/list-heard.ts";
import { loadTriggerContext } from "#lib/triggers/load-context.ts";
import {
  addTriggerSecretAction,
  deleteTriggerAction,
  listenTriggerAction,
  makeUserUrlAction,
  removeTriggerSecretAction,
  saveTriggerAction,
} from "../../_triggers/actions.ts";
import { requireTrigger, type TriggerParams } from "./require-trigger.ts";

export default async function TriggerPage({ params }: { params: TriggerParams }) {
  const { projectId, triggerId } = await params;
  const { scope, role, trigger, resource } = await requireTrigger(projectId, triggerId);
  const { db, sql } = getDatabase();
  const [{ known }, heard] = await Promise.all([
    loadTriggerContext(scope, db, { resourceId: resource.id, triggerId }),
    listHeard(scope, sql, triggerId),
  ]);
  const { id, name, version, body, problems, url, hasTestCredential } = trigger;
  return (
    <TriggerSetup
      projectId={projectId}
      resource={resource}
      trigger={{ id, name, version, body, problems, url: can(role, "triggers.edit") ? url : "", hasTestCredential }}
      secrets={trigger.secrets.map((secret) => ({
        ...secret,
        setAt: secret.setAt.toISOString(),
        lastSeenAt: secret.lastSeenAt?.toISOString() ?? null,
      }))}
      known={{ create: [...known, ...SUBSCRIPTION_VARIABLES], teardown: [...known, ...TEARDOWN_VARIABLES] }}
      heard={heard}
      mayEdit={can(role, "triggers.edit")}
      actions={{
        save: saveTriggerAction,
        remove: deleteTriggerAction,
        addSecret: addTriggerSecretAction,
        removeSecret: removeTriggerSecretAction,
        makeUserUrl: makeUserUrlAction,
        listen: listenTriggerAction,
      }}
    />
  );
}
