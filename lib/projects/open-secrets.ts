import { and, eq, inArray } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { sealedValue, secret } from "#db/schema/vault.ts";
import { open } from "#lib/vault/seal.ts";

/** `showsEnd`: whether its last four characters may be seen. */
export type OpenedSecret = { name: string; value: string; showsEnd: boolean };

/**
 * The values behind these names as they are now: one indexed statement, so that a replaced secret counts from the next call on. Names
 * that the project doesn't have are left out; another project's are never found. For one call: nobody keeps what this returns.
 */
export async function openSecrets(scope: Scope, db: Database, names: readonly string[]): Promise<OpenedSecret[]> {
  if (names.length === 0) return [];
  const { id, field, ciphertext, keyId, hint } = sealedValue;
  const rows = await db
    .select({ name: secret.name, id, field, ciphertext, keyId, hint })
    .from(secret)
    .innerJoin(sealedValue, and(eq(sealedValue.projectId, secret.projectId), eq(sealedValue.id, secret.sealedValueId)))
    .where(and(eq(secret.projectId, scope.projectId), inArray(secret.name, [...names])));
  return rows.map((row) => ({
    name: row.name,
    value: open(row, { projectId: scope.projectId, rowId: row.id, field: row.field }),
    showsEnd: row.hint !== "",
  }));
}
