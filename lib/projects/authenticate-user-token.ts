import type { Database, Sql } from "#db/client.ts";
import { databaseNow } from "#db/clock.ts";
import { type ActiveKeyIds, findActiveKeyIds } from "#db/queries/signing-keys.ts";
import { AppError } from "#lib/errors.ts";
import { noteKeyUse } from "./note-key-use.ts";
import { loadSigningKeys, verifyWithNode } from "./signing-keys.ts";
import { type UserTokenClaims, type UserTokenVerdict, verifyUserToken } from "./verify-user-token.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Unknown projects are remembered for a second, so that guessing ids asks the database little. */
const UNKNOWN_MS = 1_000;
const unknownUntil = new Map<string, number>();

/**
 * Whose user token this is, for the machine doors. Throws `unauthenticated` with the failed check's fix; an unknown project
 * answers like a wrong key. `active`, where the door has read it with something else, saves the statement.
 */
export async function authenticateUserToken(
  { db, sql }: { db: Database; sql: Sql },
  { projectId, token, now = databaseNow() }: { projectId: string; token: string; now?: number },
  active?: ActiveKeyIds | null,
): Promise<{ claims: UserTokenClaims; keyId: string }> {
  const known = active === undefined ? await findKnown(sql, projectId, now) : active;
  const keys = known ? await loadSigningKeys({ projectId }, db, known.keyIds) : [];
  const verdict = verifyUserToken({
    token,
    projectId,
    requireAudience: known?.requireAudience ?? false,
    keys,
    now,
    verifySignature: verifyWithNode,
  });
  if (verdict.ok) {
    noteKeyUse(projectId, verdict.keyId!);
    return { claims: verdict.claims!, keyId: verdict.keyId! };
  }
  throw new AppError("unauthenticated", refusal(verdict));
}

/** One sentence for an unknown project, an unknown key and a wrong signature: which of them it was is nobody's business. */
function refusal({ checks }: UserTokenVerdict): string {
  const failed = checks.find((check) => check.status === "failed");
  const fix =
    failed?.id === "key" || failed?.id === "signature"
      ? "It isn’t signed by an active signing key of this project."
      : `Check its ${failed?.label}. ${failed?.fix}`;
  return `The user token was refused. ${fix} The token doctor in Settings, SDK Setup shows each check.`;
}

async function findKnown(sql: Sql, projectId: string, now: number): Promise<ActiveKeyIds | null> {
  if (!UUID.test(projectId) || (unknownUntil.get(projectId) ?? 0) > now) return null;
  const found = await findActiveKeyIds({ projectId }, sql);
  if (found) return found;
  if (unknownUntil.size > 10_000) unknownUntil.clear();
  unknownUntil.set(projectId, now + UNKNOWN_MS);
  return null;
}
