import { parseAsString, parseAsStringLiteral } from "nuqs/server";
import type { ActionResult } from "#lib/errors.ts";
import type { SubscriptionKey } from "#lib/triggers/schema.ts";
import { SUBSCRIPTION_STATES, type SubscriptionState } from "#lib/triggers/words.ts";

/** One user's part in a trigger, as the browser gets it. Times are RFC 3339. */
export type ShownSubscription = {
  id: string;
  /** Null: the app's own. */
  userId: string | null;
  externalId: string | null;
  userName: string | null;
  /** What should be; `state` is what is. */
  wanted: boolean;
  state: SubscriptionState;
  attempts: number;
  lastError: string | null;
  lastTryAt: string | null;
  nextTryAt: string | null;
  activeSince: string | null;
  /** Those that want it for this user, three at most. */
  workflows: string[];
};
export type SubscriptionPage = { rows: ShownSubscription[]; next: SubscriptionKey | null };

/** The filters as they stand in the address. */
export const SUBSCRIPTION_PARAMS = {
  q: parseAsString.withDefault(""),
  state: parseAsStringLiteral(SUBSCRIPTION_STATES),
};

export interface SubscriptionActions {
  search: (values: {
    projectId: string;
    filter: { triggerId: string; state?: SubscriptionState | null; q?: string };
    after?: SubscriptionKey;
  }) => Promise<ActionResult<SubscriptionPage>>;
  retry: (values: { projectId: string; subscriptionId: string }) => Promise<ActionResult<void>>;
}
