"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import type { SubscriptionPage } from "#components/triggers/subscription-list.ts";
import { AppError } from "#lib/errors.ts";
import { retrySubscription } from "#lib/triggers/retry-subscription.ts";
import { SubscriptionFilter, SubscriptionKey } from "#lib/triggers/schema.ts";
import { listShownSubscriptions } from "./show-subscriptions.ts";

/** A page of the list: the first one, or the one after `after`. */
export const searchSubscriptionsAction = action({
  permission: "triggers.read",
  input: z.object({ filter: SubscriptionFilter, after: SubscriptionKey.optional() }),
  run: ({ scope, input: { filter, after } }): Promise<SubscriptionPage> => listShownSubscriptions(scope, filter, after),
});

export const retrySubscriptionAction = action({
  permission: "triggers.edit",
  input: z.object({ subscriptionId: z.guid() }),
  run: async ({ scope, db, actor, input }): Promise<void> => {
    if (await retrySubscription(scope, db, actor, input)) return;
    throw new AppError("conflict", "Nothing is left to try here: it was made, or taken back, meanwhile. The list shows it.");
  },
});
