/** What tells whether an app sends the same values again (rules.md, Credentials 6), of which only a keyed digest is kept. */
import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { digestMatches, keyedDigest } from "#lib/vault/digest.ts";
import type { Supplied } from "./parse-credential-input.ts";

type Texts = Pick<Supplied, "canonical" | "inFormOrder">;

/** Whether these values were supplied last. A digest that was made in the order of the form counts as well: renewDigest() ends those. */
export const wereSupplied = async (sql: Sql, digest: Uint8Array, { canonical, inFormOrder }: Texts): Promise<boolean> =>
  (await digestMatches(sql, digest, canonical)) || (await digestMatches(sql, digest, inFormOrder));

/**
 * The same values came again, so what tells them may be made anew where it was made under a key that was changed since, or in the order
 * of the form. Somebody who got hold of the old key can then try nothing on it.
 */
export async function renewDigest(
  { projectId }: Scope,
  sql: Sql,
  { id, suppliedDigest }: { id: string; suppliedDigest: Uint8Array },
  { canonical }: Texts,
): Promise<void> {
  const digest = keyedDigest(canonical);
  if (Buffer.compare(digest, suppliedDigest) === 0) return;
  await sql`
    update credential set supplied_digest = ${digest}
    where project_id = ${projectId} and id = ${id} and supplied_digest = ${suppliedDigest}`;
}
