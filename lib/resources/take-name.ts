import { and, eq, isNull, ne } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resource, resourceName } from "#db/schema/resources.ts";
import { AppError } from "#lib/errors.ts";
import { nameKey, ResourceName } from "./schema.ts";

/** Who holds a name in this project: a resource by its current name or by an alias; null when it is free. */
export async function findNameHolder(scope: Scope, db: Database, name: string): Promise<{ resourceId: string; current: boolean } | null> {
  const [row] = await db
    .select({ resourceId: resourceName.resourceId, current: resourceName.isCurrent })
    .from(resourceName)
    .innerJoin(
      resource,
      and(eq(resource.projectId, resourceName.projectId), eq(resource.id, resourceName.resourceId), isNull(resource.deletedAt)),
    )
    .where(and(eq(resourceName.projectId, scope.projectId), eq(resourceName.nameKey, nameKey(name))));
  return row ?? null;
}

/** Makes `name` the resource's current name; the one before stays as an alias. Runs in the caller's transaction. */
export async function takeName(scope: Scope, tx: Database, resourceId: string, given: string): Promise<string> {
  const name = ResourceName.parse(given);
  const key = nameKey(name);
  await tx
    .update(resourceName)
    .set({ isCurrent: false })
    .where(and(eq(resourceName.projectId, scope.projectId), eq(resourceName.resourceId, resourceId), ne(resourceName.nameKey, key)));
  // One's own alias (or another spelling of the current name) may be taken back; anybody else's row stays.
  const [taken] = await tx
    .insert(resourceName)
    .values({ ...scope, nameKey: key, name, resourceId, isCurrent: true })
    .onConflictDoUpdate({
      target: [resourceName.projectId, resourceName.nameKey],
      set: { name, isCurrent: true },
      setWhere: eq(resourceName.resourceId, resourceId),
    })
    .returning({ key: resourceName.nameKey });
  if (taken) return name;
  const holder = await findNameHolder(scope, tx, name);
  const message = holder?.current
    ? `The name "${name}" is taken by another resource of this project. Choose another.`
    : `The name "${name}" is an old name of another resource, which still works in code. Choose another, or remove that alias on its Setup page.`;
  throw new AppError("conflict", message, { fields: { name: message } });
}
