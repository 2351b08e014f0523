import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import type { Scope } from "#db/queries/scope.ts";
import { runStatement, type Transaction } from "#db/run-statement.ts";
import { AppError } from "#lib/errors.ts";
import { wakeWorkers } from "#lib/jobs/enqueue.ts";
import { storableJson } from "#lib/storable.ts";
import { admitAfter, admitRuns } from "./admit-runs.ts";
import { CHOOSE_TARGETS, PLACE_RUNS, PLACED, type Placed, projectsLeft } from "./place-runs.ts";
import type { TriggerPayload } from "./schema.ts";

export type RunStart =
  | { type: "resource"; triggerId: string }
  | { type: "event"; name: string }
  | { type: "request"; workflowId: string }
  | { type: "schedule"; workflowId: string }
  | { type: "user_connected"; resourceId: string }
  /** With the input that the run had. */
  | { type: "replay"; runId: string; version: "same" | "newest" };

export type NewRuns = {
  source: RunStart;
  /** Of the connected user whose credentials its steps use. */
  userId: string | null;
  /** What templates read under `trigger`: `{ body, headers, query }` of a webhook or a request, or the event's object. */
  payload: TriggerPayload;
  deliveryId?: string;
  /** The same key starts no second run of a workflow for this user. */
  dedupeKey?: string;
  requestId?: string;
};

/** What came of one source, for one user or several. */
export type Happening = Scope & Omit<NewRuns, "source" | "userId"> & { source: Source; userIds: readonly (string | null)[] };
type Source = Exclude<RunStart, { type: "replay" }>;

/**
 * Starts a run of each live workflow that listens to the source and is enabled for the project and the user, in the caller's transaction:
 * runs exist when it commits, or never. Those beyond what the project may have in the queue at once wait for their turn.
 */
export async function startRuns(tx: Transaction, scope: Scope, start: NewRuns): Promise<{ runIds: string[] }> {
  const { source, userId, ...more } = start;
  if (source.type === "replay") return { runIds: [await replay(tx, scope, source, start.requestId)] };
  const [runIds] = await startAllRuns(tx, [{ ...scope, ...more, source, userIds: [userId] }]);
  return { runIds: runIds! };
}

/** The same for many at once, of any project. Gives the ids of the runs of each. */
export async function startAllRuns(tx: Transaction, happenings: readonly Happening[]): Promise<string[][]> {
  const placed = await writeRuns(tx, happenings);
  await admitLeft(tx, placed);
  return runIdsOf(happenings, placed);
}

/** The same where nothing else is to be kept with it: with what others start at this moment, in one statement that is its own transaction. */
export const startRunsTogether: (sql: Sql, happening: Happening) => Promise<string[]> = togetherOn(async (sql, happenings) => {
  const placed = await writeRuns(sql, happenings);
  admitLeftSoon(sql, placed);
  return runIdsOf(happenings, placed);
});

/** Runs that a limit may keep waiting begin in the transaction that starts them, if it is their turn. */
export async function admitLeft(tx: Transaction, placed: readonly Placed[]): Promise<void> {
  for (const projectId of projectsLeft(placed)) await admitRuns({ projectId }, tx, Math.max(20, placed.length));
}

/** The same for runs that are durable already. Nobody waits for it: where it fails, the worker's chore does it within a second. */
export function admitLeftSoon(sql: Sql, placed: readonly Placed[]): void {
  for (const projectId of projectsLeft(placed)) void admitAfter(sql, projectId).catch(() => {});
}

const runIdsOf = (happenings: readonly Happening[], placed: readonly Placed[]): string[][] => {
  const byHappening = Map.groupBy(placed, ({ n }) => n);
  return happenings.map((_, n) => (byHappening.get(n) ?? []).map(({ id }) => id));
};

const START = `
  with happening as materialized (
    select h.* from json_to_recordset($1::text::json) as h(n int, "projectId" uuid, source text, key text, "workflowId" uuid, "userIds" json,
      payload jsonb, "deliveryId" uuid, "dedupeKey" text, "requestId" uuid)
  ), payload as (select n, payload as input from happening), start as (
    select h.n, h."projectId" as project_id, h.source, h.key as trigger_key, h."workflowId" as only_workflow_id, u.value::uuid as user_id,
      h."dedupeKey" as dedupe_key, h."deliveryId" as delivery_id, h."requestId" as request_id
    from happening h cross join lateral json_array_elements_text(h."userIds") u
  ), ${CHOOSE_TARGETS}, ${PLACE_RUNS}
  select ${PLACED}, ${wakeWorkers("job")} as woken from placed p order by p.n, p.workflow_id`;

async function writeRuns(tx: Transaction, happenings: readonly Happening[]): Promise<Placed[]> {
  const given = happenings.map(({ source, payload, ...happening }, n) => {
    return { n, ...happening, source: source.type, ...keyOf(source), payload: toInput(payload) };
  });
  return await runStatement<Placed>(tx, START, [JSON.stringify(given)]);
}

/** What a run keeps of it, as far as Postgres can. */
export function toInput(payload: TriggerPayload): TriggerPayload {
  const input = storableJson(payload);
  if (input === undefined) throw new AppError("bad_input", "The payload is nested more than 60 levels deep. Send it flatter.");
  return input;
}

function keyOf(source: Source): { key: string } | { workflowId: string } {
  switch (source.type) {
    case "resource":
      return { key: source.triggerId };
    case "event":
      return { key: source.name };
    case "user_connected":
      return { key: source.resourceId };
    case "request":
    case "schedule":
      return { workflowId: source.workflowId };
  }
}

const OLD_RUN = `
  select w.paused_reason as "pausedReason" from run r
  join workflow w on w.project_id = r.project_id and w.id = r.workflow_id
  where r.project_id = $1 and r.id = $2 and w.deleted_at is null and w.live_version is not null`;

const REPLAY = `
  with target as materialized (
    select 0 as n, r.project_id, gen_random_uuid() as id, r.workflow_id, case $3::text when 'same' then r.version else w.live_version end as version,
      r.user_id, 'replay' as source, r.delivery_id, r.id as replay_of, $4::uuid as request_id,
      w.max_runs is not null or w.max_runs_per_user is not null as is_limited
    from run r join workflow w on w.project_id = r.project_id and w.id = r.workflow_id where r.project_id = $1 and r.id = $2
  ), payload as (select 0 as n, input from run where project_id = $1 and id = $2), ${PLACE_RUNS}
  select ${PLACED}, ${wakeWorkers("job")} as woken from placed p`;

async function replay(
  tx: Transaction,
  { projectId }: Scope,
  { runId, version }: Extract<RunStart, { type: "replay" }>,
  requestId: string | null = null,
): Promise<string> {
  const [old] = await runStatement<{ pausedReason: string | null }>(tx, OLD_RUN, [projectId, runId]);
  if (!old) throw new AppError("not_found", "This run is gone, or its workflow was deleted. Choose another run.");
  if (old.pausedReason) throw new AppError("conflict", `The workflow is paused: nothing starts it. ${old.pausedReason}`);
  const placed = await runStatement<Placed>(tx, REPLAY, [projectId, runId, version, requestId]);
  await admitLeft(tx, placed);
  return placed[0]!.id;
}
