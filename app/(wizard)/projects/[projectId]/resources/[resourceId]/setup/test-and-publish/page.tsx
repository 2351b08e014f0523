import { requireMember } from "#app/_gates/session.ts";
import { TestStep } from "#components/resources/setup/test-step.tsx";

export default async function TestAndPublishPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "resources.edit");
  return <TestStep />;
}
