import type { SubscriptionPage } from "#components/triggers/subscription-list.ts";
import { getDatabase } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listSubscriptions } from "#db/queries/triggers.ts";
import type { SubscriptionFilter, SubscriptionKey } from "#lib/triggers/schema.ts";

/** A page of the list as the browser gets it: times as RFC 3339. */
export async function listShownSubscriptions(scope: Scope, filter: SubscriptionFilter, after?: SubscriptionKey): Promise<SubscriptionPage> {
  const { rows, next } = await listSubscriptions(scope, getDatabase().sql, filter, { after });
  return {
    rows: rows.map(({ lastTryAt, nextTryAt, activeSince, ...row }) => ({
      ...row,
      lastTryAt: lastTryAt?.toISOString() ?? null,
      nextTryAt: nextTryAt?.toISOString() ?? null,
      activeSince: activeSince?.toISOString() ?? null,
    })),
    next,
  };
}
