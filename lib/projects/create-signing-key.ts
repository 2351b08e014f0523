import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import { and, count, eq, gt, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { signingKey } from "#db/schema/members.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { MAX_KEYS_TRIED } from "./verify-user-token.ts";

export const TEST_KEY_MINUTES = 10;
const MOST_TEST_KEYS = 20;

/** Registers the public half of a key pair. Its `kid` is the RFC 7638 thumbprint, unless the customer's tokens name another. */
export async function createSigningKey(
  scope: Scope,
  db: Database,
  actor: Actor,
  { publicKeyPem, kid, name = "" }: { publicKeyPem: string; kid?: string; name?: string },
): Promise<{ id: string; kid: string }> {
  const key = parseSigningKey(publicKeyPem);
  return db.transaction(async (tx) => {
    await lockProject(scope, tx);
    const active = await tx
      .select({ kid: signingKey.kid })
      .from(signingKey)
      .where(and(eq(signingKey.projectId, scope.projectId), isNull(signingKey.revokedAt), isNull(signingKey.boundSub)));
    if (active.length >= MAX_KEYS_TRIED)
      throw new AppError("conflict", `A project has ${MAX_KEYS_TRIED} active keys at most. Revoke one first.`);
    if (active.some((other) => other.kid === (kid ?? key.kid)))
      throw new AppError("conflict", "A key with this Key ID is active already. Use that one, or revoke it first.");
    return insert(scope, tx, actor, { kid: kid ?? key.kid, spki: key.spki, name });
  });
}

/** A throw-away key for the test-token button: it signs for one `sub` and expires in ten minutes (rules.md, Doors 6). */
export async function createTestKey(
  scope: Scope,
  db: Database,
  actor: Actor,
  { publicKeyPem, sub }: { publicKeyPem: string; sub: string },
): Promise<{ id: string; kid: string }> {
  const { kid, spki } = parseSigningKey(publicKeyPem);
  return db.transaction(async (tx) => {
    await lockProject(scope, tx);
    const bound = and(eq(signingKey.projectId, scope.projectId), isNotNull(signingKey.boundSub));
    await tx.delete(signingKey).where(and(bound, lt(signingKey.expiresAt, sql`now() - interval '1 day'`)));
    const [living] = await tx
      .select({ n: count() })
      .from(signingKey)
      .where(and(bound, gt(signingKey.expiresAt, sql`now()`)));
    if (living!.n >= MOST_TEST_KEYS)
      throw new AppError(
        "rate_limited",
        `${MOST_TEST_KEYS} test tokens were made in the last ${TEST_KEY_MINUTES} minutes. Use one of them, or wait.`,
      );
    return insert(scope, tx, actor, {
      kid,
      spki,
      name: "Test token",
      boundSub: sub,
      expiresAt: sql`now() + make_interval(mins => ${TEST_KEY_MINUTES})`,
    });
  });
}

/** Tokens of this key are refused from the next call on. Revoking twice changes nothing. */
export async function revokeSigningKey(scope: Scope, db: Database, actor: Actor, { keyId }: { keyId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [row] = await tx
      .update(signingKey)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(signingKey.projectId, scope.projectId), eq(signingKey.id, keyId), isNull(signingKey.revokedAt)))
      .returning({ kid: signingKey.kid });
    if (row) await recordAudit(tx, { ...scope, actor, action: "signing-key.revoke", subject: `signing-key:${keyId}`, detail: row });
  });
}

/** The counts below hold only when registrations of one project come one after the other. */
const lockProject = ({ projectId }: Scope, tx: Database) => tx.execute(sql`select 1 from project where id = ${projectId} for update`);

async function insert(
  scope: Scope,
  tx: Database,
  actor: Actor,
  values: { kid: string; spki: string; name: string; boundSub?: string; expiresAt?: ReturnType<typeof sql> },
) {
  const [row] = await tx
    .insert(signingKey)
    .values({ ...scope, ...values, createdBy: actor.kind === "member" ? actor.id : null })
    .returning({ id: signingKey.id, kid: signingKey.kid });
  const { id, kid } = row!;
  const detail = { kid, boundSub: values.boundSub };
  await recordAudit(tx, { ...scope, actor, action: "signing-key.create", subject: `signing-key:${id}`, detail });
  return { id, kid };
}

/** Takes a PEM of an RSA public key apart. RSA of 2048 to 8192 bits with a sound exponent only. */
export function parseSigningKey(pem: string): { kid: string; spki: string } {
  if (/PRIVATE KEY/.test(pem))
    throw new AppError(
      "bad_input",
      "This is a private key. Paste the public half, and make a new pair: a private key that was pasted somewhere isn’t private any more.",
    );
  const key = readPublicKey(pem);
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType !== "rsa")
    throw new AppError("bad_input", `This is a key of type ${key.asymmetricKeyType}. User tokens are signed with RSA (RS256).`);
  if (modulusLength < 2048 || modulusLength > 8192)
    throw new AppError("bad_input", `This key has ${modulusLength} bits. Use an RSA key of 2048 to 8192 bits.`);
  if (publicExponent < 65_537n || publicExponent > 0xffff_ffffn || publicExponent % 2n === 0n)
    throw new AppError("bad_input", `This key has the public exponent ${publicExponent}. Use 65537.`);
  return { kid: thumbprint(key), spki: key.export({ type: "spki", format: "pem" }).toString() };
}

function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem.trim());
  } catch {
    throw new AppError("bad_input", "This is not a public key in PEM. It starts with -----BEGIN PUBLIC KEY-----.");
  }
}

/** RFC 7638, section 3: SHA-256 of the required members in lexical order. */
function thumbprint(key: KeyObject): string {
  const { e, kty, n } = key.export({ format: "jwk" });
  return createHash("sha256").update(JSON.stringify({ e, kty, n })).digest("base64url");
}
