import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "#db/client.ts";
import { CANARY, type InstanceValue, keyIdOf, listInstanceValues, openInstanceValue, sealInstanceValue } from "./instance-values.ts";
import { type KeyRing, keyRing } from "./keys.ts";
import { findRotation, findSealingKey, keepRotation, type Rotation } from "./rotation-state.ts";
import { type Place, sealAgain } from "./seal-again.ts";
import { SEALED_COLUMNS } from "./sealed-columns.ts";
import { countSealedWith, listUsedKeys } from "./used-keys.ts";

/** Where it tells what came of it. A logger of pino is one. */
export type Report = Record<"info" | "error", (detail: Record<string, unknown>, message: string) => void>;

/** It rests for this many times what a batch took: most of a processor, and of the database, is for others. */
const REST = 4;
const BEAT_MS = 1_000;
const MOST_TOLD = 20;

const OWNER = randomUUID();

/**
 * After a new key was put in front: seals every value that is still under an older one anew, in small batches, the canary last. A
 * look into the indexes where there is nothing to do. Safe to be killed: what is done is done, and whoever comes next goes on with the
 * rest. One worker of all does it; what two would do at once is still right.
 */
export async function rotateKeys(sql: Sql, signal: AbortSignal, report: Report, keys: KeyRing = keyRing()): Promise<void> {
  const sealing = keys.sealing.id;
  if ((await findSealingKey(sql)) !== sealing) return;
  const older = (await listUsedKeys(sql)).filter((id) => id !== sealing && keys.byId.has(id));
  const before = await findRotation(sql);
  const counts = await Promise.all(older.map((id) => countSealedWith(sql, id, (before.unopened[id] ?? 0) + 1)));
  const isBehind = older.some((id, n) => counts[n]! > (before.unopened[id] ?? 0));
  const facts = (await listInstanceValues(sql)).filter((row) => keyIdOf(row) !== sealing && keys.byId.has(keyIdOf(row)));
  if (!isBehind && facts.length === 0) return;

  const rotation = await beginRotation(sql, older, before);
  if (!(await keepRotation(sql, OWNER, rotation))) return;
  const unopened = await walk(sql, signal, keys, older, rotation);
  if (!unopened) return void (await keepRotation(sql, OWNER, rotation, true));

  if (unopened.length > 0)
    report.error(
      { values: unopened.slice(0, MOST_TOLD), all: unopened.length },
      "sealed values don't open: they were altered, or moved to another row. Connect these users again, or type these secrets again",
    );
  for (const row of facts) await sealFact(sql, keys, row, report);
  await keepRotation(sql, OWNER, { ...rotation, total: rotation.done }, true);
  report.info(
    { sealing, done: rotation.done, unopened: unopened.length },
    `every value that opens is sealed with key "${sealing}" now: others may leave PATCHBAY_KEYS`,
  );
}

/** Goes on counting where a walk that died, or was stopped, had come to. */
async function beginRotation(sql: Sql, older: readonly string[], { done, total, unopened }: Rotation): Promise<Omit<Rotation, "owner">> {
  const left = (await Promise.all(older.map((id) => countSealedWith(sql, id)))).reduce((sum, n) => sum + n, 0);
  const came = done < total ? done : 0;
  return { done: came, total: came + left, unopened: Object.fromEntries(Object.entries(unopened).filter(([id]) => !older.includes(id))) };
}

/**
 * Rounds, until nothing is left that opens: a process that still has the older key in front, or a row that was being written when it
 * was come by, leaves something. What doesn't open; null where it isn't at its end: the next turn goes on.
 */
async function walk(
  sql: Sql,
  signal: AbortSignal,
  keys: KeyRing,
  older: readonly string[],
  rotation: Omit<Rotation, "owner">,
): Promise<Place[] | null> {
  const known = rotation.unopened;
  let beat = performance.now();
  for (let done = -1; done < rotation.done; ) {
    done = rotation.done;
    const unopened: Place[] = [];
    for (const column of SEALED_COLUMNS) {
      for (let after: string[] | null | undefined; after !== null; ) {
        if (signal.aborted) return null;
        const began = performance.now();
        const batch = await sealAgain(sql, keys, column, older, after ?? null);
        after = batch.after;
        rotation.done += batch.done;
        unopened.push(...batch.unopened);
        const now = performance.now();
        if (now - beat > BEAT_MS) {
          const isMine = (await findSealingKey(sql)) === keys.sealing.id && (await keepRotation(sql, OWNER, rotation));
          if (!isMine) return null;
          beat = now;
        }
        if (after) await sleep((now - began) * REST);
      }
    }
    rotation.unopened = { ...known, ...countByKey(unopened) };
    const counts = await Promise.all(older.map((id) => countSealedWith(sql, id, (rotation.unopened[id] ?? 0) + 1)));
    if (older.every((id, n) => counts[n]! <= (rotation.unopened[id] ?? 0))) return unopened;
  }
  return null;
}

function countByKey(places: readonly Place[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { keyId } of places) counts[keyId] = (counts[keyId] ?? 0) + 1;
  return counts;
}

/** The canary comes last: as long as anything is under an older key, a start without that is refused by this alone. */
async function sealFact(sql: Sql, keys: KeyRing, row: InstanceValue, report: Report): Promise<void> {
  let plaintext: string;
  try {
    plaintext = openInstanceValue(row, keys);
  } catch (error) {
    if (row.name === CANARY) throw error;
    report.error(
      { name: row.name },
      "a digest key doesn't open: it was altered. Users who connect again with the same values are connected anew",
    );
    return void (await sql`delete from instance where name = ${row.name} and value = ${row.value}`);
  }
  const { name, value } = sealInstanceValue(row.name, plaintext, keys);
  await sql`update instance set value = ${value}, updated_at = now() where name = ${name} and value = ${row.value}`;
}
