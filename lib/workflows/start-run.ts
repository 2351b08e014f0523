import { randomUUID } from "node:crypto";
import type { Sql } from "#db/client.ts";
import { togetherOn } from "#db/queries/ask-together.ts";
import type { Scope } from "#db/queries/scope.ts";
import { runStatement, type Transaction } from "#db/run-statement.ts";
import { AppError } from "#lib/errors.ts";
import { storableJson } from "#lib/storable.ts";
import { insertRuns, type Room, type RunToInsert, readRooms } from "./insert-runs.ts";
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
  const { runs, ...plan } = await planRuns(tx, happenings);
  await insertRuns(tx, runs.flat(), plan);
  return runs.map((each) => each.map(({ id }) => id));
}

/** What they would start, in their order, for insertRuns. Of it only dedupe keys are written. */
export async function planRuns(
  tx: Transaction,
  happenings: readonly Happening[],
): Promise<{ runs: RunToInsert[][]; inputs: readonly unknown[]; rooms: Room[] }> {
  const inputs = happenings.map(({ payload }) => storableJson(payload));
  if (inputs.includes(undefined)) throw new AppError("bad_input", "The payload is nested more than 60 levels deep. Send it flatter.");
  const projectIds = [...new Set(happenings.map(({ projectId }) => projectId))];
  const [targets, rooms] = await Promise.all([chooseTargets(tx, happenings), readRooms(tx, projectIds)]);
  const runs: RunToInsert[][] = happenings.map(() => []);
  for (const { n, ...target } of targets) {
    const { projectId, source, deliveryId = null, requestId = null } = happenings[n]!;
    runs[n]!.push({ ...target, projectId, source: source.type, deliveryId, requestId, replayOf: null, input: n });
  }
  return { runs, inputs, rooms };
}

/** The same where nothing else is to be kept with it: with what others start at this moment, in one transaction. */
export const startRunsTogether: (sql: Sql, happening: Happening) => Promise<string[]> = togetherOn((sql, happenings) =>
  sql.begin((tx) => startAllRuns(tx, happenings)),
);

type Target = { n: number; id: string; workflowId: string; version: number; userId: string | null; isLimited: boolean };

/** A workflow that the start `s` may begin; `listens` says by what. */
const live = (listens: string) => `
  select w.id, w.live_version, w.max_runs is not null or w.max_runs_per_user is not null from workflow w
  where w.project_id = s."projectId" and w.trigger_type = s.type and ${listens}
    and w.is_enabled and w.deleted_at is null and w.paused_reason is null and w.live_version is not null
    and coalesce((select e.enabled from workflow_enablement e
      where e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = s."userId"),
      s."userId" is null or w.is_on_by_default)`;

/** Keys are taken in one order by everybody: of two who take the same ones at once, neither waits for the other in a circle. */
const CHOOSE = `
  with start as materialized (
    select s.* from json_to_recordset($1::text::json)
      as s(n int, "projectId" uuid, type text, key text, "workflowId" uuid, "userId" uuid, "dedupeKey" text)
    join project p on p.id = s."projectId" and p.deleted_at is null
  ), target as materialized (
    select s.*, f.workflow_id, f.version, f.is_limited, gen_random_uuid() as id from start s cross join lateral (
      ${live("w.trigger_key = s.key")}
      union all ${live("s.type = 'user_connected' and w.trigger_key is null")}
      union all ${live(`w.id = s."workflowId"`)}
    ) f(workflow_id, version, is_limited)
  ), taken as (
    insert into run_key (project_id, workflow_id, user_id, key, run_id)
    select "projectId", workflow_id, coalesce("userId"::text, ''), "dedupeKey", id from target where "dedupeKey" is not null order by 1, 2, 3, 4
    on conflict do nothing returning run_id
  )
  select t.n, t.id, t.workflow_id as "workflowId", t.version, t."userId", t.is_limited as "isLimited" from target t
  where t."dedupeKey" is null or t.id in (select run_id from taken) order by t.n, t.workflow_id`;

async function chooseTargets(tx: Transaction, happenings: readonly Happening[]): Promise<Target[]> {
  const starts = happenings.flatMap(({ projectId, source, userIds, dedupeKey }, n) =>
    userIds.map((userId) => ({ n, projectId, userId, dedupeKey, type: source.type, ...keyOf(source) })),
  );
  return await runStatement<Target>(tx, CHOOSE, [JSON.stringify(starts)]);
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
  select r.workflow_id as "workflowId", case $3 when 'same' then r.version else w.live_version end as version, r.user_id as "userId", r.input,
    r.delivery_id as "deliveryId", w.paused_reason as "pausedReason", w.max_runs is not null or w.max_runs_per_user is not null as "isLimited"
  from run r join workflow w on w.project_id = r.project_id and w.id = r.workflow_id
  where r.project_id = $1 and r.id = $2 and w.deleted_at is null and w.live_version is not null`;
type OldRun = Pick<RunToInsert, "workflowId" | "version" | "userId" | "deliveryId" | "isLimited"> & {
  input: TriggerPayload;
  pausedReason: string | null;
};

async function replay(
  tx: Transaction,
  { projectId }: Scope,
  { runId, version }: Extract<RunStart, { type: "replay" }>,
  requestId: string | null = null,
): Promise<string> {
  const [old] = await runStatement<OldRun>(tx, OLD_RUN, [projectId, runId, version]);
  if (!old) throw new AppError("not_found", "This run is gone, or its workflow was deleted. Choose another run.");
  const { input, pausedReason, ...run } = old;
  if (pausedReason) throw new AppError("conflict", `The workflow is paused: nothing starts it. ${pausedReason}`);
  const id = randomUUID();
  const rooms = await readRooms(tx, [projectId]);
  await insertRuns(tx, [{ ...run, id, projectId, source: "replay", requestId, replayOf: runId, input: 0 }], { inputs: [input], rooms });
  return id;
}
