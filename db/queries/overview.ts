import { sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { activity, activityRollup } from "#db/schema/activity.ts";
import { credential, resourceHealth } from "#db/schema/credentials.ts";
import { resource, resourceDraft, resourceName } from "#db/schema/resources.ts";
import { run, runRollup, workflow } from "#db/schema/workflows.ts";
import type { Scope } from "./scope.ts";

/** Counts stop here; lists say "1,000+". */
const COUNT_LIMIT = 1_000;

export type BinRow = { kind: string; class: string; bin: Date; n: number; latency: number[] };

/** The histogram's buckets: bounds of lib/activity/schema and one for the rest. */
const BUCKETS = 18;
const sumOfBuckets = sql.join(
  Array.from({ length: BUCKETS }, (_, at) => sql.raw(`coalesce(sum(latency[${at + 1}]), 0)::float8`)),
  sql`, `,
);

/**
 * Calls and refreshes of all resources, added up in bins of some hours that end with `to` (a full hour). From roll-ups: as many rows as
 * there were hours with calls, however many calls there were.
 */
export async function countByBin(
  { projectId }: Scope,
  db: Database,
  { to, binHours, bins }: { to: Date; binHours: number; bins: number },
): Promise<BinRow[]> {
  const from = new Date(to.getTime() - bins * binHours * 3_600_000);
  const rows = await db.execute<BinRow>(sql`
    select kind, class, date_bin(make_interval(hours => ${binHours}), bucket, ${from.toISOString()}::timestamptz) as bin,
      sum(n)::float8 as n, array[${sumOfBuckets}] as latency
    from ${activityRollup}
    where project_id = ${projectId} and kind in ('call', 'token')
      and bucket >= ${from.toISOString()}::timestamptz and bucket < ${to.toISOString()}::timestamptz
    group by 1, 2, 3`);
  return [...rows].map((row) => ({ ...row, bin: new Date(row.bin) }));
}

export type RunBinRow = { status: "succeeded" | "failed" | "cancelled"; bin: Date; n: number };

/** Runs of all workflows by how they ended, in the same bins; from their own counts by hour. */
export async function countRunsByBin(
  { projectId }: Scope,
  db: Database,
  { to, binHours, bins }: { to: Date; binHours: number; bins: number },
): Promise<RunBinRow[]> {
  const from = new Date(to.getTime() - bins * binHours * 3_600_000);
  const rows = await db.execute<RunBinRow>(sql`
    select status, date_bin(make_interval(hours => ${binHours}), bucket, ${from.toISOString()}::timestamptz) as bin, sum(n)::float8 as n
    from ${runRollup}
    where project_id = ${projectId} and bucket >= ${from.toISOString()}::timestamptz and bucket < ${to.toISOString()}::timestamptz
    group by 1, 2`);
  return [...rows].map((row) => ({ ...row, bin: new Date(row.bin) }));
}

export type ResourceTroubleRow = {
  id: string;
  name: string;
  level: "user" | "app" | null;
  liveRevision: number | null;
  updatedAt: Date;
  outageSince: Date | null;
  lastFailure: string | null;
  /** Users' credentials, each counted up to 1,001. */
  invalid: number;
  pending: number;
  clientRefused: number;
  /** The commonest reason of the invalid ones. */
  reason: string | null;
  /** When the newest of them became so. */
  invalidAt: Date | null;
  /** The app's own credential; null for user level, and while there is none. */
  appStatus: "VALID" | "INVALID" | "PENDING" | null;
  appReason: string | null;
};

/** What is wrong with each resource, from the indexes of what is wrong: a project's healthy credentials aren't read, however many. */
export async function listResourceTroubles({ projectId }: Scope, db: Database): Promise<ResourceTroubleRow[]> {
  const most = COUNT_LIMIT + 1;
  const rows = await db.execute<ResourceTroubleRow>(sql`
    select r.id, n.name, r.level, r.live_revision as "liveRevision", d.updated_at as "updatedAt", h.outage_since as "outageSince",
      h.last_failure as "lastFailure", invalid.n as invalid, invalid.reason, invalid.at as "invalidAt", pending.n as pending,
      refused.n as "clientRefused", case when app.auth_type <> r.auth_type then 'INVALID' else app.status end as "appStatus",
      case when app.auth_type <> r.auth_type then 'reconnect' else app.reason end as "appReason"
    from ${resource} r
    join ${resourceName} n on n.project_id = r.project_id and n.resource_id = r.id and n.is_current
    join ${resourceDraft} d on d.project_id = r.project_id and d.resource_id = r.id
    left join ${resourceHealth} h on h.project_id = r.project_id and h.resource_id = r.id
    left join ${credential} app on app.project_id = r.project_id and app.resource_id = r.id and app.owner = 'app'
    cross join lateral (
      select count(*)::int as n, mode() within group (order by case when fit = 'reconnect' then 'auth_type' else reason end) as reason,
        max(updated_at) as at
      from (select * from ${credential} c where c.project_id = r.project_id and c.resource_id = r.id and c.owner = 'user'
        and c.shown_status = 'INVALID' and c.shown_status <> 'VALID' limit ${most}) c
    ) invalid
    cross join lateral (
      select count(*)::int as n from (select 1 from ${credential} c where c.project_id = r.project_id and c.resource_id = r.id
        and c.owner = 'user' and c.shown_status = 'PENDING' and c.shown_status <> 'VALID' limit ${most}) c
    ) pending
    cross join lateral (
      select count(*)::int as n from (select 1 from ${credential} c where c.project_id = r.project_id and c.resource_id = r.id
        and c.failing_since is not null and c.last_failure = 'invalid_client' limit ${most}) c
    ) refused
    where r.project_id = ${projectId} and r.deleted_at is null`);
  const date = (value: Date | string | null) => (value === null ? null : new Date(value));
  return [...rows].map((row) => ({
    ...row,
    updatedAt: new Date(row.updatedAt),
    outageSince: date(row.outageSince),
    invalidAt: date(row.invalidAt),
  }));
}

/** Failed calls that are looked at to name what they have in common. */
const LOOKED_AT = 200;

/** How a resource's newest failed calls ended, and how many of them did so: "503", or a failure kind. */
export async function findCommonFailure({ projectId }: Scope, db: Database, resourceId: string, since: Date) {
  const [row] = await db.execute<{ status: number | null; failure: string | null }>(sql`
    select status, failure, count(*) from (
      select case when failure is null or status >= 400 then status end as status, case when status >= 400 then null else failure end as failure
      from ${activity}
      where project_id = ${projectId} and resource_id = ${resourceId} and at >= ${since.toISOString()}::timestamptz
        and kind = 'call' and source <> 'test' and (failure is not null or status >= 400)
      order by at desc limit ${LOOKED_AT}
    ) failed group by 1, 2 order by 3 desc limit 1`);
  return row ? { status: row.status, failure: row.failure } : null;
}

/** How far a new project has come: each of these is one look at an index. */
export async function findBeginnings({ projectId }: Scope, db: Database) {
  const [row] = await db.execute<{
    hasResource: boolean;
    hasLive: boolean;
    hasUser: boolean;
    hasCall: boolean;
    resourceId: string | null;
  }>(sql`
    select
      exists (select from ${resource} where project_id = ${projectId} and deleted_at is null) as "hasResource",
      exists (select from ${resource} where project_id = ${projectId} and deleted_at is null and live_revision is not null) as "hasLive",
      exists (select from ${credential} where project_id = ${projectId} and owner in ('user', 'app') and status = 'VALID') as "hasUser",
      exists (select from ${activityRollup} where project_id = ${projectId} and kind = 'call') as "hasCall",
      (select id from ${resource} where project_id = ${projectId} and deleted_at is null
        order by (live_revision is not null) desc, updated_at desc limit 1) as "resourceId"`);
  return row!;
}

/** Workflows with failed runs of the last 24 hours, from the index of failed ones: as many rows are read as failed, at most 1,001. */
export async function listFailedWorkflows({ projectId }: Scope, db: Database) {
  const rows = await db.execute<{ workflowId: string; workflow: string; count: number; since: Date | string }>(sql`
    select w.id as "workflowId", w.name as workflow, count(*)::int as count, min(f.at) as since
    from (
      select workflow_id, at from ${run}
      where project_id = ${projectId} and status = 'failed' and at > now() - interval '24 hours' order by at desc limit ${COUNT_LIMIT + 1}
    ) f
    join ${workflow} w on w.project_id = ${projectId} and w.id = f.workflow_id and w.deleted_at is null
    group by w.id, w.name`);
  return [...rows].map((row) => ({ ...row, since: new Date(row.since) }));
}
