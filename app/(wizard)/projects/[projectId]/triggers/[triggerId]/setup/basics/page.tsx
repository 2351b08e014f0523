import { requireMember } from "#app/_gates/session.ts";
import { BasicsStep } from "#components/triggers/setup/basics-step.tsx";

export default async function BasicsPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "triggers.edit");
  return <BasicsStep />;
}
