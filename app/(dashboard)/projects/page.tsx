import type { Metadata } from "next";
import { cookies } from "next/headers";
import { requireSignedIn } from "#app/_gates/session.ts";
import { signOutAction } from "#app/_gates/sign-out-actions.ts";
import { PlainFrame } from "#components/projects/plain-frame.tsx";
import { ProjectList } from "#components/projects/project-list.tsx";
import { readTheme, THEME_COOKIE } from "#components/shell/theme.ts";
import { getDatabase } from "#db/client.ts";
import { mayCreateProjects } from "#db/queries/members.ts";
import { listProjects } from "#db/queries/projects.ts";
import { accountPath } from "#lib/paths.ts";
import { createProjectAction } from "./actions.ts";

export const metadata: Metadata = { title: "Projects" };

export default async function ProjectsPage() {
  const member = await requireSignedIn();
  const { db } = getDatabase();
  const [projects, mayCreate] = await Promise.all([listProjects(db, member.id), mayCreateProjects(db, member.id)]);
  return (
    <PlainFrame
      account={{ name: member.name, email: member.email, href: accountPath() }}
      theme={readTheme((await cookies()).get(THEME_COOKIE)?.value)}
      signOut={signOutAction}
    >
      <ProjectList
        projects={projects.map(({ createdAt, ...project }) => ({ ...project, createdAt: createdAt.toISOString() }))}
        create={mayCreate ? createProjectAction : undefined}
      />
    </PlainFrame>
  );
}
