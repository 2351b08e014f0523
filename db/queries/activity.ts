import { and, desc, eq, gt, gte, lt, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import { activity, activityRollup } from "#db/schema/activity.ts";
import { credential, resourceHealth } from "#db/schema/credentials.ts";
import { connectedUser } from "#db/schema/users.ts";
import type { Scope } from "./scope.ts";

/** The newest calls of a resource, tests and token calls included. Without their bodies: `findCall` reads those of one. */
export async function listRecentCalls(scope: Scope, db: Database, resourceId: string, limit = 20) {
  return await db
    .select({ ...callColumns, hasDetail: sql<boolean>`${activity.detail} is not null` })
    .from(activity)
    .leftJoin(connectedUser, and(eq(connectedUser.projectId, activity.projectId), eq(connectedUser.id, activity.userId)))
    .where(and(eq(activity.projectId, scope.projectId), eq(activity.resourceId, resourceId), since(30)))
    .orderBy(desc(activity.at))
    .limit(limit);
}
export type CallRow = Awaited<ReturnType<typeof listRecentCalls>>[number];

/** One call with what was kept of its request and response, or null. `at` finds its partition. */
export async function findCall(scope: Scope, db: Database, { resourceId, id, at }: { resourceId: string; id: string; at: Date }) {
  const [row] = await db
    .select({ ...callColumns, requestId: activity.requestId, detail: activity.detail })
    .from(activity)
    .leftJoin(connectedUser, and(eq(connectedUser.projectId, activity.projectId), eq(connectedUser.id, activity.userId)))
    .where(
      and(
        eq(activity.projectId, scope.projectId),
        eq(activity.resourceId, resourceId),
        eq(activity.id, id),
        // A JavaScript date knows milliseconds only.
        gte(activity.at, at),
        lt(activity.at, new Date(at.getTime() + 1)),
      ),
    );
  return row ?? null;
}
export type FoundCall = NonNullable<Awaited<ReturnType<typeof findCall>>>;

const callColumns = {
  id: activity.id,
  at: activity.at,
  kind: activity.kind,
  source: activity.source,
  method: activity.method,
  host: activity.host,
  path: activity.path,
  status: activity.status,
  failure: activity.failure,
  durationMs: activity.durationMs,
  userKind: connectedUser.kind,
  userName: sql<string | null>`coalesce(nullif(${connectedUser.name}, ''), nullif(${connectedUser.externalId}, ''))`,
};

/** Partitions older than this aren't opened. */
const since = (days: number) => gt(activity.at, sql`now() - make_interval(days => ${days})`);

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

/** The one credential of an app-level resource: how it stands, or null when it isn't set. */
export async function findAppCredential(scope: Scope, db: Database, resourceId: string) {
  const [row] = await db
    .select({ status: credential.status, reason: credential.reason, updatedAt: credential.updatedAt })
    .from(credential)
    .where(and(eq(credential.projectId, scope.projectId), eq(credential.resourceId, resourceId), eq(credential.owner, "app")));
  return row ?? null;
}
