import type { Database, Sql } from "#db/client.ts";
import { findDelivery } from "#db/queries/deliveries.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTriggerView } from "#db/queries/triggers.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { addTriggerSecret } from "./change-trigger-secrets.ts";
import { diagnoseDelivery } from "./diagnose-delivery.ts";
import { noTrigger } from "./find-trigger.ts";
import type { DeliveryKey } from "./schema.ts";
import { type SavedTrigger, updateTrigger } from "./update-trigger.ts";

/**
 * Sets a trigger's verification to what the signature doctor finds for one of its deliveries. Looked for again, rather than taken from
 * whoever asks. A typed secret that fits is kept with it, or neither is.
 */
export async function applyDiagnosis(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  actor: Actor,
  { key, secret }: { key: DeliveryKey; secret?: string },
): Promise<{ triggerId: string; secretIs: "stored" | "typed"; saved: SavedTrigger }> {
  const [found, delivery] = await Promise.all([diagnoseDelivery(scope, sql, { key, secret }), findDelivery(scope, sql, key)]);
  const trigger = delivery && (await findTriggerView(scope, sql, delivery.triggerId));
  if (!trigger) throw noTrigger();
  if (!found.diagnosis) throw new AppError("conflict", "Nothing fits any more. Ask the doctor again.");
  return await db.transaction(async (tx) => {
    if (found.secretIs === "typed" && secret) await addTriggerSecret(scope, tx, actor, { triggerId: trigger.id, value: secret });
    const body = { ...trigger.body, verification: found.diagnosis.verification };
    const saved = await updateTrigger(scope, tx, actor, { triggerId: trigger.id, version: trigger.version, body });
    return { triggerId: trigger.id, secretIs: found.secretIs, saved };
  });
}
