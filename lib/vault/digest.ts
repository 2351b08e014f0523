import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Sql } from "#db/client.ts";
import { DIGEST_KEY, findInstanceValue, type InstanceValue, openInstanceValue, sealInstanceValue } from "./instance-values.ts";
import { type KeyRing, keyRing } from "./keys.ts";

/*
 * What was digested isn't stored, so a digest can't be made again when the sealing key changes: an app that sends the same values at
 * its next login must still be told from one that sends others (rules.md, Credentials 6). So the digest key of each vault key, which
 * is derived from it and tells nothing about it, is kept in the database, sealed as all else is, and outlives the vault key.
 */

const nameOf = (keyId: string) => `${DIGEST_KEY}${keyId}`;

/**
 * A digest that tells whether the same values came again, without letting anyone who reads the database try values.
 * The key id goes first, so that a digest made under an older key can still be compared.
 */
export function keyedDigest(value: string, keys: KeyRing = keyRing()): Uint8Array {
  return new Uint8Array(digestUnder(keys.sealing.digest, keys.sealing.id, value));
}

/** Whether `digest`, made by keyedDigest under whichever key, is of `value`. Asks the database only about a key that was removed. */
export async function digestMatches(sql: Sql, digest: Uint8Array, value: string, keys: KeyRing = keyRing()): Promise<boolean> {
  const keyId = digestKeyId(digest);
  const key = keys.byId.get(keyId)?.digest ?? (await findRemoved(sql, keyId, keys));
  if (!key) return false;
  const wanted = digestUnder(key, keyId, value);
  return wanted.length === digest.length && timingSafeEqual(wanted, digest);
}

export const digestKeyId = (digest: Uint8Array): string => Buffer.from(digest).toString("latin1").split(":", 1)[0] ?? "";

const digestUnder = (key: KeyObject, keyId: string, value: string): Buffer =>
  Buffer.concat([Buffer.from(`${keyId}:`), createHmac("sha256", key).update(value).digest()]);

/** They never change, and are few. */
const removed = new Map<string, KeyObject>();

async function findRemoved(sql: Sql, keyId: string, keys: KeyRing): Promise<KeyObject | undefined> {
  const known = removed.get(keyId);
  if (known || !keyId) return known;
  const row = await findInstanceValue(sql, nameOf(keyId));
  if (!row) return undefined;
  const key = createSecretKey(Buffer.from(openInstanceValue(row, keys), "base64"));
  removed.set(keyId, key);
  return key;
}

/** The id of a key whose digest key is another one than what is kept under it: a key that was removed had this id before. */
export async function findReusedId(sql: Sql, keys: KeyRing): Promise<string | undefined> {
  for (const { id, digest } of keys.byId.values()) {
    const kept = openKept(await findInstanceValue(sql, nameOf(id)), keys);
    if (kept !== null && kept !== textOf(digest)) return id;
  }
  return undefined;
}

/** Of each key that is there. One that was altered is written anew. */
export async function keepDigestKeys(sql: Sql, keys: KeyRing): Promise<void> {
  for (const { id, digest } of keys.byId.values()) {
    if (openKept(await findInstanceValue(sql, nameOf(id)), keys) !== null) continue;
    const { name, value } = sealInstanceValue(nameOf(id), textOf(digest), keys);
    await sql`insert into instance (name, value) values (${name}, ${value}) on conflict (name) do update set value = excluded.value`;
  }
}

function openKept(row: InstanceValue | undefined, keys: KeyRing): string | null {
  try {
    return row ? openInstanceValue(row, keys) : null;
  } catch {
    return null;
  }
}

const textOf = (key: KeyObject): string => key.export().toString("base64");
