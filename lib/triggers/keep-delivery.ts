import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import type { delivery } from "#db/schema/triggers.ts";
import { admitLeftSoon } from "#lib/workflows/start-run.ts";
import { type Accepted, acceptEvents, acceptStatement, type EventToAccept } from "./accept-event.ts";

type DeliveryRow = typeof delivery.$inferInsert & { id: string };
/** A delivery, and the event that it brought; null where it starts nothing, and then the row says why. */
export type Arrival = { row: Omit<DeliveryRow, "status"> & Partial<Pick<DeliveryRow, "status">>; event: EventToAccept | null };

/** Larger ones are kept alone: many of them in one statement would take much memory. */
const LARGE_BYTES = 65_536;

/**
 * Keeps a delivery, and starts the runs of its event, with whatever else arrives at this moment: one transaction for all of them, so one
 * commit to wait for. It is durable when this returns. One that the database refuses fails none of the others.
 */
export async function keepDelivery(sql: Sql, arrival: Arrival): Promise<Accepted | null> {
  if (arrival.row.size <= LARGE_BYTES) return await keepTogether(sql, arrival);
  const [accepted] = await keepAll(sql, [arrival]);
  return accepted!;
}

const keepTogether = togetherOn(keepAll);

const REPEATED = { reason: "repeated", message: "It came before, within 7 days. Nothing was started." } satisfies Partial<DeliveryRow>;

/** One statement, which is its own transaction. Runs that a limit may keep waiting are as durable as the others when it is answered. */
async function keepAll(sql: Sql, arrivals: readonly Arrival[]): Promise<(Accepted | null)[]> {
  const rows = arrivals.map(({ row }, n) => ({ n, ...row, body: base64(row.body), ciphertext: row.ciphertext && base64(row.ciphertext) }));
  const events = arrivals.map(({ event }) => event);
  const { accepted, placed } = await acceptEvents(sql, KEEP, events, [JSON.stringify(rows), REPEATED.reason, REPEATED.message]);
  admitLeftSoon(sql, placed);
  return accepted;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");

/** A row without a status has that of its event. */
const KEEP = acceptStatement(`, kept as (
    insert into delivery (project_id, id, trigger_id, resource_id, user_id, subscription_id, status, reason, message, method, address, headers,
      query, body, size, ciphertext, key_id, quarantined_until, dedupe_key, run_ids, response_status, duration_ms, request_id, verified_by)
    select d."projectId", id, d."triggerId", "resourceId", "userId", "subscriptionId", ended.status,
      case ended.status when 'duplicate' then $3::text else reason end, case ended.status when 'duplicate' then $4::text else message end,
      method, address, headers, query, decode(body, 'base64'), size, decode(ciphertext, 'base64'), "keyId", "quarantinedUntil", "dedupeKey",
      array(select p.id from placed p where p.n = d.n order by p.workflow_id), "responseStatus", "durationMs", "requestId", "verifiedBy"
    from json_to_recordset($2::text::json) as d(n int, "projectId" uuid, id uuid, "triggerId" uuid, "resourceId" uuid, "userId" uuid,
      "subscriptionId" uuid, status text, reason text, message text, method text, address text, headers jsonb, query jsonb, body text,
      size int, ciphertext text, "keyId" text, "quarantinedUntil" timestamptz, "dedupeKey" text, "responseStatus" int, "durationMs" int,
      "requestId" uuid, "verifiedBy" text)
    left join taken t on t.n = d.n
    cross join lateral (select coalesce(d.status, case when t.n is null then 'duplicate' else 'accepted' end) as status) ended
  )`);
