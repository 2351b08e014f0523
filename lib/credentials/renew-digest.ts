import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { digestKeyId, keyedDigest } from "#lib/vault/digest.ts";
import { keyRing } from "#lib/vault/keys.ts";

/**
 * After a change of keys: the same values came again, so what tells them may be made under the new key. Somebody who got hold of the old
 * one can then try nothing on it.
 */
export async function renewDigest(
  { projectId }: Scope,
  sql: Sql,
  { id, suppliedDigest }: { id: string; suppliedDigest: Uint8Array },
  canonical: string,
): Promise<void> {
  if (digestKeyId(suppliedDigest) === keyRing().sealing.id) return;
  await sql`
    update credential set supplied_digest = ${keyedDigest(canonical)}
    where project_id = ${projectId} and id = ${id} and supplied_digest = ${suppliedDigest}`;
}
