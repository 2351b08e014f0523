import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import { type RawSql, runStatement } from "#db/run-statement.ts";
import type { delivery } from "#db/schema/triggers.ts";
import { type Accepted, type EventToAccept, takeEvents } from "./accept-event.ts";

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

async function keepAll(sql: Sql, arrivals: readonly Arrival[]): Promise<(Accepted | null)[]> {
  if (arrivals.every(({ event }) => event === null)) {
    await insertDeliveries(
      sql,
      arrivals.map(({ row }) => row),
    );
    return arrivals.map(() => null);
  }
  return await sql.begin(async (tx) => {
    const { accepted, start } = await takeEvents(
      tx,
      arrivals.flatMap(({ event }) => event ?? []),
    );
    const answers = arrivals.map(({ event }) => (event ? accepted.shift()! : null));
    const rows = arrivals.map(({ row }, n) => ({ ...row, ...endOf(answers[n]!) }));
    await Promise.all([start(), insertDeliveries(tx, rows)]);
    return answers;
  });
}

function endOf(accepted: Accepted | null) {
  if (!accepted) return {};
  const repeated = { reason: "repeated" as const, message: "It came before, within 7 days. Nothing was started." };
  return { ...accepted, ...(accepted.status === "duplicate" ? repeated : {}) };
}

const INSERT = `
  insert into delivery (project_id, id, trigger_id, resource_id, user_id, subscription_id, status, reason, message, method, address, headers,
    query, body, size, ciphertext, key_id, quarantined_until, dedupe_key, run_ids, response_status, duration_ms, request_id)
  select "projectId", id, "triggerId", "resourceId", "userId", "subscriptionId", status, reason, message, method, address, headers,
    query, decode(body, 'base64'), size, decode(ciphertext, 'base64'), "keyId", "quarantinedUntil", "dedupeKey",
    array(select value::uuid from json_array_elements_text("runIds")), "responseStatus", "durationMs", "requestId"
  from json_to_recordset($1::text::json) as d("projectId" uuid, id uuid, "triggerId" uuid, "resourceId" uuid, "userId" uuid,
    "subscriptionId" uuid, status text, reason text, message text, method text, address text, headers jsonb, query jsonb, body text, size int,
    ciphertext text, "keyId" text, "quarantinedUntil" timestamptz, "dedupeKey" text, "runIds" json, "responseStatus" int, "durationMs" int,
    "requestId" uuid)`;

async function insertDeliveries(tx: RawSql, rows: readonly Arrival["row"][]): Promise<void> {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
  const given = rows.map(({ body, ciphertext, runIds = [], ...row }) => ({
    ...row,
    runIds,
    body: base64(body),
    ciphertext: ciphertext ? base64(ciphertext) : null,
  }));
  await runStatement(tx, INSERT, [JSON.stringify(given)]);
}
