import { redirect } from "next/navigation";
import { requireMember } from "#app/_gates/session.ts";
import { triggerStepPath } from "#lib/paths.ts";

/** The wizard's first step. */
export default async function TriggerSetupPage({ params }: { params: Promise<{ projectId: string; triggerId: string }> }) {
  const { projectId, triggerId } = await params;
  await requireMember(projectId, "triggers.edit");
  redirect(triggerStepPath(projectId, triggerId, "basics"));
}
