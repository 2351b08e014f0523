import { and, sql as chunk, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { dedupeKey, type delivery } from "#db/schema/triggers.ts";
import { startRuns } from "#lib/workflows/start-run.ts";
import type { DeliveryPayload } from "./schema.ts";
import { DEDUPE_DAYS } from "./words.ts";

export type EventToAccept = {
  projectId: string;
  triggerId: string;
  deliveryId: string;
  /** Null among them: nobody's. */
  userIds: (string | null)[];
  payload: DeliveryPayload;
  /** Null: it may come again. */
  key: string | null;
};
export type Accepted = { status: "accepted"; runIds: string[] } | { status: "duplicate"; runIds: []; first: string };

/**
 * Takes the event's key for the window and starts a run for each workflow and user, in the caller's transaction: with the delivery's row
 * all of it exists when that commits, or nothing does. Of two with one key that come at once, the second waits for the first's commit.
 */
export async function acceptEvent(
  tx: Database,
  { projectId, triggerId, deliveryId, userIds, payload, key }: EventToAccept,
): Promise<Accepted> {
  if (key !== null) {
    const taken = await tx
      .insert(dedupeKey)
      .values({ projectId, triggerId, key, deliveryId, expiresAt: chunk`now() + make_interval(days => ${DEDUPE_DAYS})` })
      .onConflictDoUpdate({
        target: [dedupeKey.projectId, dedupeKey.triggerId, dedupeKey.key],
        set: { deliveryId, expiresAt: chunk`excluded.expires_at` },
        setWhere: chunk`${dedupeKey.expiresAt} <= now()`,
      })
      .returning({ key: dedupeKey.key });
    if (taken.length === 0) {
      const [first] = await tx
        .select({ deliveryId: dedupeKey.deliveryId })
        .from(dedupeKey)
        .where(and(eq(dedupeKey.projectId, projectId), eq(dedupeKey.triggerId, triggerId), eq(dedupeKey.key, key)));
      return { status: "duplicate", runIds: [], first: first?.deliveryId ?? "" };
    }
  }
  const runIds: string[] = [];
  for (const userId of userIds) {
    const started = await startRuns(tx, { projectId }, { source: { type: "resource", triggerId }, userId, payload, deliveryId });
    runIds.push(...started.runIds);
  }
  return { status: "accepted", runIds };
}

export type DeliveryRow = typeof delivery.$inferInsert;
