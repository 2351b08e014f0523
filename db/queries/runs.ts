import type { Sql } from "#db/client.ts";
import type { StepAttempt, StepFailure, TriggerPayload, WorkflowDefinition } from "#lib/workflows/schema.ts";
import { keyTime, type RowKey, takePage } from "./keyset.ts";
import type { Scope } from "./scope.ts";

/** A run's place in the list: when it was asked for finds its partition. */
export type RunKey = RowKey;

export type RunStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

/** Which runs. `from` and `to` choose the partitions that are opened. */
export type RunQuery = { from: Date; to?: Date; workflowId?: string; userId?: string; status?: RunStatus | "open" };

export type RunListRow = {
  id: string;
  at: string;
  workflowId: string;
  /** Null when the workflow was deleted. */
  workflowName: string | null;
  version: number;
  status: RunStatus;
  source: "resource" | "event" | "request" | "schedule" | "user_connected" | "replay";
  isReplay: boolean;
  userId: string | null;
  userKind: "user" | "test" | null;
  externalId: string | null;
  userName: string | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  failure: StepFailure | null;
};

export const RUN_PAGE = 50;
/** Rows that one page may look at. A filter that no index answers finds little and must not read a whole month for it. */
const MOST_LOOKED_AT = 20_000;

const timeText = (sql: Sql) => keyTime(sql, "r.at");
const columns = (sql: Sql) => sql`
  r.id, ${timeText(sql)} as at, r.workflow_id as "workflowId", w.name as "workflowName", r.version, r.status, r.source,
  r.replay_of is not null as "isReplay", r.started_at as "startedAt", r.finished_at as "finishedAt", r.failure, u.id as "userId",
  u.kind as "userKind", u.external_id as "externalId", coalesce(nullif(u.name, ''), nullif(u.external_id, '')) as "userName"`;
const joins = (sql: Sql) => sql`
  left join workflow w on w.project_id = r.project_id and w.id = r.workflow_id and w.deleted_at is null
  left join connected_user u on u.project_id = r.project_id and u.id = r.user_id`;

const OPEN = ["queued", "running", "waiting"];

/**
 * One page of runs, newest first, from `before` on. However many there are, it costs one index range of at most 20,000 rows: the most
 * telling condition chooses the index, the others sift. A page that sifted that many may be short, and says where to go on.
 */
export async function listRuns(
  { projectId }: Scope,
  sql: Sql,
  { from, to, workflowId, userId, status }: RunQuery,
  { before, limit = RUN_PAGE, lookAt = MOST_LOOKED_AT }: { before?: RunKey; limit?: number; lookAt?: number } = {},
): Promise<{ rows: RunListRow[]; next: RunKey | null }> {
  const inStatus = status && (status === "open" ? sql`status in ${sql(OPEN)}` : sql`status = ${status}`);
  const looked = sql`
    select id, at, workflow_id, user_id, status from run
    where project_id = ${projectId} and at >= ${from} ${to ? sql`and at <= ${to}` : sql``}
      ${before ? sql`and at <= ${before.at}::text::timestamptz and (at, id) < (${before.at}::text::timestamptz, ${before.id}::uuid)` : sql``}
      ${userId ? sql`and user_id = ${userId}` : workflowId ? sql`and workflow_id = ${workflowId}` : sql``}
      ${inStatus && !userId && !workflowId ? sql`and ${inStatus}` : sql``}
    order by at desc, id desc limit ${lookAt}`;
  const sieve = sql`${userId && workflowId ? sql`workflow_id = ${workflowId}` : sql`true`} and ${inStatus || sql`true`}`;
  const found = await sql<RunListRow[]>`
    with looked as materialized (${looked}), page as (select id, at from looked where ${sieve} order by at desc, id desc limit ${limit + 1})
    select ${columns(sql)} from page p join run r on r.project_id = ${projectId} and r.id = p.id and r.at = p.at ${joins(sql)}
    order by r.at desc, r.id desc`;
  const page = takePage(found, limit);
  if (page.next || (!workflowId && !userId)) return page;
  // The last one that was looked at: there is none when the range ended before.
  const [edge] = await sql<RunKey[]>`
    select r.id, ${timeText(sql)} as at from (select * from (${looked}) all_looked offset ${lookAt - 1} limit 1) r`;
  return { rows: page.rows, next: edge ?? null };
}

