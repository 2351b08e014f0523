import { and, eq, gt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { activity, activityRollup } from "#db/schema/activity.ts";
import { credential, credentialEvent, resourceHealth } from "#db/schema/credentials.ts";
import { resource } from "#db/schema/resources.ts";
import { delivery } from "#db/schema/triggers.ts";
import { connectedUser } from "#db/schema/users.ts";
import { run, workflow, workflowVersion } from "#db/schema/workflows.ts";
import { type RowKey, takePage } from "./keyset.ts";
import type { Scope } from "./scope.ts";

export type ActivityKey = RowKey;

/** Which rows. `from` and `to` choose the partitions that are opened. */
export type ActivityQuery = {
  from: Date;
  to?: Date;
  resourceId?: string;
  userId?: string;
  kind?: string;
  source?: string;
  end?: "ok" | "4xx" | "5xx" | "failed" | "error";
  requestId?: string;
  /** A part of the path, in any case. */
  path?: string;
};

export type ActivityPage = {
  rows: ActivityListRow[];
  /** Where to go on: after the last row, or where looking was given up for now. Null at the end. */
  next: ActivityKey | null;
};

export const ACTIVITY_PAGE = 50;
/** Rows that one page may look at. A filter that no index answers finds little and must not read a whole day for it. */
const MOST_LOOKED_AT = 20_000;

/**
 * One page of activity, newest first, from `before` on (a key of the page before). However many millions of rows there are, it costs
 * one index range of at most 20,000 rows: the most telling condition chooses the index, the others sift. A page that sifted that many
 * may be short, even empty, and says where to go on.
 */
export async function listActivity(
  scope: Scope,
  db: Database,
  query: ActivityQuery,
  { before, limit = ACTIVITY_PAGE, lookAt = MOST_LOOKED_AT }: { before?: ActivityKey; limit?: number; lookAt?: number } = {},
): Promise<ActivityPage> {
  const { range, sieve } = splitConditions(query);
  const looked = sql`
    select a.id, a.at, a.resource_id, a.user_id, a.credential_id, a.kind, a.source, a.method, a.host, a.path, a.status, a.failure,
      a.duration_ms, a.request_id
    from ${activity} a
    where a.project_id = ${scope.projectId} and a.at >= ${query.from.toISOString()}::timestamptz
      ${query.to ? sql`and a.at <= ${query.to.toISOString()}::timestamptz` : sql``}
      ${before ? sql`and a.at <= ${before.at}::timestamptz and (a.at, a.id) < (${before.at}::timestamptz, ${before.id}::uuid)` : sql``}
      ${range ? sql`and ${range}` : sql``}
    order by a.at desc, a.id desc limit ${lookAt}`;
  const found = [
    ...(await db.execute<ActivityListRow>(sql`
      select ${listColumns}
      from (select * from (${looked}) a ${sieve ? sql`where ${sieve}` : sql``} order by a.at desc, a.id desc limit ${limit + 1}) a
      ${joins(scope)}
      order by a.at desc, a.id desc`)),
  ];
  const page = takePage(found, limit);
  if (page.next || !sieve) return page;
  // The last one that was looked at: there is none when the range ended before.
  const [last] = await db.execute<ActivityKey>(
    sql`select a.id, ${timeText} as at from (select * from (${looked}) a offset ${lookAt - 1} limit 1) a`,
  );
  return { rows: page.rows, next: last ? { at: last.at, id: last.id } : null };
}

/** What an index answers, and what is left to sift. */
function splitConditions({ resourceId, userId, kind, source, end, requestId, path }: ActivityQuery) {
  const conditions = [
    requestId && sql`a.request_id = ${requestId}`,
    userId && sql`a.user_id = ${userId}`,
    // As the index on kinds says it.
    kind && kind !== "call" && sql`a.kind <> 'call' and a.kind = ${kind}`,
    resourceId && sql`a.resource_id = ${resourceId}`,
    end && end !== "ok" && sql`(a.failure is not null or a.status >= 400)`,
  ].filter((each) => each !== undefined && each !== "" && each !== false);
  const [range, ...others] = conditions;
  const sifting = [
    ...others,
    kind === "call" && sql`a.kind = 'call'`,
    source && sql`a.source = ${source}`,
    end && ENDS[end],
    path && sql`a.path ilike ${`%${path.replace(/[\\%_]/g, "\\$&")}%`}`,
  ].filter((each) => each !== undefined && each !== "" && each !== false);
  return { range, sieve: sifting.length > 0 ? sql.join(sifting, sql` and `) : undefined };
}

const ENDS = {
  ok: sql`a.failure is null and a.status < 400`,
  "4xx": sql`a.status between 400 and 499`,
  "5xx": sql`a.status >= 500`,
  failed: sql`a.failure is not null and coalesce(a.status, 0) < 400`,
  error: sql`(a.failure is not null or a.status >= 400)`,
};

/** In UTC, to the microsecond: a JavaScript date knows milliseconds only. */
const timeText = sql`to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const listColumns = sql`
  a.id, ${timeText} as at, a.kind, a.source, a.method, a.host, a.path, a.status, a.failure, a.duration_ms as "durationMs",
  a.request_id as "requestId", a.resource_id as "resourceId", n.name as "resourceName", u.id as "userId", u.kind as "userKind",
  u.external_id as "externalId", coalesce(nullif(u.name, ''), nullif(u.external_id, '')) as "userName"`;
const joins = ({ projectId }: Scope) => sql`
  left join connected_user u on u.project_id = ${projectId} and u.id = a.user_id
  left join resource r on r.project_id = ${projectId} and r.id = a.resource_id and r.deleted_at is null
  left join resource_name n on n.project_id = ${projectId} and n.resource_id = r.id and n.is_current`;

/** A row as lists show it, without what was sent and answered: `findActivity` reads that of one. */
export type ActivityListRow = {
  id: string;
  at: string;
  kind: ActivityRow["kind"];
  source: ActivityRow["source"];
  method: string | null;
  host: string | null;
  path: string | null;
  status: number | null;
  /** A failure kind of the call, or of the token call. */
  failure: string | null;
  durationMs: number;
  requestId: string | null;
  resourceId: string | null;
  /** Null when the resource was deleted, or there was none. */
  resourceName: string | null;
  /** Null when there was none, or the user was deleted. */
  userId: string | null;
  userKind: "user" | "test" | null;
  externalId: string | null;
  userName: string | null;
};
type ActivityRow = typeof activity.$inferSelect;

/** One row with what was kept of its request and response, or null. */
export async function findActivity({ projectId }: Scope, db: Database, { id, at }: ActivityKey): Promise<FoundActivity | null> {
  const [row] = await db.execute<FoundActivity>(sql`
    select ${listColumns}, a.credential_id as "credentialId", a.run_id as "runId", a.step, a.detail
    from ${activity} a ${joins({ projectId })}
    where a.project_id = ${projectId} and a.id = ${id} and a.at = ${at}::timestamptz`);
  return row ?? null;
}
export type FoundActivity = ActivityListRow & Pick<ActivityRow, "credentialId" | "runId" | "step" | "detail">;

/** The run that made a call, and its step by name. Null when it isn't kept any more. */
export type CallingRun = { id: string; at: string; workflow: string | null; stepName: string | null };

export async function findCallingRun(
  { projectId }: Scope,
  db: Database,
  { runId, step }: { runId: string; step: string | null },
): Promise<CallingRun | null> {
  const [stepId = ""] = step?.split("/") ?? [];
  const [row] = await db.execute<CallingRun>(sql`
    select a.id, ${timeText} as at, w.name as workflow,
      jsonb_path_query_first(v.body, '$.** ? (@.id == $id)', jsonb_build_object('id', ${stepId}::text)) ->> 'name' as "stepName"
    from ${run} a
    left join ${workflow} w on w.project_id = a.project_id and w.id = a.workflow_id and w.deleted_at is null
    left join ${workflowVersion} v on v.project_id = a.project_id and v.workflow_id = a.workflow_id and v.number = a.version
    where a.project_id = ${projectId} and a.id = ${runId} limit 1`);
  return row ?? null;
}

/** What a webhook's row is about: the delivery of the same request. Null when it isn't kept any more. */
export async function findDeliveryOf({ projectId }: Scope, db: Database, { at, requestId }: { at: string; requestId: string }) {
  const [row] = await db.execute<ActivityKey & { triggerId: string }>(sql`
    select a.id, ${timeText} as at, a.trigger_id as "triggerId" from ${delivery} a
    where a.project_id = ${projectId} and a.request_id = ${requestId}
      and a.at between ${at}::timestamptz - interval '1 minute' and ${at}::timestamptz + interval '1 minute' limit 1`);
  return row ?? null;
}

/** The id of the user that a project's app knows by `externalId`, or null. */
export async function findUserByExternalId(scope: Scope, db: Database, externalId: string): Promise<string | null> {
  const [user] = await db
    .select({ id: connectedUser.id })
    .from(connectedUser)
    .where(and(eq(connectedUser.projectId, scope.projectId), eq(connectedUser.kind, "user"), eq(connectedUser.externalId, externalId)));
  return user?.id ?? null;
}

/** What else happened by the same request, in order: the refresh that a call needed, the calls of a connect. At most 20. */
export async function listSameRequest(scope: Scope, db: Database, { id, at, requestId }: ActivityKey & { requestId: string }) {
  return [
    ...(await db.execute<ActivityListRow>(sql`
      select ${listColumns}
      from (
        select * from ${activity} a
        where a.project_id = ${scope.projectId} and a.request_id = ${requestId} and a.id <> ${id}
          and a.at between ${at}::timestamptz - interval '1 hour' and ${at}::timestamptz + interval '1 hour'
        order by a.at, a.id limit 20
      ) a ${joins(scope)}
      order by a.at, a.id`)),
  ];
}

/** What the credential's timeline says of a call: the event that the same request left, or the nearest of these seconds. */
export async function findTimelineCause(
  { projectId }: Scope,
  db: Database,
  { at, credentialId, requestId, kinds }: { at: string; credentialId: string; requestId: string | null; kinds: readonly string[] },
): Promise<{ kind: string; cause: string } | null> {
  const [row] = await db.execute<{ kind: string; cause: string }>(sql`
    select e.kind, e.cause from ${credentialEvent} e
    where e.project_id = ${projectId} and e.credential_id = ${credentialId}
      and e.at between ${at}::timestamptz - interval '1 minute' and ${at}::timestamptz + interval '1 minute'
      and e.kind in ${kinds} and e.cause <> ''
      and (e.detail ->> 'requestId' = ${requestId} or abs(extract(epoch from e.at - ${at}::timestamptz)) < 5)
    order by (e.detail ->> 'requestId' = ${requestId}) desc nulls last, abs(extract(epoch from e.at - ${at}::timestamptz)) limit 1`);
  return row ?? null;
}

/** Latency histograms of a resource's calls over the last 24 hours, one an hour and class. From roll-ups. */
export async function latencyByHour(scope: Scope, db: Database, resourceId: string) {
  return await db
    .select({ bucket: activityRollup.bucket, latency: activityRollup.latency })
    .from(activityRollup)
    .where(
      and(
        eq(activityRollup.projectId, scope.projectId),
        eq(activityRollup.resourceId, resourceId),
        eq(activityRollup.kind, "call"),
        gt(activityRollup.bucket, sql`date_trunc('hour', now()) - interval '24 hours'`),
      ),
    )
    .orderBy(activityRollup.bucket);
}

export type CredentialCounts = Record<"VALID" | "PENDING" | "INVALID", number>;

/** Users' credentials of a resource by their settled status, each counted up to 1,001. */
export async function countCredentials(scope: Scope, db: Database, resourceId: string): Promise<CredentialCounts> {
  const upTo = (status: keyof CredentialCounts) => sql<number>`(select count(*)::int from (
    select 1 from ${credential} c where c.project_id = ${scope.projectId} and c.resource_id = ${resourceId}
      and c.owner = 'user' and c.shown_status = ${sql.raw(`'${status}'`)} limit 1001) counted)`;
  const [row] = await db.execute<CredentialCounts>(
    sql`select ${upTo("VALID")} as "VALID", ${upTo("PENDING")} as "PENDING", ${upTo("INVALID")} as "INVALID"`,
  );
  return row!;
}

export type ResourceTrouble = {
  /** Since when most renewals fail for the API's own reasons; null when they don't. */
  outageSince: Date | null;
  /** Of the latest failure that may pass. */
  lastFailure: string | null;
  /** Credentials, up to 1,001, whose renewal fails because the API refuses the resource's client. */
  clientRefused: number;
};

/** What keeps the tokens of a resource from being renewed. */
export async function findTrouble({ projectId }: Scope, db: Database, resourceId: string): Promise<ResourceTrouble> {
  const [row] = await db.execute<{ outageSince: Date | string | null; lastFailure: string | null; clientRefused: number }>(sql`
    select h.outage_since as "outageSince", h.last_failure as "lastFailure", (select count(*)::int from (
      select 1 from ${credential} c where c.project_id = ${projectId} and c.resource_id = ${resourceId}
        and c.failing_since is not null and c.last_failure = 'invalid_client' limit 1001) counted) as "clientRefused"
    from (select) one left join ${resourceHealth} h on h.project_id = ${projectId} and h.resource_id = ${resourceId}`);
  return { ...row!, outageSince: row!.outageSince === null ? null : new Date(row!.outageSince) };
}

/** How the one credential of an app-level resource stands, or null when it isn't set. Made for another authentication type, it is none. */
export async function findAppStatus(scope: Scope, db: Database, resourceId: string): Promise<"VALID" | "INVALID" | "PENDING" | null> {
  const [row] = await db
    .select({
      status: sql<
        "VALID" | "INVALID" | "PENDING"
      >`case when ${credential.authType} = ${resource.authType} then ${credential.status} else 'INVALID' end`,
    })
    .from(credential)
    .innerJoin(resource, and(eq(resource.projectId, credential.projectId), eq(resource.id, credential.resourceId)))
    .where(and(eq(credential.projectId, scope.projectId), eq(credential.resourceId, resourceId), eq(credential.owner, "app")));
  return row?.status ?? null;
}
