import { runStatement, type Transaction } from "#db/run-statement.ts";
import { wakeWorkers } from "#lib/jobs/enqueue.ts";
import { CHOOSE_TARGETS, PLACE_RUNS, PLACED, type Placed } from "#lib/workflows/place-runs.ts";
import { admitLeft, toInput } from "#lib/workflows/start-run.ts";
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
  const { accepted, placed } = await acceptEvents(tx, ACCEPT, [event]);
  await admitLeft(tx, placed);
  return accepted[0]!;
}

/**
 * The statement that does it for many, of any triggers: from `event` to `taken`, those whose key was free, of several with one key the
 * first, and to the runs that these start, `placed`. `beside`: what else it is to write. Keys are taken in one order by everybody: of two
 * who take the same ones at once, neither waits for the other in a circle.
 */
export const acceptStatement = (beside = ""): string => `
  with event as materialized (
    select e.* from json_to_recordset($1::text::json) as e(n int, "projectId" uuid, "triggerId" uuid, "deliveryId" uuid, key text,
      "userIds" json, payload jsonb)
  ), claimed as (
    insert into dedupe_key as d (project_id, trigger_id, key, delivery_id, expires_at)
    select distinct on ("projectId", "triggerId", key) "projectId", "triggerId", key, "deliveryId", now() + interval '${DEDUPE_DAYS} days'
    from event where key is not null order by "projectId", "triggerId", key, n
    on conflict (project_id, trigger_id, key) do update set delivery_id = excluded.delivery_id, expires_at = excluded.expires_at
      where d.expires_at <= now()
    returning delivery_id
  ), taken as materialized (
    select * from event where key is null or "deliveryId" in (select delivery_id from claimed)
  ), payload as (select n, payload as input from taken), start as (
    select t.n, t."projectId" as project_id, 'resource' as source, t."triggerId"::text as trigger_key, null::uuid as only_workflow_id,
      u.value::uuid as user_id, null::text as dedupe_key, t."deliveryId" as delivery_id, null::uuid as request_id
    from taken t cross join lateral json_array_elements_text(t."userIds") u
  ), ${CHOOSE_TARGETS}, ${PLACE_RUNS}${beside}
  select t.n, p.id, p."projectId", p."isLeft", ${wakeWorkers("job")} as woken
  from taken t left join (select ${PLACED}, p.workflow_id from placed p) p on p.n = t.n order by t.n, p.workflow_id`;
const ACCEPT = acceptStatement();

/** Runs an acceptStatement; `more`: what it takes from `$2` on. Null is answered for what is no event. */
export async function acceptEvents(
  tx: Transaction,
  statement: string,
  events: readonly (EventToAccept | null)[],
  more: readonly unknown[] = [],
): Promise<{ accepted: (Accepted | null)[]; placed: Placed[] }> {
  const given = events.flatMap((event, n) => (event ? [{ ...event, n, payload: toInput(event.payload) }] : []));
  const rows = await runStatement<Placed | { n: number; id: null }>(tx, statement, [JSON.stringify(given), ...more]);
  const placed = rows.filter((row) => row.id !== null);
  const taken = new Set(rows.map(({ n }) => n));
  const runs = Map.groupBy(placed, ({ n }) => n);
  const accepted = events.map(
    (event, n): Accepted | null =>
      event && { status: taken.has(n) ? "accepted" : "duplicate", runIds: (runs.get(n) ?? []).map(({ id }) => id) },
  );
  return { accepted, placed };
}
