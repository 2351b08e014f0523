import { cookies } from "next/headers";
import { redirect } from "next/navigation";
import { getDatabase } from "#db/client.ts";
import { listProjects } from "#db/queries/projects.ts";
import { overviewPath, projectsPath } from "#lib/paths.ts";
import { LAST_PROJECT_COOKIE } from "./_gates/last-project.ts";
import { requireSignedIn } from "./_gates/session.ts";

/** To the project that was open last, to the only one, or to the list. */
export default async function HomePage() {
  const member = await requireSignedIn();
  const projects = await listProjects(getDatabase().db, member.id);
  const last = (await cookies()).get(LAST_PROJECT_COOKIE)?.value;
  const project = projects.find(({ id }) => id === last) ?? (projects.length === 1 ? projects[0] : undefined);
  redirect(project ? overviewPath(project.id) : projectsPath());
}
