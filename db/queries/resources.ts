import { and, desc, eq, gt, isNull, sql } from "drizzle-orm";
import { refuseNewer } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import { activityRollup } from "#db/schema/activity.ts";
import { credential } from "#db/schema/credentials.ts";
import { member } from "#db/schema/members.ts";
import { resource, resourceDraft, resourceName, resourceRevision } from "#db/schema/resources.ts";
import { sealedValue } from "#db/schema/vault.ts";
import type { Scope } from "./scope.ts";

/** Counts stop here; lists say "1,000+". */
const COUNT_LIMIT = 1_000;

export type ResourceRow = {
  id: string;
  name: string;
  level: "user" | "app" | null;
  authType: string | null;
  liveRevision: number | null;
  appearance: { colour: number; icon: string };
  baseUrl: string;
  /** At most 1,001, which means more than a thousand. */
  connectedUsers: number;
  updatedAt: Date;
  createdAt: Date;
};

/** All resources of a project, newest change first. A project has tens to hundreds of them: filtering is the caller's. */
export async function listResources(scope: Scope, db: Database): Promise<ResourceRow[]> {
  const rows = await db
    .select({
      id: resource.id,
      name: resourceName.name,
      level: resource.level,
      authType: resource.authType,
      liveRevision: resource.liveRevision,
      appearance: sql<{ colour: number; icon: string }>`${resourceDraft.body}->'appearance'`,
      baseUrl: sql<string>`coalesce(${resourceDraft.body}->'request'->>'baseUrl', '')`,
      connectedUsers: sql<number>`(select count(*)::int from (select 1 from ${credential} c
        where c.project_id = ${resource.projectId} and c.resource_id = ${resource.id} and c.owner = 'user' limit ${COUNT_LIMIT + 1}) counted)`,
      updatedAt: resource.updatedAt,
      createdAt: resource.createdAt,
    })
    .from(resource)
    .innerJoin(
      resourceName,
      and(eq(resourceName.projectId, resource.projectId), eq(resourceName.resourceId, resource.id), eq(resourceName.isCurrent, true)),
    )
    .innerJoin(resourceDraft, and(eq(resourceDraft.projectId, resource.projectId), eq(resourceDraft.resourceId, resource.id)))
    .where(and(eq(resource.projectId, scope.projectId), isNull(resource.deletedAt)))
    .orderBy(desc(resource.updatedAt));
  return rows;
}

/** One resource with its draft, or null: unknown, deleted or another project's. */
export async function findResource(scope: Scope, db: Database, resourceId: string) {
  const [row] = await db
    .select({
      id: resource.id,
      name: resourceName.name,
      level: resource.level,
      authType: resource.authType,
      liveRevision: resource.liveRevision,
      learned: resource.learned,
      createdAt: resource.createdAt,
      updatedAt: resource.updatedAt,
      draft: {
        version: resourceDraft.version,
        baseRevision: resourceDraft.baseRevision,
        schemaVersion: resourceDraft.schemaVersion,
        body: resourceDraft.body,
        lastTest: resourceDraft.lastTest,
        updatedAt: resourceDraft.updatedAt,
        updatedBy: member.name,
      },
    })
    .from(resource)
    .innerJoin(
      resourceName,
      and(eq(resourceName.projectId, resource.projectId), eq(resourceName.resourceId, resource.id), eq(resourceName.isCurrent, true)),
    )
    .innerJoin(resourceDraft, and(eq(resourceDraft.projectId, resource.projectId), eq(resourceDraft.resourceId, resource.id)))
    .leftJoin(member, eq(member.id, resourceDraft.updatedBy))
    .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)));
  if (row) refuseNewer("resource", row.draft.schemaVersion);
  return row ?? null;
}
export type FoundResource = NonNullable<Awaited<ReturnType<typeof findResource>>>;

/** The published revision that calls use, or null. */
export async function findLiveRevision(scope: Scope, db: Database, resourceId: string) {
  const [row] = await db
    .select({ number: resourceRevision.number, schemaVersion: resourceRevision.schemaVersion, body: resourceRevision.body })
    .from(resource)
    .innerJoin(
      resourceRevision,
      and(
        eq(resourceRevision.projectId, resource.projectId),
        eq(resourceRevision.resourceId, resource.id),
        eq(resourceRevision.number, resource.liveRevision),
      ),
    )
    .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)));
  if (row) refuseNewer("resource", row.schemaVersion);
  return row ?? null;
}

export async function findRevision(scope: Scope, db: Database, resourceId: string, number: number) {
  const [row] = await db
    .select({ number: resourceRevision.number, schemaVersion: resourceRevision.schemaVersion, body: resourceRevision.body })
    .from(resourceRevision)
    .where(
      and(
        eq(resourceRevision.projectId, scope.projectId),
        eq(resourceRevision.resourceId, resourceId),
        eq(resourceRevision.number, number),
      ),
    );
  if (row) refuseNewer("resource", row.schemaVersion);
  return row ?? null;
}

/** Old names that still work, with their last use. */
export async function listAliases(scope: Scope, db: Database, resourceId: string) {
  return await db
    .select({ name: resourceName.name, lastUsedAt: resourceName.lastUsedAt })
    .from(resourceName)
    .where(and(eq(resourceName.projectId, scope.projectId), eq(resourceName.resourceId, resourceId), eq(resourceName.isCurrent, false)))
    .orderBy(resourceName.name);
}

/** Deleted less than 7 days ago: these can be brought back. */
export async function listDeletedResources(scope: Scope, db: Database) {
  return await db
    .select({ id: resource.id, name: resource.deletedName, deletedAt: resource.deletedAt })
    .from(resource)
    .where(and(eq(resource.projectId, scope.projectId), gt(resource.deletedAt, sql`now() - interval '7 days'`)))
    .orderBy(desc(resource.deletedAt));
}

/** What is known of a stored secret: never its value. */
export async function describeSealedValue(scope: Scope, db: Database, id: string) {
  const [row] = await db
    .select({ id: sealedValue.id, hint: sealedValue.hint, setAt: sealedValue.setAt, setBy: member.name })
    .from(sealedValue)
    .leftJoin(member, eq(member.id, sealedValue.setBy))
    .where(and(eq(sealedValue.projectId, scope.projectId), eq(sealedValue.id, id)));
  return row ?? null;
}

export type HourOfCalls = { bucket: Date; calls: number; failed: number };

/** Calls by hour over the last 24 hours, for all resources of a project or one of them. From roll-ups. */
export async function callsByHour(scope: Scope, db: Database, resourceId?: string): Promise<Map<string, HourOfCalls[]>> {
  const rows = await db
    .select({
      resourceId: activityRollup.resourceId,
      bucket: activityRollup.bucket,
      calls: sql<number>`sum(${activityRollup.n})::int`,
      failed: sql<number>`coalesce(sum(${activityRollup.n}) filter (where ${activityRollup.class} <> 'ok'), 0)::int`,
    })
    .from(activityRollup)
    .where(
      and(
        eq(activityRollup.projectId, scope.projectId),
        resourceId ? eq(activityRollup.resourceId, resourceId) : undefined,
        eq(activityRollup.kind, "call"),
        gt(activityRollup.bucket, sql`date_trunc('hour', now()) - interval '24 hours'`),
      ),
    )
    .groupBy(activityRollup.resourceId, activityRollup.bucket)
    .orderBy(activityRollup.bucket);
  const byResource = new Map<string, HourOfCalls[]>();
  for (const { resourceId: id, ...hour } of rows) byResource.set(id, [...(byResource.get(id) ?? []), hour]);
  return byResource;
}
