import { notFound } from "next/navigation";
import { requireMember } from "#app/_gates/session.ts";
import { SetupStepView } from "#components/resources/setup/setup-step-view.tsx";
import { SETUP_STEPS, type SetupStep } from "#lib/paths.ts";

export default async function SetupStepPage({ params }: { params: Promise<{ projectId: string; step: string }> }) {
  const { projectId, step } = await params;
  await requireMember(projectId, "resources.edit");
  if (!SETUP_STEPS.includes(step as SetupStep)) notFound();
  return <SetupStepView step={step as SetupStep} />;
}
