import { cookies } from "next/headers";
import { notFound } from "next/navigation";
import { requireMember } from "#app/_gates/session.ts";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { TrialBanner } from "#components/shell/trial-banner.tsx";
import { WorkflowEditor } from "#components/workflows/editor/workflow-editor.tsx";
import { getDatabase } from "#db/client.ts";
import { findWorkflow } from "#db/queries/workflows.ts";
import { env } from "#lib/env.ts";
import { can } from "#lib/projects/roles.ts";
import { WorkflowDraft } from "#lib/workflows/schema.ts";
import {
  deleteOpenWorkflowAction,
  duplicateOpenWorkflowAction,
  enableWorkflowAction,
  publishWorkflowAction,
  readVersionsAction,
  readWorkflowChangesAction,
  readWorkflowSwitchesAction,
  renameOpenWorkflowAction,
  restoreVersionAction,
  saveWorkflowAction,
  setWorkflowDefaultAction,
  undeleteOpenWorkflowAction,
} from "./actions.ts";
import { readEditorResources, readSamples, reviewWorkflow } from "./read-editor.ts";
import "#components/requests/requests.css";
import "#components/workflows/chain.css";
import "#components/workflows/editor/editor.css";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

type Place = { projectId: string; workflowId: string };

export async function generateMetadata({ params }: { params: Promise<Place> }) {
  const { projectId, workflowId } = await params;
  const { scope } = await requireMember(projectId, "workflows.read");
  const found = UUID.test(workflowId) ? await findWorkflow(scope, getDatabase().db, workflowId) : null;
  return { title: found?.name ?? "Workflow" };
}

export default async function WorkflowPage({ params }: { params: Promise<Place> }) {
  const { projectId, workflowId } = await params;
  const { scope, role } = await requireMember(projectId, "workflows.read");
  const { db } = getDatabase();
  const found = UUID.test(workflowId) ? await findWorkflow(scope, db, workflowId) : null;
  if (!found) notFound();
  const body = WorkflowDraft.parse(found.draft.body);
  const [review, resources, samples] = await Promise.all([
    reviewWorkflow(scope, db, body),
    readEditorResources(scope, db),
    readSamples(scope, db, workflowId, body),
  ]);
  const exampleUrl = env().PATCHBAY_EXAMPLE_URL;
  return (
    <WorkflowEditor
      projectId={projectId}
      workflow={{ id: workflowId, name: found.name, pausedReason: found.pausedReason }}
      standing={{ number: found.liveVersion, isEnabled: found.isEnabled, isOnByDefault: found.isOnByDefault }}
      apiUrl={env().PATCHBAY_API_URL}
      draft={{ version: found.draft.version, savedAt: found.draft.updatedAt.toISOString(), review }}
      resources={resources}
      samples={samples}
      may={{
        edit: can(role, "workflows.edit"),
        publish: can(role, "workflows.publish"),
        enable: can(role, "workflows.enable"),
        delete: can(role, "workflows.delete"),
      }}
      theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
      banner={exampleUrl && <TrialBanner exampleUrl={exampleUrl} />}
      actions={{
        save: saveWorkflowAction,
        publish: publishWorkflowAction,
        readChanges: readWorkflowChangesAction,
        readVersions: readVersionsAction,
        restore: restoreVersionAction,
        enable: enableWorkflowAction,
        setDefault: setWorkflowDefaultAction,
        readUsers: readWorkflowSwitchesAction,
        rename: renameOpenWorkflowAction,
        duplicate: duplicateOpenWorkflowAction,
        remove: deleteOpenWorkflowAction,
        undelete: undeleteOpenWorkflowAction,
      }}
    />
  );
}
