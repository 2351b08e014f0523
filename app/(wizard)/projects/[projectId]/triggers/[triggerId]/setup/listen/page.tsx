import { requireMember } from "#app/_gates/session.ts";
import { ListenStep } from "#components/triggers/setup/listen-step.tsx";

export default async function ListenPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "triggers.edit");
  return <ListenStep />;
}
