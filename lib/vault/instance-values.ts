import type { Sql } from "#db/client.ts";
import { type KeyRing, keyRing } from "./keys.ts";
import { open, type Sealed, seal } from "./seal.ts";

/** Sealed facts about the installation, in `instance`: `<key id>:<base64 of the ciphertext>`. */

/** Proves that the keys are this database's. The last to be sealed anew when they change. */
export const CANARY = "vault-canary";
export const DIGEST_KEY = "digest-key:";

export type InstanceValue = { name: string; value: Uint8Array };

const placeOf = (name: string) => ({ projectId: "instance", rowId: name, field: "value" });

export function sealInstanceValue(name: string, plaintext: string, keys: KeyRing = keyRing()): InstanceValue {
  const { ciphertext, keyId } = seal(plaintext, placeOf(name), keys);
  return { name, value: Buffer.from(`${keyId}:${Buffer.from(ciphertext).toString("base64")}`) };
}

/** Throws when its key is unknown, or when it was altered. */
export const openInstanceValue = (row: InstanceValue, keys: KeyRing = keyRing()): string => open(readSealed(row), placeOf(row.name), keys);

export const keyIdOf = (row: InstanceValue): string => readSealed(row).keyId;

export async function findInstanceValue(sql: Sql, name: string): Promise<InstanceValue | undefined> {
  const [row] = await sql<InstanceValue[]>`select name, value from instance where name = ${name}`;
  return row;
}

/** All of them, the canary last. */
export const listInstanceValues = (sql: Sql): Promise<InstanceValue[]> =>
  sql<InstanceValue[]>`
    select name, value from instance where name = ${CANARY} or starts_with(name, ${DIGEST_KEY}) order by name = ${CANARY}, name`;

/** Keeps what is there: of several processes that start at once the first one's holds. */
export async function addInstanceValue(sql: Sql, { name, value }: InstanceValue): Promise<void> {
  await sql`insert into instance (name, value) values (${name}, ${value}) on conflict do nothing`;
}

function readSealed({ value }: InstanceValue): Sealed {
  const text = Buffer.from(value).toString("utf8");
  const colon = text.indexOf(":");
  return { keyId: text.slice(0, colon), ciphertext: new Uint8Array(Buffer.from(text.slice(colon + 1), "base64")) };
}
