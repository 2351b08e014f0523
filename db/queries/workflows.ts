import { and, desc, eq, gt, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import { refuseNewer } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import { credential } from "#db/schema/credentials.ts";
import { member } from "#db/schema/members.ts";
import { resource, resourceName, resourceRevision } from "#db/schema/resources.ts";
import { trigger } from "#db/schema/triggers.ts";
import { runRollup, workflow, workflowDraft, workflowSample, workflowVersion } from "#db/schema/workflows.ts";
import type { Scope } from "./scope.ts";

/** All workflows of a project, newest change first. A project has tens to hundreds of them: filtering is the caller's. */
export async function listWorkflows(scope: Scope, db: Database) {
  return await db
    .select({
      id: workflow.id,
      name: workflow.name,
      liveVersion: workflow.liveVersion,
      isEnabled: workflow.isEnabled,
      pausedReason: workflow.pausedReason,
      draft: workflowDraft.body,
      live: workflowVersion.body,
      updatedAt: workflow.updatedAt,
    })
    .from(workflow)
    .innerJoin(workflowDraft, and(eq(workflowDraft.projectId, workflow.projectId), eq(workflowDraft.workflowId, workflow.id)))
    .leftJoin(
      workflowVersion,
      and(
        eq(workflowVersion.projectId, workflow.projectId),
        eq(workflowVersion.workflowId, workflow.id),
        eq(workflowVersion.number, workflow.liveVersion),
      ),
    )
    .where(and(eq(workflow.projectId, scope.projectId), isNull(workflow.deletedAt)))
    .orderBy(desc(workflow.updatedAt));
}

/** Those that can be restored, the last deleted first. */
export async function listDeletedWorkflows(scope: Scope, db: Database) {
  return await db
    .select({ id: workflow.id, name: workflow.name, deletedAt: workflow.deletedAt })
    .from(workflow)
    .where(and(eq(workflow.projectId, scope.projectId), gt(workflow.deletedAt, sql`now() - interval '7 days'`)))
    .orderBy(desc(workflow.deletedAt));
}

export type HourOfRuns = { bucket: Date; calls: number; failed: number };

/** Runs by the hour in which they ended, over the last 24 hours, of each workflow that has any. From roll-ups. */
export async function runsByHour({ projectId }: Scope, db: Database): Promise<Map<string, HourOfRuns[]>> {
  const rows = await db
    .select({
      workflowId: runRollup.workflowId,
      bucket: runRollup.bucket,
      calls: sql<number>`sum(${runRollup.n})::int`,
      failed: sql<number>`coalesce(sum(${runRollup.n}) filter (where ${runRollup.status} = 'failed'), 0)::int`,
    })
    .from(workflow)
    .innerJoin(
      runRollup,
      and(
        eq(runRollup.projectId, workflow.projectId),
        eq(runRollup.workflowId, workflow.id),
        gt(runRollup.bucket, sql`date_trunc('hour', now()) - interval '24 hours'`),
      ),
    )
    .where(and(eq(workflow.projectId, projectId), isNull(workflow.deletedAt)))
    .groupBy(runRollup.workflowId, runRollup.bucket)
    .orderBy(runRollup.bucket);
  return Map.groupBy(rows, ({ workflowId }) => workflowId);
}

/** One workflow with its draft, or null: unknown, deleted or another project's. */
export async function findWorkflow(scope: Scope, db: Database, workflowId: string) {
  const [row] = await db
    .select({
      id: workflow.id,
      name: workflow.name,
      liveVersion: workflow.liveVersion,
      isEnabled: workflow.isEnabled,
      isOnByDefault: workflow.isOnByDefault,
      pausedReason: workflow.pausedReason,
      createdAt: workflow.createdAt,
      updatedAt: workflow.updatedAt,
      draft: {
        version: workflowDraft.version,
        schemaVersion: workflowDraft.schemaVersion,
        body: workflowDraft.body,
        updatedAt: workflowDraft.updatedAt,
        updatedBy: member.name,
      },
    })
    .from(workflow)
    .innerJoin(workflowDraft, and(eq(workflowDraft.projectId, workflow.projectId), eq(workflowDraft.workflowId, workflow.id)))
    .leftJoin(member, eq(member.id, workflowDraft.updatedBy))
    .where(and(eq(workflow.projectId, scope.projectId), eq(workflow.id, workflowId), isNull(workflow.deletedAt)));
  if (row) refuseNewer("workflow", row.draft.schemaVersion);
  return row ?? null;
}
export type FoundWorkflow = NonNullable<Awaited<ReturnType<typeof findWorkflow>>>;

/** A version as it was published; null where there is none. */
export async function findWorkflowVersion(scope: Scope, db: Database, workflowId: string, number: number) {
  const [row] = await db
    .select({ number: workflowVersion.number, schemaVersion: workflowVersion.schemaVersion, body: workflowVersion.body })
    .from(workflowVersion)
    .where(
      and(eq(workflowVersion.projectId, scope.projectId), eq(workflowVersion.workflowId, workflowId), eq(workflowVersion.number, number)),
    );
  if (row) refuseNewer("workflow", row.schemaVersion);
  return row ?? null;
}

/** Newest first. */
export async function listWorkflowVersions(scope: Scope, db: Database, workflowId: string) {
  return await db
    .select({ number: workflowVersion.number, at: workflowVersion.publishedAt, by: member.name })
    .from(workflowVersion)
    .leftJoin(member, eq(member.id, workflowVersion.publishedBy))
    .where(and(eq(workflowVersion.projectId, scope.projectId), eq(workflowVersion.workflowId, workflowId)))
    .orderBy(desc(workflowVersion.number))
    .limit(200);
}

/** The resources that steps can use: published and not deleted. `isTestable`: the test user, or the app, has a credential of its type. */
export async function listUsableResources(scope: Scope, db: Database) {
  return await db
    .select({
      id: resource.id,
      name: resourceName.name,
      definition: resourceRevision.body,
      isTestable: sql<boolean>`exists (select 1 from ${credential} c
        where c.project_id = ${resource.projectId} and c.resource_id = ${resource.id} and c.owner in ('test', 'app')
          and c.auth_type = ${resourceRevision.body}->>'authType')`,
    })
    .from(resource)
    .innerJoin(
      resourceName,
      and(eq(resourceName.projectId, resource.projectId), eq(resourceName.resourceId, resource.id), eq(resourceName.isCurrent, true)),
    )
    .innerJoin(
      resourceRevision,
      and(
        eq(resourceRevision.projectId, resource.projectId),
        eq(resourceRevision.resourceId, resource.id),
        eq(resourceRevision.number, resource.liveRevision),
      ),
    )
    .where(and(eq(resource.projectId, scope.projectId), isNull(resource.deletedAt)))
    .orderBy(resourceName.name);
}

/** The triggers of resources that are set up to their end: those that a workflow may start with. */
export async function listReadyTriggers(scope: Scope, db: Database) {
  return await db
    .select({ id: trigger.id, resourceId: trigger.resourceId, name: trigger.name })
    .from(trigger)
    .innerJoin(resource, and(eq(resource.projectId, trigger.projectId), eq(resource.id, trigger.resourceId), isNull(resource.deletedAt)))
    .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.ready, true), isNotNull(trigger.finishedAt), isNull(trigger.deletedAt)))
    .orderBy(trigger.name);
}

