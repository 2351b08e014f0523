import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { AppError } from "#lib/errors.ts";
import { type KeyRing, keyRing } from "./keys.ts";

/**
 * A ciphertext: nonce (12 bytes), AES-256-GCM ciphertext, tag (16 bytes). A branded type, so that plain bytes can't be stored
 * where a sealed value belongs.
 */
export type Sealed = { ciphertext: Uint8Array; keyId: string } & { readonly __sealed?: never };

/** Where a value lives. It is authenticated with the value: a ciphertext moved to another row or field fails to open. */
export type SealedPlace = { projectId: string; rowId: string; field: string };

const VERSION = 1;
const NONCE_BYTES = 12;
/** Given explicitly on both sides: Node accepts 4-byte tags otherwise. */
const TAG_BYTES = 16;

const additionalData = ({ projectId, rowId, field }: SealedPlace, keyId: string): Buffer =>
  Buffer.from(JSON.stringify([VERSION, keyId, projectId, rowId, field]));

/** AES-256-GCM (NIST SP 800-38D) under the sealing key, with a fresh random nonce. */
export function seal(plaintext: string, place: SealedPlace, keys: KeyRing = keyRing()): Sealed {
  const key = keys.sealing;
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", key.sealing, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(additionalData(place, key.id));
  const ciphertext = Buffer.concat([nonce, cipher.update(plaintext, "utf8"), cipher.final(), cipher.getAuthTag()]);
  return { ciphertext, keyId: key.id };
}

/** The plaintext of a value sealed at this place. Throws when the key is unknown or anything was altered or moved. */
export function open({ ciphertext, keyId }: Sealed, place: SealedPlace, keys: KeyRing = keyRing()): string {
  const key = keys.byId.get(keyId);
  if (!key)
    throw new AppError(
      "internal",
      `A sealed value needs the key "${keyId}", which PATCHBAY_KEYS doesn't hold. Add it behind the sealing key.`,
    );
  const bytes = Buffer.from(ciphertext.buffer, ciphertext.byteOffset, ciphertext.byteLength);
  if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new AppError("internal", "A sealed value is cut short. Restore the row from a backup.");
  const decipher = createDecipheriv("aes-256-gcm", key.sealing, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(additionalData(place, keyId));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]).toString("utf8");
  } catch {
    throw new AppError(
      "internal",
      "A sealed value doesn't open: it was altered, moved to another row, or sealed under another key of the same id.",
    );
  }
}

/**
 * The last four characters, for tokens only: 20 characters or more, visible ASCII without spaces (rules.md, Resources 8). Callers
 * leave passwords out.
 */
export const hintOf = (secret: string): string => (/^[\x21-\x7e]{20,}$/.test(secret) ? secret.slice(-4) : "");
