import type { Sql } from "#db/client.ts";
import { keyIdOf, listInstanceValues } from "./instance-values.ts";
import { type KeyRing, keyRing } from "./keys.ts";
import { findRotation, findSealingKey } from "./rotation-state.ts";
import { countSealedWith, listUsedKeys } from "./used-keys.ts";

export type KeyUse = {
  /** The first key of this process. */
  sealing: string;
  /** What the latest start put in front, where that is another one: some process has other keys, or they stand in another order. */
  elsewhere: string | null;
  /**
   * `used`: values are still sealed with it, of which the worker makes others. `unused`: it may be removed. `missing`: values need it, and
   * this process doesn't have it.
   */
  older: { id: string; state: "used" | "unused" | "missing" }[];
  progress: { done: number; total: number };
  /** Values that were altered: no key opens them. */
  unopened: number;
};

/** What the installation's keys are used for. Ids and numbers, nothing of a project. A few looks into indexes. */
export async function readKeyUse(sql: Sql, keys: KeyRing = keyRing()): Promise<KeyUse> {
  const sealing = keys.sealing.id;
  const [front, used, rotation, facts] = await Promise.all([
    findSealingKey(sql),
    listUsedKeys(sql),
    findRotation(sql),
    listInstanceValues(sql),
  ]);
  const inUse = new Set(facts.map(keyIdOf));
  for (const id of used) {
    const lost = rotation.unopened[id] ?? 0;
    if (!inUse.has(id) && (await countSealedWith(sql, id, lost + 1)) > lost) inUse.add(id);
  }
  const ids = [...new Set([...keys.byId.keys(), ...inUse])].filter((id) => id !== sealing);
  const stateOf = (id: string) => (!keys.byId.has(id) ? "missing" : inUse.has(id) ? "used" : "unused");
  return {
    sealing,
    elsewhere: front === sealing ? null : front,
    older: ids.map((id) => ({ id, state: stateOf(id) })),
    progress: { done: rotation.done, total: rotation.total },
    unopened: Object.values(rotation.unopened).reduce((sum, n) => sum + n, 0),
  };
}
