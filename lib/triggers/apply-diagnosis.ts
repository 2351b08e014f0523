import type { Database, Sql } from "#db/client.ts";
import { findDelivery } from "#db/queries/deliveries.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTriggerView } from "#db/queries/triggers.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { diagnoseDelivery } from "./diagnose-delivery.ts";
import { noTrigger } from "./find-trigger.ts";
import type { DeliveryKey } from "./schema.ts";
import { type SavedTrigger, updateTrigger } from "./update-trigger.ts";

/**
 * Sets a trigger's verification to what the signature doctor finds for one of its deliveries. Looked for again, rather than taken from
 * whoever asks. A typed secret isn't stored here.
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
  if (!found) throw new AppError("conflict", "Nothing fits any more. Ask the doctor again.");
  const saved = await updateTrigger(scope, db, actor, {
    triggerId: trigger.id,
    version: trigger.version,
    body: { ...trigger.body, verification: found.diagnosis.verification },
  });
  return { triggerId: trigger.id, secretIs: found.secretIs, saved };
}
