import type { Sql } from "#db/client.ts";
import { type DeliveryDetail, findDelivery } from "#db/queries/deliveries.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findEndpointOf } from "#db/queries/webhook-endpoints.ts";
import { redactorOf } from "#lib/activity/redact.ts";
import { cutText, storableText } from "#lib/storable.ts";
import type { DeliveryKey } from "./schema.ts";
import { openEndpointSecrets } from "./verify-delivery.ts";

const SHOWN = 65_536;

/** A delivery as people see it: its body as text, without the trigger's secrets, the first 64 KiB of it. */
export type DeliveryView = Omit<DeliveryDetail, "body"> & { body: string; isCut: boolean; isText: boolean };

export async function readDelivery(scope: Scope, sql: Sql, key: DeliveryKey): Promise<DeliveryView | null> {
  const row = await findDelivery(scope, sql, key);
  if (!row) return null;
  const endpoint = await findEndpointOf(scope, sql, { triggerId: row.triggerId, subscriptionId: row.subscriptionId });
  const redact = redactorOf(endpoint ? openEndpointSecrets(endpoint).map(({ value }) => value) : []);
  const bytes = Buffer.from(row.body);
  const decoded = bytes.toString("utf8");
  const isText = Buffer.from(decoded).equals(bytes);
  const text = isText ? storableText(redact(decoded)) : `(${bytes.length} bytes, not text)`;
  return { ...row, body: cutText(text, SHOWN), isCut: text.length > SHOWN, isText };
}