/** How these runs stand now, in no order. Those that are gone are left out. */
export async function listRunsByKey({ projectId }: Scope, sql: Sql, keys: readonly RunKey[]): Promise<RunListRow[]> {
  if (keys.length === 0) return [];
  return await sql<RunListRow[]>`
    select ${columns(sql)} from unnest(${keys.map(({ id }) => id)}::uuid[], ${keys.map(({ at }) => at)}::text[]) k(id, at)
    join run r on r.project_id = ${projectId} and r.id = k.id and r.at = k.at::timestamptz ${joins(sql)}`;
}

export type FoundRun = RunListRow & {
  input: TriggerPayload;
  definition: WorkflowDefinition | null;
  liveVersion: number | null;
  deliveryId: string | null;
  replayOf: string | null;
  takenOverAt: Date | null;
  response: { status: number; headers: [string, string][]; body: string } | null;
};

/** One run with the version that it runs, or null. Without `at` every month is looked in. */
export async function findRun({ projectId }: Scope, sql: Sql, { id, at }: { id: string; at?: string }): Promise<FoundRun | null> {
  const [row] = await sql<FoundRun[]>`
    select ${columns(sql)}, r.input, v.body as definition, case when w.is_enabled then w.live_version end as "liveVersion",
      r.delivery_id as "deliveryId", r.replay_of as "replayOf", r.taken_over_at as "takenOverAt", r.response
    from run r ${joins(sql)}
    left join workflow_version v on v.project_id = r.project_id and v.workflow_id = r.workflow_id and v.number = r.version
    where r.project_id = ${projectId} and r.id = ${id} ${at ? sql`and r.at = ${at}::text::timestamptz` : sql``}
    limit 1`;
  return row ?? null;
}

/** The key of a run by its id alone. */
export async function findRunKey({ projectId }: Scope, sql: Sql, id: string): Promise<RunKey | null> {
  const [row] = await sql<
    RunKey[]
  >`select r.id, ${timeText(sql)} as at from run r where r.project_id = ${projectId} and r.id = ${id} limit 1`;
  return row ?? null;
}

/** The delivery that started a run: its place. It is kept for some days only, and comes before the run by hours where it was held. */
export async function findDeliveryKey(
  { projectId }: Scope,
  sql: Sql,
  { id, runAt }: { id: string; runAt: string },
): Promise<(RunKey & { triggerId: string }) | null> {
  // By its time, backwards from the run's: as a rule it is the first row that is looked at.
  const [row] = await sql<(RunKey & { triggerId: string })[]>`
    select r.id, ${timeText(sql)} as at, r.trigger_id as "triggerId" from delivery r
    where r.project_id = ${projectId} and r.id = ${id}
      and r.at between ${runAt}::text::timestamptz - interval '30 days' and ${runAt}::text::timestamptz + interval '1 minute'
    order by r.at desc limit 1`;
  return row ?? null;
}

/** The nearest runs of the same workflow. */
export async function findNeighbours(
  { projectId }: Scope,
  sql: Sql,
  { id, at, workflowId }: RunKey & { workflowId: string },
): Promise<{ newer: RunKey | null; older: RunKey | null }> {
  const here = sql`(${at}::text::timestamptz, ${id}::uuid)`;
  const of = sql`r.project_id = ${projectId} and r.workflow_id = ${workflowId}`;
  const [[newer], [older]] = await Promise.all([
    sql<RunKey[]>`select r.id, ${timeText(sql)} as at from run r
      where ${of} and r.at >= ${at}::text::timestamptz and (r.at, r.id) > ${here} order by r.at, r.id limit 1`,
    sql<RunKey[]>`select r.id, ${timeText(sql)} as at from run r
      where ${of} and r.at <= ${at}::text::timestamptz and (r.at, r.id) < ${here} order by r.at desc, r.id desc limit 1`,
  ]);
  return { newer: newer ?? null, older: older ?? null };
}

