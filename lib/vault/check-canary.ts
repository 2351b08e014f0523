import { eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { instance } from "#db/schema/members.ts";
import { AppError } from "#lib/errors.ts";
import { type KeyRing, keyRing } from "./keys.ts";
import { open, seal } from "./seal.ts";

const NAME = "vault-canary";
const PLACE = { projectId: "instance", rowId: NAME, field: "value" };
const PLAINTEXT = "patchbay";

/**
 * Refuses to start with a wrong or missing key, before anything is written. The first start on an empty database writes the
 * canary; adding a new sealing key in front keeps the old canary valid as long as its key is still listed.
 */
export async function checkCanary(db: Database, keys: KeyRing = keyRing()): Promise<void> {
  const [row] = await db.select().from(instance).where(eq(instance.name, NAME));
  if (!row) {
    const { ciphertext, keyId } = seal(PLAINTEXT, PLACE, keys);
    await db
      .insert(instance)
      .values({ name: NAME, value: Buffer.from(`${keyId}:${Buffer.from(ciphertext).toString("base64")}`) })
      .onConflictDoNothing();
    return;
  }
  const text = Buffer.from(row.value).toString("utf8");
  const colon = text.indexOf(":");
  const sealed = { keyId: text.slice(0, colon), ciphertext: new Uint8Array(Buffer.from(text.slice(colon + 1), "base64")) };
  try {
    if (open(sealed, PLACE, keys) === PLAINTEXT) return;
  } catch {}
  throw new AppError(
    "internal",
    `The keys don't fit this database: its secrets were sealed with key "${sealed.keyId}". Start with the PATCHBAY_KEYS that it was made with.`,
  );
}
