import { requireMember } from "#app/_gates/session.ts";
import { VerificationStep } from "#components/triggers/setup/verification-step.tsx";

export default async function VerificationPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "triggers.edit");
  return <VerificationStep />;
}
