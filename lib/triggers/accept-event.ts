import { runStatement, type Transaction } from "#db/run-statement.ts";
import { insertRuns } from "#lib/workflows/insert-runs.ts";
import { planRuns } from "#lib/workflows/start-run.ts";
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
export type Accepted = { status: "accepted" | "duplicate"; runIds: string[] };

/**
 * Takes the event's key for the window and starts a run for each workflow and user, in the caller's transaction: with the delivery's row
 * all of it exists when that commits, or nothing does. Of two with one key that come at once, the second waits for the first's commit.
 */
export async function acceptEvent(tx: Transaction, event: EventToAccept): Promise<Accepted> {
  const { accepted, start } = await takeEvents(tx, [event]);
  await start();
  return accepted[0]!;
}

/**
 * The same for many, of any triggers, with no more statements: the keys first, and what `start` will write for those that were free. Of two
 * with one key, the first is taken.
 */
export async function takeEvents(
  tx: Transaction,
  events: readonly EventToAccept[],
): Promise<{ accepted: Accepted[]; start: () => Promise<void> }> {
  // One way to the database for both: what a repeated event would have started is dropped.
  const [taken, { runs, ...plan }] = await Promise.all([
    takeKeys(tx, events),
    planRuns(
      tx,
      events.map(({ projectId, triggerId, deliveryId, userIds, payload }) => ({
        projectId,
        source: { type: "resource", triggerId },
        deliveryId,
        userIds,
        payload,
      })),
    ),
  ]);
  const accepted = events.map(({ key, deliveryId }, n): Accepted => {
    const isFree = key === null || taken.has(deliveryId);
    return isFree ? { status: "accepted", runIds: runs[n]!.map(({ id }) => id) } : { status: "duplicate", runIds: [] };
  });
  const fresh = runs.filter((_, n) => accepted[n]!.status === "accepted").flat();
  return { accepted, start: () => insertRuns(tx, fresh, plan) };
}

/** In one order, as everybody takes them: of two who take the same ones at once, neither waits for the other in a circle. */
const TAKE = `
  insert into dedupe_key as d (project_id, trigger_id, key, delivery_id, expires_at)
  select distinct on ("projectId", "triggerId", key) "projectId", "triggerId", key, "deliveryId", now() + make_interval(days => $2::int)
  from json_to_recordset($1::text::json) as e(n int, "projectId" uuid, "triggerId" uuid, key text, "deliveryId" uuid)
  order by "projectId", "triggerId", key, n
  on conflict (project_id, trigger_id, key) do update set delivery_id = excluded.delivery_id, expires_at = excluded.expires_at
    where d.expires_at <= now()
  returning delivery_id as "deliveryId"`;

/** The deliveries whose key was free. */
async function takeKeys(tx: Transaction, events: readonly EventToAccept[]): Promise<Set<string>> {
  const keyed = events.flatMap(({ projectId, triggerId, key, deliveryId }, n) =>
    key === null ? [] : [{ n, projectId, triggerId, key, deliveryId }],
  );
  if (keyed.length === 0) return new Set();
  const taken = await runStatement<{ deliveryId: string }>(tx, TAKE, [JSON.stringify(keyed), DEDUPE_DAYS]);
  return new Set(taken.map(({ deliveryId }) => deliveryId));
}
