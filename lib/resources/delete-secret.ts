import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { sealedValue } from "#db/schema/vault.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { findSecret } from "#lib/projects/change-secrets.ts";
import { listSecretUses, type SecretUse } from "./list-secret-uses.ts";

/**
 * Shreds a secret. Refused while calls use it: they would fail from the next one on. A leaked value is replaced, which needs no new
 * revision. Publishing waits for this, and this for publishing: both hold the secret's row.
 */
export async function deleteSecret(scope: Scope, db: Database, actor: Actor, { name }: { name: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const { sealedValueId } = await findSecret(scope, tx, name);
    const live = ((await listSecretUses(scope, tx)).get(name) ?? []).filter(({ isLive, isDeleted }) => isLive && !isDeleted);
    if (live.length > 0) throw new AppError("conflict", refusal(name, live));
    await tx.delete(sealedValue).where(and(eq(sealedValue.projectId, scope.projectId), eq(sealedValue.id, sealedValueId)));
    await recordAudit(tx, { ...scope, actor, action: "secret.delete", subject: `secret:${name}` });
  });
}

function refusal(name: string, live: readonly SecretUse[]): string {
  const named = live.slice(0, 3).map((use) => use.name);
  const more = live.length - named.length;
  const who =
    more > 0
      ? `${named.join(", ")} and ${more} more`
      : named.length > 1
        ? `${named.slice(0, -1).join(", ")} and ${named.at(-1)}`
        : named[0];
  return `${who} ${live.length === 1 ? "uses" : "use"} ${name} in calls now. Publish ${live.length === 1 ? "it" : "them"} without it first, or replace its value.`;
}
