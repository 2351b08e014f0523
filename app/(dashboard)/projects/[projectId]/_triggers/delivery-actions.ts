"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getSpine } from "#app/_gates/spine.ts";
import { getDatabase } from "#db/client.ts";
import { findUserByExternalId } from "#db/queries/activity.ts";
import { listDeliveries, listNewDeliveries } from "#db/queries/deliveries.ts";
import { AppError } from "#lib/errors.ts";
import { applyDiagnosis } from "#lib/triggers/apply-diagnosis.ts";
import { diagnoseDelivery } from "#lib/triggers/diagnose-delivery.ts";
import { mapUnattributed, releaseQuarantined } from "#lib/triggers/release-deliveries.ts";
import { replayDeliveries } from "#lib/triggers/replay-deliveries.ts";
import { DeliveryFilter, DeliveryKey, TypedTriggerSecret } from "#lib/triggers/schema.ts";
import { showDelivery, tellDelivery } from "#lib/triggers/tell-delivery.ts";

const Keys = z.object({ keys: z.array(DeliveryKey).min(1).max(100) });
const gone = () => new AppError("not_found", "This delivery isn’t kept any more. Close it and reload the page.");

/** A page of the list: the first one, the one after `after`, or what came `since`. */
export const searchDeliveriesAction = action({
  permission: "triggers.read",
  input: z.object({ filter: DeliveryFilter, after: DeliveryKey.optional(), since: DeliveryKey.optional() }),
  run: async ({ scope, input: { filter, after, since } }) => {
    const { sql } = getDatabase();
    const page = since
      ? { rows: await listNewDeliveries(scope, sql, filter, since), next: null }
      : await listDeliveries(scope, sql, filter, { after });
    return { rows: page.rows.map(showDelivery), next: page.next };
  },
});

export const readDeliveryAction = action({
  permission: "triggers.read",
  input: DeliveryKey,
  run: async ({ scope, input }) => {
    const story = await tellDelivery(scope, getDatabase().sql, input);
    if (!story) throw gone();
    return story;
  },
});

/** Tries what the secret fits; changes nothing. */
export const diagnoseDeliveryAction = action({
  permission: "triggers.edit",
  input: z.object({ key: DeliveryKey, secret: TypedTriggerSecret.optional() }),
  run: ({ scope, input }) => diagnoseDelivery(scope, getDatabase().sql, input),
});

/**
 * Finds it again, for it is the server's to say what fits, and sets the trigger to it; with the secret where that was typed. What it sets
 * holds at once, and a secret may be stored: an admin's, both.
 */
export const applyDiagnosisAction = action({
  permission: "secrets.write",
  input: z.object({ key: DeliveryKey, secret: TypedTriggerSecret.optional() }),
  run: async ({ scope, db, actor, input }) => {
    const { saved } = await applyDiagnosis(scope, { db, sql: getDatabase().sql }, actor, input);
    return { ready: saved.ready };
  },
});

export const releaseDeliveriesAction = action({
  permission: "deliveries.replay",
  input: Keys,
  run: ({ scope, actor, input }) => releaseQuarantined(getSpine(), scope, actor, input),
});

export const mapDeliveriesAction = action({
  permission: "deliveries.replay",
  input: Keys.extend({ externalId: z.string().min(1).max(255) }),
  run: async ({ scope, db, actor, input: { keys, externalId } }) => {
    const userId = await findUserByExternalId(scope, db, externalId);
    if (!userId) throw new AppError("not_found", "No user of this project has this id. They appear once they connect.");
    return await mapUnattributed(getSpine(), scope, actor, { keys, userId });
  },
});

export const replayDeliveriesAction = action({
  permission: "deliveries.replay",
  input: Keys,
  run: ({ scope, actor, input }) => replayDeliveries(getSpine(), scope, actor, input),
});
