import { requireMember } from "#app/_gates/session.ts";
import { WebhookStep } from "#components/triggers/setup/webhook-step.tsx";

export default async function WebhookPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "triggers.edit");
  return <WebhookStep />;
}
