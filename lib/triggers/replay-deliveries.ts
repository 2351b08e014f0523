import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findEndpointOf } from "#db/queries/webhook-endpoints.ts";
import { delivery } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import { acceptEvent } from "./accept-event.ts";
import { findUser } from "./find-user.ts";
import { lockDeliveries, restoreRequest } from "./load-delivery.ts";
import { matchesFilter } from "./matches-filter.ts";
import { readPayload } from "./read-payload.ts";
import { MOST_AT_ONCE } from "./release-deliveries.ts";
import type { DeliveryKey, DeliveryReason, DeliveryStatus } from "./schema.ts";
import { provenBy, whyUnproven } from "./why-unproven.ts";
import { isHandshake } from "./words.ts";

/** `id`: of the new delivery; null where none was made, and then `message` says why. */
export type Replayed = { key: DeliveryKey; id: string | null; status: DeliveryStatus; message: string | null; runIds: string[] };

/**
 * Takes verified events again, by the trigger and the workflows as they are now: each replay is a delivery of its own, and no duplicate.
 * Refused ones weren't verified: they are released, not replayed. A handshake is no event, and may have come from anybody.
 */
export async function replayDeliveries(
  { db, sql }: Pick<Spine, "db" | "sql">,
  scope: Scope,
  actor: Actor,
  { keys }: { keys: readonly DeliveryKey[] },
): Promise<Replayed[]> {
  if (keys.length > MOST_AT_ONCE) throw new AppError("bad_input", `Choose ${MOST_AT_ONCE} deliveries at most.`);
  return await db.transaction(async (tx) => {
    const rows = await lockDeliveries(scope, tx, keys);
    const replayed: Replayed[] = [];
    for (const { row, key } of rows) {
      const endpoint = await findEndpointOf(scope, sql, row);
      const message = endpoint ? (whyNotReplayed(row) ?? whyUnproven(endpoint, row)) : "Its trigger is gone.";
      if (!endpoint || message) {
        replayed.push({ key, id: null, status: row.status, message, runIds: [] });
        continue;
      }
      const payload = readPayload(restoreRequest(row));
      const id = crypto.randomUUID();
      const end = await takeAgain(tx, { sql, endpoint, payload, id, userId: row.userId });
      await tx.insert(delivery).values({
        projectId: row.projectId,
        id,
        triggerId: row.triggerId,
        resourceId: row.resourceId,
        subscriptionId: row.subscriptionId,
        method: row.method,
        address: row.address,
        headers: row.headers,
        query: row.query,
        body: row.body,
        size: row.size,
        responseStatus: row.responseStatus,
        replayOf: row.id,
        verifiedBy: provenBy(endpoint, row),
        ...end,
      });
      replayed.push({ key, id, status: end.status, message: end.message ?? null, runIds: end.runIds });
    }
    const made = replayed.filter(({ id }) => id !== null).length;
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "delivery.replay",
      subject: `trigger:${rows[0]?.row.triggerId}`,
      detail: { deliveries: made },
    });
    return replayed;
  });
}

function whyNotReplayed(row: { status: DeliveryStatus; reason: DeliveryReason | null }): string | null {
  if (row.status === "refused") return "It was refused: re-check and release it instead.";
  return isHandshake(row) ? "It was a handshake, which brings no event." : null;
}

type Again = {
  sql: Spine["sql"];
  endpoint: NonNullable<Awaited<ReturnType<typeof findEndpointOf>>>;
  payload: ReturnType<typeof readPayload>;
  id: string;
  userId: string | null;
};

async function takeAgain(tx: Database, { sql, endpoint, payload, id, userId }: Again) {
  if (!matchesFilter(endpoint.body.filter, payload))
    return { status: "filtered" as const, reason: "filter" as const, message: "It doesn’t meet the filter.", userId, runIds: [] };
  // One that a member mapped by hand stays that user's.
  const found =
    userId && endpoint.body.level === "app" ? ({ ok: true, userIds: [userId] } as const) : await findUser(sql, endpoint, payload);
  if (!found.ok) return { status: "unattributed" as const, reason: found.reason, message: found.message, userId: null, runIds: [] };
  const { projectId, triggerId } = endpoint;
  const { runIds } = await acceptEvent(tx, { projectId, triggerId, deliveryId: id, userIds: [...found.userIds], payload, key: null });
  return { status: "accepted" as const, userId: found.userIds.length === 1 ? found.userIds[0] : null, runIds };
}
