import { createHash, randomBytes } from "node:crypto";
import type { Scope } from "#db/queries/scope.ts";
import { open, type Sealed, seal } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";

const TOKEN_BYTES = 32;

/** What the database holds of a webhook URL's token: a digest to find it by, and the sealed token, to show it to members. */
export type StoredToken = { tokenDigest: Uint8Array; ciphertext: Uint8Array; keyId: string };

/** A new token of 256 bits, sealed for the row that owns it (a trigger, or one user's subscription). */
export function makeWebhookToken(scope: Scope, rowId: string): { token: string; stored: StoredToken } {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const { ciphertext, keyId } = seal(token, { ...scope, rowId, field: SEALED_FIELD.webhookToken });
  return { token, stored: { tokenDigest: digestToken(token), ciphertext, keyId } };
}

export const openWebhookToken = (scope: Scope, rowId: string, sealed: Sealed): string =>
  open(sealed, { ...scope, rowId, field: SEALED_FIELD.webhookToken });

export const digestToken = (token: string): Uint8Array => new Uint8Array(createHash("sha256").update(token).digest());

/** What `makeWebhookToken` writes. Anything else needs no look-up. */
export const isWebhookToken = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text);
