import type { Metadata } from "next";
import { requireMember } from "#app/_gates/session.ts";
import { SecretsPage } from "#components/settings/secrets-page.tsx";
import { getDatabase } from "#db/client.ts";
import { listSecrets } from "#db/queries/secrets.ts";
import { can } from "#lib/projects/roles.ts";
import { listSecretUses } from "#lib/resources/list-secret-uses.ts";
import { changeSecretAction, createSecretAction, deleteSecretAction } from "./actions.ts";

export const metadata: Metadata = { title: "Secrets" };

/** Names, uses and who set them are read by all, as definitions are; the last four characters by admins only. */
export default async function SecretsSettingsPage({ params }: { params: Promise<{ projectId: string }> }) {
  const { projectId } = await params;
  const { scope, role } = await requireMember(projectId, "secrets.read");
  const { db } = getDatabase();
  const [secrets, uses] = await Promise.all([listSecrets(scope, db), listSecretUses(scope, db)]);
  const mayWrite = can(role, "secrets.write");
  return (
    <SecretsPage
      projectId={projectId}
      secrets={secrets.map(({ name, description, hint, setBy, setAt }) => ({
        name,
        description,
        hint: mayWrite ? hint : "",
        setBy,
        setAt: setAt.toISOString(),
        uses: uses.get(name) ?? [],
      }))}
      actions={mayWrite ? { create: createSecretAction, change: changeSecretAction, remove: deleteSecretAction } : undefined}
    />
  );
}
