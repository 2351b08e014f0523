import type { Sql } from "#db/client.ts";
import { type DeliveryListItem, findDelivery } from "#db/queries/deliveries.ts";
import type { Scope } from "#db/queries/scope.ts";
import { redactBody } from "#lib/activity/redact.ts";
import type { DeliveryKey, ShownDelivery } from "./schema.ts";

/** A row as it travels to a browser: times as RFC 3339. */
export const showDelivery = ({ releasedAt, quarantinedUntil, ...row }: DeliveryListItem): ShownDelivery => ({
  id: row.id,
  at: row.at,
  triggerId: row.triggerId,
  userId: row.userId,
  externalId: row.externalId,
  userName: row.userName,
  status: row.status,
  reason: row.reason,
  message: row.message,
  method: row.method,
  size: row.size,
  responseStatus: row.responseStatus,
  runIds: row.runIds,
  replayOf: row.replayOf,
  releasedAt: releasedAt?.toISOString() ?? null,
  quarantinedUntil: quarantinedUntil?.toISOString() ?? null,
});

/** What came, as it may be seen: its headers and query are stored redacted, its body is by the names of its fields. */
export type DeliveryStory = ShownDelivery & {
  headers: [string, string][];
  query: [string, string][];
  body: string;
  address: string | null;
  /** Of its activity row. */
  requestId: string | null;
};

const MOST_SHOWN = 65_536;

export async function tellDelivery(scope: Scope, sql: Sql, key: DeliveryKey): Promise<DeliveryStory | null> {
  const found = await findDelivery(scope, sql, key);
  if (!found) return null;
  const { headers, query, body, address, requestId } = found;
  const text = Buffer.from(body.slice(0, MOST_SHOWN)).toString("utf8");
  return { ...showDelivery(found), headers, query, address, requestId, body: redactBody(text, (part) => part) };
}
