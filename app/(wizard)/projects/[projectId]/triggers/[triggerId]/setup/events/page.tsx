import { requireMember } from "#app/_gates/session.ts";
import { EventsStep } from "#components/triggers/setup/events-step.tsx";

export default async function EventsPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "triggers.edit");
  return <EventsStep />;
}
