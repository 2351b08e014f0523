import type { Sql } from "#db/client.ts";
import { AppError } from "#lib/errors.ts";
import { findReusedId, keepDigestKeys } from "./digest.ts";
import {
  addInstanceValue,
  CANARY,
  findInstanceValue,
  type InstanceValue,
  keyIdOf,
  listInstanceValues,
  openInstanceValue,
  sealInstanceValue,
} from "./instance-values.ts";
import { type KeyRing, keyRing } from "./keys.ts";
import { findRotation, noteSealingKey } from "./rotation-state.ts";
import { countSealedWith, listUsedKeys } from "./used-keys.ts";

const PLAINTEXT = "patchbay";

/** Refuses a wrong or missing key before anything is written, the migration of an older database included. */
export async function checkCanary(sql: Sql, keys: KeyRing = keyRing()): Promise<void> {
  const row = await findInstanceValue(sql, CANARY);
  if (row && !opens(row, keys)) throw keys.byId.has(keyIdOf(row)) ? anotherKey(keyIdOf(row)) : missingKey(keyIdOf(row));
}

/**
 * What a start does with its keys, on a database that is migrated: refuses them where values need a key that isn't there, however few,
 * then takes them up. From here on the first of them is what the worker seals everything with (rotate-keys).
 */
export async function takeUpKeys(sql: Sql, keys: KeyRing = keyRing()): Promise<void> {
  await checkCanary(sql, keys);
  const { unopened } = await findRotation(sql);
  const isMissing = (id: string) => !keys.byId.has(id);
  for (const id of (await listUsedKeys(sql)).filter(isMissing)) {
    // Values that didn't open when their key was still there need it no more.
    const lost = unopened[id] ?? 0;
    if ((await countSealedWith(sql, id, lost + 1)) > lost) throw missingKey(id);
  }
  const fact = (await listInstanceValues(sql)).map(keyIdOf).find(isMissing);
  if (fact !== undefined) throw missingKey(fact);
  const reused = await findReusedId(sql, keys);
  if (reused)
    throw new AppError(
      "internal",
      `Another key had the id "${reused}" before, in this database. Give the one in PATCHBAY_KEYS an id that was never used.`,
    );
  await addInstanceValue(sql, sealInstanceValue(CANARY, PLAINTEXT, keys));
  await keepDigestKeys(sql, keys);
  await noteSealingKey(sql, keys.sealing.id);
}

function opens(row: InstanceValue, keys: KeyRing): boolean {
  try {
    return openInstanceValue(row, keys) === PLAINTEXT;
  } catch {
    return false;
  }
}

const missingKey = (id: string) =>
  new AppError(
    "internal",
    `PATCHBAY_KEYS lacks the key "${id}", which values in this database are still sealed with. Put it back, behind the key that seals: Settings, General says when it may go.`,
  );

const anotherKey = (id: string) =>
  new AppError(
    "internal",
    `The keys don't fit this database: its secrets were sealed with another key "${id}". Start with the PATCHBAY_KEYS that it was made with.`,
  );