/** The last real event of a trigger, redacted. */
export async function findTriggerSample(scope: Scope, db: Database, triggerId: string) {
  const [row] = await db
    .select({ sample: trigger.sample, at: trigger.sampleAt })
    .from(trigger)
    .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId), isNull(trigger.deletedAt)));
  return row?.sample && row.at ? { sample: row.sample, at: row.at } : null;
}

/** What steps, and the trigger, last gave in a test. */
export async function listWorkflowSamples(scope: Scope, db: Database, workflowId: string) {
  return await db
    .select({ key: workflowSample.key, source: workflowSample.source, value: workflowSample.value, at: workflowSample.at })
    .from(workflowSample)
    .where(and(eq(workflowSample.projectId, scope.projectId), eq(workflowSample.workflowId, workflowId)));
}

/** The test user's credential for a resource, or the app's. Null: nothing can be tested. */
export async function findTestCredentialId(scope: Scope, db: Database, resourceId: string, authType: string): Promise<string | null> {
  const [row] = await db
    .select({ id: credential.id })
    .from(credential)
    .where(
      and(
        eq(credential.projectId, scope.projectId),
        eq(credential.resourceId, resourceId),
        eq(credential.authType, authType),
        inArray(credential.owner, ["test", "app"]),
      ),
    )
    .limit(1);
  return row?.id ?? null;
}
