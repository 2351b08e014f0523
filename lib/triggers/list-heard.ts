import type { Sql } from "#db/client.ts";
import { findDelivery, listDeliveries } from "#db/queries/deliveries.ts";
import type { Scope } from "#db/queries/scope.ts";
import { redactBody } from "#lib/activity/redact.ts";
import { readPayload } from "./read-payload.ts";
import type { DeliveryPayload, DeliveryStatus } from "./schema.ts";

export type HeardEvent = { id: string; at: string; status: DeliveryStatus; message: string | null; payload: DeliveryPayload };

const NEWEST = 10;
/** What a page shows and maps by: a sample of more teaches no more. */
const MOST_BYTES = 65_536;

/** The newest events of a trigger, whatever became of them, with what they brought, redacted: to map, to filter and to see arrive. */
export async function listHeard(scope: Scope, sql: Sql, triggerId: string): Promise<HeardEvent[]> {
  const { rows } = await listDeliveries(scope, sql, { triggerId }, { limit: NEWEST });
  const found = await Promise.all(rows.map(({ at, id }) => findDelivery(scope, sql, { at, id })));
  return found.flatMap((delivery) => {
    if (!delivery || delivery.size > MOST_BYTES) return [];
    const { id, at, status, message, headers, query } = delivery;
    const body = Buffer.from(redactBody(Buffer.from(delivery.body).toString("utf8"), (text) => text));
    return [{ id, at, status, message, payload: readPayload({ headers, query, body }) }];
  });
}
