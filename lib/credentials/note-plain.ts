import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { openSecrets, sealSecrets } from "./save-credential.ts";
import type { StoredSecrets } from "./schema.ts";

type Stored = { id: string; generation: number; ciphertext: Uint8Array; keyId: string };

/**
 * Whether other values are plain in what is supplied than in what is stored, as when Secret was switched off in between, or the row is
 * older than `plain`. Opens nothing for a resource whose values are all secret.
 */
export function isOtherwisePlain(scope: Scope, stored: Stored, { plain = [] }: Pick<StoredSecrets, "plain">): boolean {
  if (plain.length === 0) return false;
  const known = new Set(openSecrets(scope, stored.id, stored).plain);
  return known.size !== plain.length || plain.some((key) => !known.has(key));
}

/**
 * Seals the same values again with what is plain of them now. Under the credential's lease: a renewal that had begun before would find
 * other bytes than it read, and drop the refresh token that it got.
 */
export async function notePlain(scope: Scope, sql: Sql, stored: Stored, { plain }: Pick<StoredSecrets, "plain">): Promise<void> {
  const { ciphertext, keyId } = sealSecrets(scope, stored.id, { ...openSecrets(scope, stored.id, stored), plain });
  await sql`
    update credential set ciphertext = ${ciphertext}, key_id = ${keyId}, updated_at = now()
    where project_id = ${scope.projectId} and id = ${stored.id} and generation = ${stored.generation} and ciphertext = ${stored.ciphertext}`;
}
