import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import { DeleteProject } from "#components/settings/delete-project.tsx";
import { DeletedResources } from "#components/settings/deleted-resources.tsx";
import { DeletedWorkflows } from "#components/settings/deleted-workflows.tsx";
import { EncryptionKeys } from "#components/settings/encryption-keys.tsx";
import { ProjectDetails } from "#components/settings/project-details.tsx";
import { getDatabase } from "#db/client.ts";
import { countProjectContents } from "#db/queries/projects.ts";
import { listDeletedResources } from "#db/queries/resources.ts";
import { listDeletedWorkflows } from "#db/queries/workflows.ts";
import { can } from "#lib/projects/roles.ts";
import { readKeyUse } from "#lib/vault/read-key-use.ts";
import { deleteProjectAction, renameProjectAction, restoreResourceAction, restoreWorkflowAction } from "./actions.ts";

export const metadata: Metadata = { title: "General settings" };

interface Props {
  params: Promise<{ projectId: string }>;
  searchParams: Promise<{ restore?: string | string[] }>;
}

export default async function GeneralSettingsPage({ params, searchParams }: Props) {
  const [{ projectId }, { restore }] = await Promise.all([params, searchParams]);
  const { scope, project, role } = await requireMember(projectId, "project.read");
  const { db, sql } = getDatabase();
  const mayWrite = can(role, "project.write");
  const [resources, workflows, contents, keyUse] = await Promise.all([
    listDeletedResources(scope, db),
    listDeletedWorkflows(scope, db),
    mayWrite ? countProjectContents(scope, db) : null,
    mayWrite ? readKeyUse(sql) : null,
  ]);
  return (
    <div className="stack max-w-180">
      <ProjectDetails project={project} rename={mayWrite ? renameProjectAction : undefined} />
      <DeletedResources
        projectId={projectId}
        resources={resources.map(({ id, name, deletedAt }) => ({ id, name: name ?? "Resource", deletedAt: deletedAt!.toISOString() }))}
        asked={typeof restore === "string" ? restore : undefined}
        restore={can(role, "resources.delete") ? restoreResourceAction : undefined}
      />
      <DeletedWorkflows
        projectId={projectId}
        workflows={workflows.map(({ deletedAt, ...workflow }) => ({ ...workflow, deletedAt: deletedAt!.toISOString() }))}
        restore={can(role, "workflows.delete") ? restoreWorkflowAction : undefined}
      />
      {keyUse && <EncryptionKeys use={keyUse} />}
      {contents && <DeleteProject project={project} contents={contents} remove={deleteProjectAction} />}
    </div>
  );
}
