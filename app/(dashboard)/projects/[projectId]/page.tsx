import { redirect } from "next/navigation";
import { requireMember } from "#app/_gates/session.ts";
import { overviewPath } from "#lib/paths.ts";

/** A project's own address leads to its first page. */
export default async function ProjectPage({ params }: { params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  await requireMember(projectId);
  redirect(overviewPath(projectId));
}
