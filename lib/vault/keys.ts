import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";

/** Keys by id. The first seals, all of them open. */
export type KeyRing = { sealing: VaultKey; byId: ReadonlyMap<string, VaultKey> };
/** `sealing` is `bytes` and `digest` is derived from them, both ready for use: making them costs more than using them. */
export type VaultKey = { id: string; bytes: Uint8Array; sealing: KeyObject; digest: KeyObject };

const FORM = "id:base64(32 bytes)[,...], for example from: echo k1:$(openssl rand -base64 32)";

/** Reads `id:base64(32 bytes)[,...]`. Throws one sentence with the fix, which never holds key material. */
export function parseKeys(text: string): KeyRing {
  const keys = text
    .trim()
    .split(/[\s,]+/)
    .map((entry) => {
      const colon = entry.indexOf(":");
      const id = entry.slice(0, colon);
      const bytes = new Uint8Array(Buffer.from(entry.slice(colon + 1), "base64"));
      if (colon < 1 || !/^[A-Za-z0-9_-]{1,32}$/.test(id))
        throw new AppError("internal", `PATCHBAY_KEYS has an entry without an id. It is ${FORM}.`);
      if (bytes.length !== 32)
        throw new AppError("internal", `Key "${id}" of PATCHBAY_KEYS has ${bytes.length} bytes instead of 32. It is ${FORM}.`);
      return { id, bytes, sealing: createSecretKey(bytes), digest: createSecretKey(derive(bytes, "digest")) };
    });
  const byId = new Map(keys.map((key) => [key.id, key]));
  if (byId.size !== keys.length) throw new AppError("internal", "PATCHBAY_KEYS names an id twice. Give each key an id of its own.");
  return { sealing: keys[0]!, byId };
}

let ring: KeyRing | undefined;

/** The process's keys, from PATCHBAY_KEYS or PATCHBAY_KEYS_FILE. */
export function keyRing(): KeyRing {
  if (ring) return ring;
  const { PATCHBAY_KEYS, PATCHBAY_KEYS_FILE } = env();
  if (!PATCHBAY_KEYS && !PATCHBAY_KEYS_FILE) throw new AppError("internal", `Set PATCHBAY_KEYS or PATCHBAY_KEYS_FILE. It is ${FORM}.`);
  ring = parseKeys(PATCHBAY_KEYS ?? readKeysFile(PATCHBAY_KEYS_FILE!));
  return ring;
}

function readKeysFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new AppError(
      "internal",
      `The key file PATCHBAY_KEYS_FILE can't be read (${code}). Check the path and that this user may read it.`,
    );
  }
}

/** A further secret for one purpose, from the sealing key (RFC 5869). Changing the sealing key changes it. */
export const deriveSecret = (purpose: string, keys: KeyRing = keyRing()): Uint8Array => derive(keys.sealing.bytes, purpose);

function derive(bytes: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", bytes, "patchbay", purpose, 32));
}
