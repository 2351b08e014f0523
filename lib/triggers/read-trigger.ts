import type { Database, Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTriggerView, type TriggerSecretView } from "#db/queries/triggers.ts";
import { env } from "#lib/env.ts";
import { hookPath } from "#lib/paths.ts";
import { checkTrigger } from "./check-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";
import type { DeliveryPayload, TriggerDraft, TriggerProblem } from "./schema.ts";
import { openWebhookToken } from "./webhook-token.ts";

/** A trigger as its page shows it, its app-level URL included: whoever may edit it may see it. */
export type TriggerView = {
  id: string;
  resourceId: string;
  name: string;
  version: number;
  /** What holds. */
  body: TriggerDraft;
  /** What waits for Finish; null: nothing. */
  draft: TriggerDraft | null;
  finishedAt: Date | null;
  ready: boolean;
  /** Of what was typed last. */
  problems: TriggerProblem[];
  /** For app-level triggers; of user-level ones each user has their own (makeUserUrl). */
  url: string;
  secrets: TriggerSecretView[];
  sample: DeliveryPayload | null;
  sampleAt: Date | null;
  /** Whether the resource has a test credential: without one setup says so and links to Go to Resource Setup. */
  hasTestCredential: boolean;
  /** Users whose API was told of it and not yet untold, at most 1,001. */
  told: number;
  /** Those that start with it, by name; 50 at most. */
  workflows: { id: string; name: string; isEnabled: boolean }[];
  createdAt: Date;
  updatedAt: Date;
};

export async function readTrigger(scope: Scope, { db, sql }: { db: Database; sql: Sql }, triggerId: string): Promise<TriggerView | null> {
  const row = await findTriggerView(scope, sql, triggerId);
  if (!row) return null;
  const { ciphertext, keyId, ...view } = row;
  const { problems } = checkTrigger(row.draft ?? row.body, await loadTriggerContext(scope, db, { resourceId: row.resourceId, triggerId }));
  return { ...view, problems, url: webhookUrl(openWebhookToken(scope, triggerId, { ciphertext, keyId })) };
}

export const webhookUrl = (token: string): string => `${env().PATCHBAY_API_URL}${hookPath(token)}`;
