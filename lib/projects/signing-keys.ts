import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { readSigningKeys } from "#db/queries/signing-keys.ts";
import type { UserTokenKey } from "./user-token-checks.ts";
import type { VerifySignature } from "./verify-user-token.ts";

export type ParsedSigningKey = UserTokenKey & { publicKey: KeyObject };

/**
 * Parsed keys by id: parsing a PEM costs several times a verification. Nothing in an entry ever changes; that a key was revoked
 * is asked for on each call and never kept here.
 */
const parsed = new Map<string, ParsedSigningKey>();
const MOST_PARSED = 10_000;

/** The keys with these ids, in their order: from memory, else read and parsed once. Ids of another project give nothing. */
export async function loadSigningKeys(scope: Scope, db: Database, ids: readonly string[]): Promise<ParsedSigningKey[]> {
  const missing = ids.filter((id) => !parsed.has(cacheKey(scope, id)));
  if (missing.length) {
    for (const { spki, ...row } of await readSigningKeys(scope, db, missing)) {
      if (parsed.size >= MOST_PARSED) parsed.delete(parsed.keys().next().value!);
      parsed.set(cacheKey(scope, row.id), { ...row, revokedAt: null, publicKey: createPublicKey(spki) });
    }
  }
  return ids.flatMap((id) => parsed.get(cacheKey(scope, id)) ?? []);
}

const cacheKey = (scope: Scope, id: string) => `${scope.projectId}/${id}`;

/** RS256 by node:crypto, at once. */
export const verifyWithNode: VerifySignature<ParsedSigningKey, boolean> = ({ publicKey }, signingInput, signature) =>
  verify("sha256", Buffer.from(signingInput, "latin1"), publicKey, signature);
