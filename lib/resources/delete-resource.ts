import { and, eq, gt, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listWorkflowNeeds, settlePauses, type WorkflowNeeds } from "#db/queries/workflow-needs.ts";
import { credential } from "#db/schema/credentials.ts";
import { resource, resourceName } from "#db/schema/resources.ts";
import { sealedValue } from "#db/schema/vault.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { takeName } from "./take-name.ts";

/** Days in which Undo brings a resource back; then its secrets are shredded. */
export const UNDO_DAYS = 7;

/** What deleting touches: users, whose counting stops at 1,001, and the live workflows that need it, by name. */
export async function countAffected(scope: Scope, db: Database, resourceId: string): Promise<{ users: number; workflows: string[] }> {
  const [[row], needs] = await Promise.all([
    db.execute<{ users: number }>(sql`
      select count(*)::int as users from (
        select 1 from ${credential} where project_id = ${scope.projectId} and resource_id = ${resourceId} and owner = 'user' limit 1001) counted`),
    listWorkflowNeeds(scope, db),
  ]);
  return { users: row?.users ?? 0, workflows: namesOfThoseNeeding(needs, resourceId) };
}

export const namesOfThoseNeeding = (needs: readonly WorkflowNeeds[], resourceId: string): string[] =>
  needs.flatMap(({ name, resourceIds }) => (resourceIds.includes(resourceId) ? [name] : []));

/** The doors answer 404 from the next call on, workflows that need it are paused, and the names are free at once. */
export async function deleteResource(scope: Scope, db: Database, actor: Actor, { resourceId }: { resourceId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const [current] = await tx
      .select({ name: resourceName.name })
      .from(resourceName)
      .where(and(eq(resourceName.projectId, scope.projectId), eq(resourceName.resourceId, resourceId), eq(resourceName.isCurrent, true)));
    const [deleted] = await tx
      .update(resource)
      .set({ deletedAt: sql`now()`, deletedName: current?.name ?? "Resource" })
      .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)))
      .returning({ id: resource.id });
    if (!deleted) throw new AppError("not_found", "This resource is already gone. Go back to Resources.");
    await tx.delete(resourceName).where(and(eq(resourceName.projectId, scope.projectId), eq(resourceName.resourceId, resourceId)));
    await settlePauses(scope, tx, { resourceId });
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "resource.delete",
      subject: `resource:${resourceId}`,
      detail: { name: current?.name },
    });
  });
}

/** Brings a deleted resource back within the undo time, and with it the workflows that were paused for it, under `name` when its own was taken meanwhile. */
export async function restoreResource(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, name }: { resourceId: string; name?: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [restored] = await tx
      .update(resource)
      .set({ deletedAt: null, updatedAt: sql`now()` })
      .where(
        and(
          eq(resource.projectId, scope.projectId),
          eq(resource.id, resourceId),
          gt(resource.deletedAt, sql`now() - make_interval(days => ${UNDO_DAYS})`),
        ),
      )
      .returning({ name: resource.deletedName });
    if (!restored)
      throw new AppError("not_found", `This resource can't be brought back: ${UNDO_DAYS} days have passed, or it was restored already.`);
    const taken = await takeName(scope, tx, resourceId, name ?? restored.name ?? "Resource");
    await settlePauses(scope, tx, { resourceId });
    await recordAudit(tx, { ...scope, actor, action: "resource.restore", subject: `resource:${resourceId}`, detail: { name: taken } });
  });
}

/** Destroys the secrets of resources whose undo time is over. Run from time to time by the worker; safe to run twice. */
export async function shredDeletedResources(db: Database): Promise<number> {
  return await db.transaction(async (tx) => {
    const gone = await tx
      .delete(resource)
      .where(sql`${resource.deletedAt} < now() - make_interval(days => ${UNDO_DAYS})`)
      .returning({ projectId: resource.projectId, id: resource.id });
    for (const { projectId, id } of gone) {
      await tx.delete(sealedValue).where(and(eq(sealedValue.projectId, projectId), eq(sealedValue.owner, `resource:${id}`)));
      await recordAudit(tx, { projectId, actor: { kind: "system" }, action: "resource.shred", subject: `resource:${id}` });
    }
    return gone.length;
  });
}
