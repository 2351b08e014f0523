import type { Sql } from "#db/client.ts";
import { findStoredDelivery } from "#db/queries/deliveries.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findEndpointOf } from "#db/queries/webhook-endpoints.ts";
import { AppError } from "#lib/errors.ts";
import { diagnoseSignature } from "./diagnose-signature.ts";
import { restoreRequest } from "./load-delivery.ts";
import type { DeliveryKey, Diagnosis } from "./schema.ts";
import { openEndpointSecrets } from "./verify-delivery.ts";

/** `secretIs`: whether a secret that is stored fitted, or the one that was typed; `isWhole`: all was tried, so that nothing else fits. */
export type DiagnosedDelivery = { diagnosis: Diagnosis; secretIs: "stored" | "typed" } | { diagnosis: null; isWhole: boolean };

/**
 * The signature doctor over a delivery: by a secret that was typed, or by those that are stored. Without a diagnosis none of what it tried fits;
 * the secret is another one, or something on the way changes the body. Changes nothing.
 */
export async function diagnoseDelivery(
  scope: Scope,
  sql: Sql,
  { key, secret }: { key: DeliveryKey; secret?: string },
): Promise<DiagnosedDelivery> {
  const row = await findStoredDelivery(scope, sql, key);
  const endpoint = row && (await findEndpointOf(scope, sql, row));
  if (!row || !endpoint)
    throw new AppError("not_found", "There is no such delivery in this project, or its trigger is gone. Reload the page.");
  if (!row.ciphertext)
    throw new AppError("conflict", "What it was signed with isn’t kept any more. Choose a delivery that was refused within the last 72 h.");
  const received = restoreRequest(row);
  const secrets = secret ? [secret.trim()] : openEndpointSecrets(endpoint).map(({ value }) => value);
  let allWhole = true;
  for (const value of secrets) {
    const { diagnosis, isWhole } = diagnoseSignature(received, value);
    if (diagnosis) return { diagnosis, secretIs: secret ? "typed" : "stored" };
    allWhole &&= isWhole;
  }
  return { diagnosis: null, isWhole: allWhole };
}
