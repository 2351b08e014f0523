import type { Metadata } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import {
  addTriggerSecretAction,
  finishTriggerAction,
  listenTriggerAction,
  makeUserUrlAction,
  removeTriggerSecretAction,
  saveTriggerAction,
} from "#app/(dashboard)/projects/[projectId]/_triggers/actions.ts";
import {
  requireTrigger,
  showSecrets,
  type TriggerParams,
  triggerTitle,
} from "#app/(dashboard)/projects/[projectId]/_triggers/require-trigger.ts";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { TrialBanner } from "#components/shell/trial-banner.tsx";
import { TriggerWizard } from "#components/triggers/setup/trigger-wizard.tsx";
import { getDatabase } from "#db/client.ts";
import { findLiveRevision } from "#db/queries/resources.ts";
import { env } from "#lib/env.ts";
import { can } from "#lib/projects/roles.ts";
import { draftOf } from "#lib/resources/restore-revision.ts";
import { SUBSCRIPTION_VARIABLES, TEARDOWN_VARIABLES } from "#lib/triggers/check-trigger.ts";
import { listHeard } from "#lib/triggers/list-heard.ts";
import { loadTriggerContext } from "#lib/triggers/load-context.ts";
import { TriggerDraft } from "#lib/triggers/schema.ts";
import "#components/requests/requests.css";
import "#components/resources/setup/setup.css";
import "#components/triggers/triggers.css";

export async function generateMetadata({ params }: { params: TriggerParams }): Promise<Metadata> {
  const { projectId, triggerId } = await params;
  return { title: `Set up ${await triggerTitle(projectId, triggerId, "triggers.edit")}` };
}

/** Holds the trigger for all steps: moving between them keeps what is typed. */
export default async function TriggerSetupLayout({ children, params }: { children: ReactNode; params: TriggerParams }) {
  const { projectId, triggerId } = await params;
  const { scope, role, trigger, resource } = await requireTrigger(projectId, triggerId, "triggers.edit");
  const { db, sql } = getDatabase();
  const [{ known, resourceLevel }, heard, live] = await Promise.all([
    loadTriggerContext(scope, db, { resourceId: resource.id, triggerId }),
    listHeard(scope, sql, triggerId),
    findLiveRevision(scope, db, resource.id),
  ]);
  const exampleUrl = env().PATCHBAY_EXAMPLE_URL;
  const { id, version, finishedAt, ready, url, updatedAt, hasTestCredential } = trigger;
  const body = TriggerDraft.parse(trigger.draft ?? trigger.body);
  return (
    <TriggerWizard
      projectId={projectId}
      resource={{
        id: resource.id,
        name: resource.name,
        level: resourceLevel,
        isLive: live !== null,
        definition: live ? draftOf(live.body, resource.draft.body) : resource.draft.body,
        hasTestCredential,
      }}
      trigger={{ id, version, savedAt: updatedAt.toISOString(), isFinished: finishedAt !== null, isReady: ready, url }}
      review={{ body: { name: trigger.name, body }, problems: trigger.problems }}
      secrets={showSecrets(trigger.secrets)}
      may={{ finish: can(role, "triggers.publish"), setSecrets: can(role, "secrets.write") }}
      known={{ create: [...known, ...SUBSCRIPTION_VARIABLES], teardown: [...known, ...TEARDOWN_VARIABLES] }}
      heard={heard}
      theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
      banner={exampleUrl && <TrialBanner exampleUrl={exampleUrl} />}
      actions={{
        save: saveTriggerAction,
        finish: finishTriggerAction,
        addSecret: addTriggerSecretAction,
        removeSecret: removeTriggerSecretAction,
        makeUserUrl: makeUserUrlAction,
        listen: listenTriggerAction,
      }}
    >
      {children}
    </TriggerWizard>
  );
}
