import type { Sql } from "#db/client.ts";
import type { DeliveryFilter, DeliveryKey, DeliveryReason, DeliveryStatus } from "#lib/triggers/schema.ts";
import { keyTime, takePage } from "./keyset.ts";
import type { Scope } from "./scope.ts";

export type DeliveryListItem = {
  id: string;
  /** RFC 3339 with microseconds: with the id, a row's key. */
  at: string;
  triggerId: string;
  triggerName: string;
  resourceId: string;
  userId: string | null;
  externalId: string | null;
  userName: string | null;
  status: DeliveryStatus;
  reason: DeliveryReason | null;
  message: string | null;
  method: string;
  size: number;
  responseStatus: number;
  durationMs: number;
  runIds: string[];
  replayOf: string | null;
  releasedAt: Date | null;
  quarantinedUntil: Date | null;
};

export type DeliveryPage = { rows: DeliveryListItem[]; next: DeliveryKey | null };

const columns = (sql: Sql) => sql`
  d.id, ${keyTime(sql, "d.at")} as at, d.trigger_id as "triggerId", coalesce(t.name, 'Deleted trigger') as "triggerName", d.resource_id as "resourceId",
  d.user_id as "userId", u.external_id as "externalId", u.name as "userName", d.status, d.reason, d.message, d.method, d.size,
  d.response_status as "responseStatus", d.duration_ms as "durationMs", d.run_ids as "runIds", d.replay_of as "replayOf",
  d.released_at as "releasedAt", d.quarantined_until as "quarantinedUntil"`;
const joins = (sql: Sql) => sql`
  left join trigger t on t.project_id = d.project_id and t.id = d.trigger_id
  left join connected_user u on u.project_id = d.project_id and u.id = d.user_id`;

/** Newest first, a page at a time; `after` is the last row of the page before. */
export async function listDeliveries(
  { projectId }: Scope,
  sql: Sql,
  filter: DeliveryFilter,
  { after, limit = 50 }: { after?: DeliveryKey | null; limit?: number } = {},
): Promise<DeliveryPage> {
  const rows = await sql<DeliveryListItem[]>`
    select ${columns(sql)} from delivery d ${joins(sql)}
    where d.project_id = ${projectId}
      ${filter.triggerId ? sql`and d.trigger_id = ${filter.triggerId}` : sql``}
      ${filter.resourceId ? sql`and d.resource_id = ${filter.resourceId}` : sql``}
      ${filter.status ? sql`and d.status = ${filter.status}` : sql``}
      ${filter.userId ? sql`and d.user_id = ${filter.userId}` : sql``}
      ${after ? sql`and (d.at, d.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by d.at desc, d.id desc limit ${limit + 1}`;
  return takePage(rows, limit);
}

/** Those that came after a row, newest first: for a list that listens. With no row known, those of the last minute. */
export async function listNewDeliveries(
  { projectId }: Scope,
  sql: Sql,
  filter: DeliveryFilter,
  since: DeliveryKey | null,
): Promise<DeliveryListItem[]> {
  return await sql<DeliveryListItem[]>`
    select ${columns(sql)} from delivery d ${joins(sql)}
    where d.project_id = ${projectId}
      ${filter.triggerId ? sql`and d.trigger_id = ${filter.triggerId}` : sql``}
      ${filter.resourceId ? sql`and d.resource_id = ${filter.resourceId}` : sql``}
      ${filter.status ? sql`and d.status = ${filter.status}` : sql``}
      and ${since ? sql`(d.at, d.id) > (${since.at}::text::timestamptz, ${since.id}::uuid)` : sql`d.at > now() - interval '1 minute'`}
    order by d.at desc, d.id desc limit 100`;
}

export type DeliveryDetail = DeliveryListItem & {
  /** Redacted. */
  headers: [string, string][];
  query: [string, string][];
  body: Uint8Array;
  address: string | null;
  dedupeKey: string | null;
  subscriptionId: string | null;
  requestId: string | null;
};

export async function findDelivery({ projectId }: Scope, sql: Sql, key: DeliveryKey): Promise<DeliveryDetail | null> {
  const [row] = await sql<DeliveryDetail[]>`
    select ${columns(sql)}, d.headers, d.query, d.body, d.address, d.dedupe_key as "dedupeKey", d.subscription_id as "subscriptionId", d.request_id as "requestId"
    from delivery d ${joins(sql)}
    where d.project_id = ${projectId} and d.at = ${key.at}::text::timestamptz and d.id = ${key.id}`;
  return row ?? null;
}

/** With what is sealed of a refused one, for a re-check or the signature doctor. */
export type StoredRequest = {
  projectId: string;
  id: string;
  triggerId: string;
  subscriptionId: string | null;
  method: string;
  address: string | null;
  headers: [string, string][];
  query: [string, string][];
  body: Uint8Array;
  ciphertext: Uint8Array | null;
  keyId: string | null;
};

export async function findStoredDelivery({ projectId }: Scope, sql: Sql, key: DeliveryKey): Promise<StoredRequest | null> {
  const [row] = await sql<StoredRequest[]>`
    select d.project_id as "projectId", d.id, d.trigger_id as "triggerId", d.subscription_id as "subscriptionId", d.method, d.address, d.headers,
      d.query, d.body, d.ciphertext, d.key_id as "keyId"
    from delivery d where d.project_id = ${projectId} and d.at = ${key.at}::text::timestamptz and d.id = ${key.id}`;
  return row ?? null;
}
