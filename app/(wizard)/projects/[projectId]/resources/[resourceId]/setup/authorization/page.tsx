import { requireMember } from "#app/_gates/session.ts";
import { AuthorizationStep } from "#components/resources/setup/authorization-step.tsx";

export default async function AuthorizationPage({ params }: { params: Promise<{ projectId: string }> }) {
  await requireMember((await params).projectId, "resources.edit");
  return <AuthorizationStep />;
}
