import type { Metadata } from "next";
import { notFound } from "next/navigation";
import { requireMember } from "#app/_gates/session.ts";
import { SdkSetupPage } from "#components/settings/sdk-setup-page.tsx";
import { getDatabase } from "#db/client.ts";
import { findProject } from "#db/queries/projects.ts";
import { listSigningKeys } from "#db/queries/signing-keys.ts";
import { env } from "#lib/env.ts";
import { can } from "#lib/projects/roles.ts";
import { addKeyAction, addTestKeyAction, revokeKeyAction, setRequireAudienceAction } from "./actions.ts";

export const metadata: Metadata = { title: "SDK Setup" };

export default async function SdkSetupSettingsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  const { scope, role } = await requireMember(projectId, "keys.read");
  const { db } = getDatabase();
  const [project, keys] = await Promise.all([findProject(scope, db), listSigningKeys(scope, db)]);
  if (!project) notFound();
  const { id, name, requireAudience } = project;
  return (
    <SdkSetupPage
      project={{ id, name, requireAudience }}
      keys={keys}
      addresses={{ api: env().PATCHBAY_API_URL, dashboardApi: `${env().PATCHBAY_URL}/api` }}
      actions={
        can(role, "keys.write")
          ? {
              addKey: addKeyAction,
              addTestKey: addTestKeyAction,
              revokeKey: revokeKeyAction,
              setRequireAudience: setRequireAudienceAction,
            }
          : undefined
      }
    />
  );
}
