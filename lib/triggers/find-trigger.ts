import { and, eq, isNull, ne, sql } from "drizzle-orm";
import { refuseNewer } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resource } from "#db/schema/resources.ts";
import { trigger } from "#db/schema/triggers.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { nameKey } from "#lib/resources/schema.ts";

export type TriggerRow = typeof trigger.$inferSelect;

export const noTrigger = () => new AppError("not_found", "There is no such trigger in this project. Go back to the resource’s Triggers.");

/** The row, held until the transaction ends. One of a deleted resource is gone, too. */
export async function lockTrigger(scope: Scope, tx: Database, triggerId: string): Promise<TriggerRow> {
  const [row] = await tx
    .select()
    .from(trigger)
    .where(
      and(
        eq(trigger.projectId, scope.projectId),
        eq(trigger.id, triggerId),
        isNull(trigger.deletedAt),
        sql`exists (select 1 from ${resource} r where r.project_id = ${trigger.projectId} and r.id = ${trigger.resourceId} and r.deleted_at is null)`,
      ),
    )
    .for("update");
  if (!row) throw noTrigger();
  refuseNewer("trigger", row.schemaVersion);
  return row;
}

export const memberOf = (actor: Actor): string | null => (actor.kind === "member" ? actor.id : null);

export function refuseOtherVersion(row: TriggerRow, version: number): void {
  if (row.version === version) return;
  throw new AppError("conflict", "Someone saved this trigger meanwhile. Reload the page to see theirs, then make your change again.", {
    meta: { version: row.version },
  });
}

/** Names are unique per resource, so that the editor's menu can be read. */
export async function refuseTakenName(
  { projectId }: Scope,
  tx: Database,
  { resourceId, name, except }: { resourceId: string; name: string; except?: string },
): Promise<void> {
  const [taken] = await tx
    .select({ name: trigger.name })
    .from(trigger)
    .where(
      and(
        eq(trigger.projectId, projectId),
        eq(trigger.resourceId, resourceId),
        eq(trigger.nameKey, nameKey(name)),
        isNull(trigger.deletedAt),
        ...(except ? [ne(trigger.id, except)] : []),
      ),
    );
  if (!taken) return;
  const message = `There is a trigger named ${taken.name} on this resource already. Choose another name.`;
  throw new AppError("conflict", message, { fields: { name: message } });
}
