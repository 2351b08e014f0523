import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { requireMember } from "#app/_gates/session.ts";
import { signOutAction } from "#app/_gates/sign-out-actions.ts";
import { ProjectFrame } from "#components/projects/project-frame.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { TrialBanner } from "#components/shell/trial-banner.tsx";
import { getDatabase } from "#db/client.ts";
import { mayCreateProjects } from "#db/queries/members.ts";
import { listProjects } from "#db/queries/projects.ts";
import { env } from "#lib/env.ts";
import { accountPath } from "#lib/paths.ts";
import { can } from "#lib/projects/roles.ts";
import { createProjectAction, listResourceNamesAction } from "../actions.ts";
import { countAttentionAction } from "./_attention/actions.ts";

export default async function ProjectLayout({ children, params }: { children: ReactNode; params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  const { member, project, role } = await requireMember(projectId);
  const { db } = getDatabase();
  const [projects, mayCreate] = await Promise.all([listProjects(db, member.id), mayCreateProjects(db, member.id)]);
  const exampleUrl = env().PATCHBAY_EXAMPLE_URL;
  return (
    <ProjectFrame
      project={project}
      projects={projects.map(({ id, name }) => ({ id, name }))}
      listResources={listResourceNamesAction}
      mayEdit={can(role, "resources.edit")}
      account={{ name: member.name, email: member.email, href: accountPath() }}
      theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
      banner={exampleUrl && <TrialBanner exampleUrl={exampleUrl} />}
      countAttention={countAttentionAction}
      createProject={mayCreate ? createProjectAction : undefined}
      signOut={signOutAction}
    >
      {children}
    </ProjectFrame>
  );
}
