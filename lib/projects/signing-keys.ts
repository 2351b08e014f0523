import { createPublicKey, hash, type KeyObject, verify } from "node:crypto";
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

/**
 * By which key a signature was found to be right, under a digest of the signature and what it signs: an app sends its user's token
 * with each call. That fact never changes; whether the key is active and the token valid is judged on each call. What is wrong isn't
 * kept, so that nobody can push out what is right.
 */
const foundRight = new Map<string, KeyObject>();
const MOST_FOUND = 10_000;

/** RS256 by node:crypto, at once. */
export const verifyWithNode: VerifySignature<ParsedSigningKey, boolean> = ({ publicKey }, signingInput, signature) => {
  const bytes = Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength);
  const fact = hash("sha256", `${signingInput}.${bytes.toString("latin1")}`, "base64url");
  if (foundRight.get(fact) === publicKey) return true;
  if (!verify("sha256", Buffer.from(signingInput, "latin1"), publicKey, bytes)) return false;
  if (foundRight.size >= MOST_FOUND) foundRight.delete(foundRight.keys().next().value!);
  foundRight.set(fact, publicKey);
  return true;
};
