import { requireMember } from "#app/_gates/session.ts";
import { ApiInfoStep } from "#components/resources/setup/api-info-step.tsx";

export default async function ApiInfoPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "resources.edit");
  return <ApiInfoStep />;
}
