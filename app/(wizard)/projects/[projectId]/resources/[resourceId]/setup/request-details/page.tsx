import { requireMember } from "#app/_gates/session.ts";
import { RequestDetailsStep } from "#components/resources/setup/request-details-step.tsx";

export default async function RequestDetailsPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "resources.edit");
  return <RequestDetailsStep />;
}
