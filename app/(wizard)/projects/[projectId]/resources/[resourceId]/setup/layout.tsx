import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import type { ReactNode } from "react";
import { requireMember } from "#app/_gates/session.ts";
import { SetupWizard } from "#components/resources/setup/setup-wizard.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { TrialBanner } from "#components/shell/trial-banner.tsx";
import { getDatabase } from "#db/client.ts";
import { findLiveRevision, findResource } from "#db/queries/resources.ts";
import { env } from "#lib/env.ts";
import { can } from "#lib/projects/roles.ts";
import { countUsersToReconnect } from "#lib/resources/publish-resource.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";
import {
  clearTestAction,
  deleteDraftAction,
  duplicateSetupAction,
  previewAsAction,
  publishSetupAction,
  readAnswersAction,
  readExamplesAction,
  restoreDraftAction,
  saveSetupAction,
} from "./actions.ts";
import { readKeptSecret, readKeptTestValues, reviewDraft } from "./read-setup.ts";
import "#components/requests/requests.css";
import "#components/resources/setup/setup.css";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type Place = { projectId: string; resourceId: string };

export async function generateMetadata({ params }: { params: Promise<Place> }) {
  const { projectId, resourceId } = await params;
  const { scope } = await requireMember(projectId, "resources.edit");
  const found = UUID.test(resourceId) ? await findResource(scope, getDatabase().db, resourceId) : null;
  return { title: found ? `Set up ${found.name}` : "Set up" };
}

/** Holds the draft for all steps: moving between them keeps what is typed. */
export default async function SetupLayout({ children, params }: { children: ReactNode; params: Promise<Place> }) {
  const { projectId, resourceId } = await params;
  const { scope, role } = await requireMember(projectId, "resources.edit");
  const { db } = getDatabase();
  const found = UUID.test(resourceId) ? await findResource(scope, db, resourceId) : null;
  if (!found) notFound();

  const body = ResourceDraft.parse(found.draft.body);
  const [review, clientSecret, keptTestValues, live, usersToReconnect] = await Promise.all([
    reviewDraft(scope, db, resourceId, body),
    readKeptSecret(scope, db, body),
    readKeptTestValues(scope, resourceId),
    findLiveRevision(scope, db, resourceId),
    countUsersToReconnect(scope, db, resourceId, undefined),
  ]);
  const exampleUrl = env().PATCHBAY_EXAMPLE_URL;
  return (
    <SetupWizard
      projectId={projectId}
      resource={{
        id: resourceId,
        name: found.name,
        learned: found.learned,
        live: live && { number: live.number, body: live.body, users: usersToReconnect },
        draft: { version: found.draft.version, savedAt: found.draft.updatedAt.toISOString(), lastTest: found.draft.lastTest },
      }}
      review={review}
      clientSecret={clientSecret}
      keptTestValues={keptTestValues}
      may={{ publish: can(role, "resources.publish"), remove: can(role, "resources.delete") }}
      theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
      banner={exampleUrl && <TrialBanner exampleUrl={exampleUrl} />}
      actions={{
        save: saveSetupAction,
        publish: publishSetupAction,
        previewAs: previewAsAction,
        readAnswers: readAnswersAction,
        readExamples: readExamplesAction,
        clearTest: clearTestAction,
        duplicate: duplicateSetupAction,
        remove: deleteDraftAction,
        restore: restoreDraftAction,
      }}
    >
      {children}
    </SetupWizard>
  );
}
