import { and, eq, isNull, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resource, resourceName } from "#db/schema/resources.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { takeName } from "./take-name.ts";

/** Takes effect at once: identity isn't versioned. The old name stays an alias until removed. */
export async function renameResource(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, name }: { resourceId: string; name: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const [found] = await tx
      .update(resource)
      .set({ updatedAt: sql`now()` })
      .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)))
      .returning({ id: resource.id });
    if (!found) throw new AppError("not_found", "This resource doesn't exist any more. Go back to Resources.");
    const taken = await takeName(scope, tx, resourceId, name);
    await recordAudit(tx, { ...scope, actor, action: "resource.rename", subject: `resource:${resourceId}`, detail: { name: taken } });
  });
}

/** Ends an old name: code that still uses it gets 404 from now on. */
export async function removeAlias(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, name }: { resourceId: string; name: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    const removed = await tx
      .delete(resourceName)
      .where(
        and(
          eq(resourceName.projectId, scope.projectId),
          eq(resourceName.resourceId, resourceId),
          eq(resourceName.name, name),
          eq(resourceName.isCurrent, false),
        ),
      )
      .returning({ name: resourceName.name });
    if (removed.length === 0) throw new AppError("not_found", `"${name}" is not an old name of this resource. Reload the page.`);
    await recordAudit(tx, { ...scope, actor, action: "resource.remove-alias", subject: `resource:${resourceId}`, detail: { name } });
  });
}