export type StepRunRow = {
  stepId: string;
  item: string;
  status: RunStatus;
  result: string | null;
  attempts: StepAttempt[];
  input: ReadValue | null;
  output: ReadValue | null;
  failure: StepFailure | null;
  startedAt: Date | null;
  finishedAt: Date | null;
  until: Date | null;
};

/** JSON, or the beginning of it. `bytes`: of all of it. */
export type ReadValue = { json: string; isWhole: boolean; bytes: number };

export const MOST_STEP_RUNS = 500;
/** Of all values of a run together; those of the steps that come last are left out then. */
const MOST_READ_IN_ALL = 16 * 1024 * 1024;

/**
 * What the steps of a run did: those that failed first, then in the order of their begin; at most 501. Of each value its first `most`
 * characters are read, and of all together what a process can hold: a run of a fan out may keep a gigabyte.
 */
export async function listStepRuns({ projectId }: Scope, sql: Sql, { id, at }: RunKey, most: number): Promise<StepRunRow[]> {
  const size = (column: "input" | "output") => sql`coalesce(${sql(`${column}_bytes`)}, pg_column_size(${sql(column)}), 0)`;
  const order = sql`status <> 'failed', started_at nulls last, item`;
  const value = (column: "input" | "output") => sql`
    case when ${sql(column)} is null then null
      when read_before >= ${MOST_READ_IN_ALL} then json_build_object('json', '', 'isWhole', false, 'bytes', ${size(column)})
      else (select json_build_object('json', left(whole, ${most}), 'isWhole', length(whole) <= ${most},
          'bytes', coalesce(${sql(`${column}_bytes`)}, octet_length(whole)))
        from (select ${sql(column)}::text as whole offset 0) v) end`;
  return await sql<StepRunRow[]>`
    select step_id as "stepId", item, status, result, attempts, ${value("input")} as input, ${value("output")} as output, failure,
      started_at as "startedAt", finished_at as "finishedAt", until
    from (
      select *, coalesce(sum(least(${size("input")}, ${most}) + least(${size("output")}, ${most}))
        over (order by ${order} rows between unbounded preceding and 1 preceding), 0) as read_before
      from step_run where project_id = ${projectId} and run_id = ${id} and at = ${at}::text::timestamptz
      order by ${order} limit ${MOST_STEP_RUNS + 1}
    ) s order by ${order}`;
}

/** Failed runs of a filter, counted up to `upTo`; null counts them all. */
export async function countFailedRuns(
  scope: Scope,
  sql: Sql,
  query: Omit<RunQuery, "status">,
  upTo: number | null = 1_001,
): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::int as n from (select ${failedOf(scope, sql, query)} limit ${upTo}) counted`;
  return row?.n ?? 0;
}

/** Ids of failed runs, oldest first, after the run `cursor`. */
export async function walkFailedRuns(
  scope: Scope,
  sql: Sql,
  query: Omit<RunQuery, "status">,
  cursor: string | null,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id ${failedOf(scope, sql, query)}
      ${cursor ? sql`and (at, id) > (select c.at, c.id from run c where c.project_id = ${scope.projectId} and c.id = ${cursor})` : sql``}
    order by at, id limit ${limit}`;
  return rows.map(({ id }) => id);
}

const failedOf = ({ projectId }: Scope, sql: Sql, { from, to, workflowId, userId }: Omit<RunQuery, "status">) => sql`
  from run where project_id = ${projectId} and status = 'failed' and at >= ${from} ${to ? sql`and at <= ${to}` : sql``}
    ${workflowId ? sql`and workflow_id = ${workflowId}` : sql``} ${userId ? sql`and user_id = ${userId}` : sql``}`;

/** Workflows to filter by, by name: the first 500. */
export async function listWorkflowNames({ projectId }: Scope, sql: Sql): Promise<{ id: string; name: string }[]> {
  return await sql<{ id: string; name: string }[]>`
    select id, name from workflow where project_id = ${projectId} and deleted_at is null order by lower(name), id limit 500`;
}
