import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { trigger, triggerSecret, triggerSubscription } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { lockTrigger } from "./find-trigger.ts";

/**
 * Its URLs answer 404 from the next request on, and its secrets are gone. APIs that were told of it are told that it ends; the row stays
 * until then (settle-subscriptions removes it). Workflows that start with it stay, and start no more.
 */
export async function deleteTrigger(scope: Scope, db: Database, actor: Actor, { triggerId }: { triggerId: string }): Promise<void> {
  await db.transaction(async (tx) => {
    const { name, resourceId } = await lockTrigger(scope, tx, triggerId);
    const { projectId } = scope;
    await tx
      .update(trigger)
      .set({ deletedAt: sql`now()`, ready: false })
      .where(and(eq(trigger.projectId, projectId), eq(trigger.id, triggerId)));
    await tx.delete(triggerSecret).where(and(eq(triggerSecret.projectId, projectId), eq(triggerSecret.triggerId, triggerId)));
    await tx
      .update(triggerSubscription)
      .set({ wanted: false, attempts: 0, nextTryAt: sql`case when state <> 'idle' then now() end` })
      .where(and(eq(triggerSubscription.projectId, projectId), eq(triggerSubscription.triggerId, triggerId)));
    await recordAudit(tx, { ...scope, actor, action: "trigger.delete", subject: `trigger:${triggerId}`, detail: { name, resourceId } });
  });
}
