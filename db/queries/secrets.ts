import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Database } from "#db/client.ts";
import { member } from "#db/schema/members.ts";
import { resource, resourceDraft, resourceName, resourceRevision } from "#db/schema/resources.ts";
import { sealedValue, secret } from "#db/schema/vault.ts";
import { workflow, workflowDraft, workflowVersion } from "#db/schema/workflows.ts";
import type { Scope } from "./scope.ts";

/** The secrets of a project, by name: what is known of them, never their values. */
export async function listSecrets({ projectId }: Scope, db: Database) {
  return await db
    .select({
      name: secret.name,
      description: secret.description,
      /** The last four characters of long tokens; else empty. */
      hint: sealedValue.hint,
      setBy: member.name,
      setAt: sealedValue.setAt,
    })
    .from(secret)
    .innerJoin(sealedValue, and(eq(sealedValue.projectId, secret.projectId), eq(sealedValue.id, secret.sealedValueId)))
    .leftJoin(member, eq(member.id, sealedValue.setBy))
    .where(eq(secret.projectId, projectId))
    .orderBy(secret.name);
}

export async function listSecretNames({ projectId }: Scope, db: Database): Promise<string[]> {
  const rows = await db.select({ name: secret.name }).from(secret).where(eq(secret.projectId, projectId)).orderBy(secret.name);
  return rows.map(({ name }) => name);
}

/** Definitions that calls use now and that may read secrets: the word stands in them. */
export async function listLiveBodiesWithSecrets({ projectId }: Scope, db: Database) {
  return await db
    .select({ resourceId: resource.id, body: resourceRevision.body })
    .from(resource)
    .innerJoin(
      resourceRevision,
      and(
        eq(resourceRevision.projectId, resource.projectId),
        eq(resourceRevision.resourceId, resource.id),
        eq(resourceRevision.number, resource.liveRevision),
      ),
    )
    .where(and(eq(resource.projectId, projectId), isNull(resource.deletedAt), readsSecrets(resourceRevision.body)));
}

/** Resources whose draft or live definition may read secrets, deleted ones (Undo is open for 7 days) included. */
export async function listBodiesWithSecrets({ projectId }: Scope, db: Database) {
  return await db
    .select({
      id: resource.id,
      name: sql<string>`coalesce(${resourceName.name}, ${resource.deletedName}, '')`,
      isDeleted: sql<boolean>`${resource.deletedAt} is not null`,
      draft: resourceDraft.body,
      live: resourceRevision.body,
    })
    .from(resource)
    .innerJoin(resourceDraft, and(eq(resourceDraft.projectId, resource.projectId), eq(resourceDraft.resourceId, resource.id)))
    .leftJoin(
      resourceName,
      and(eq(resourceName.projectId, resource.projectId), eq(resourceName.resourceId, resource.id), eq(resourceName.isCurrent, true)),
    )
    .leftJoin(
      resourceRevision,
      and(
        eq(resourceRevision.projectId, resource.projectId),
        eq(resourceRevision.resourceId, resource.id),
        eq(resourceRevision.number, resource.liveRevision),
      ),
    )
    .where(
      and(
        eq(resource.projectId, projectId),
        or(readsSecrets(resourceDraft.body), readsSecrets(resourceRevision.body)),
        sql`(${resource.deletedAt} is null or ${resource.deletedAt} > now() - interval '7 days')`,
      ),
    )
    .orderBy(resourceName.name);
}

/** Workflows whose draft or live version may read secrets, deleted ones (Undo is open for 7 days) included. */
export async function listWorkflowsWithSecrets({ projectId }: Scope, db: Database) {
  return await db
    .select({
      id: workflow.id,
      name: workflow.name,
      isDeleted: sql<boolean>`${workflow.deletedAt} is not null`,
      draft: workflowDraft.body,
      live: workflowVersion.body,
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
    .where(
      and(
        eq(workflow.projectId, projectId),
        or(readsSecrets(workflowDraft.body), readsSecrets(workflowVersion.body)),
        sql`(${workflow.deletedAt} is null or ${workflow.deletedAt} > now() - interval '7 days')`,
      ),
    )
    .orderBy(workflow.name, workflow.id);
}

const readsSecrets = (body: AnyPgColumn) => sql`${body}::text like '%secrets%'`;
