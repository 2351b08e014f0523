import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { triggerSubscription } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";

/** A member's word: another try at once, from the first gap on. False where nothing is left to try, or nothing is there. */
export async function retrySubscription(
  scope: Scope,
  db: Database,
  actor: Actor,
  { subscriptionId }: { subscriptionId: string },
): Promise<boolean> {
  return await db.transaction(async (tx) => {
    const [retried] = await tx
      .update(triggerSubscription)
      .set({
        attempts: 0,
        nextTryAt: sql`now()`,
        state: sql`case when ${triggerSubscription.state} = 'stuck' then 'failing' else ${triggerSubscription.state} end`,
      })
      .where(
        and(
          eq(triggerSubscription.projectId, scope.projectId),
          eq(triggerSubscription.id, subscriptionId),
          inArray(triggerSubscription.state, ["failing", "removing", "stuck"]),
        ),
      )
      .returning({ triggerId: triggerSubscription.triggerId, userId: triggerSubscription.userId });
    if (!retried) return false;
    const { triggerId, userId } = retried;
    const detail = { subscriptionId, ...(userId ? { userId } : {}) };
    await recordAudit(tx, { ...scope, actor, action: "subscription.retry", subject: `trigger:${triggerId}`, detail });
    return true;
  });
}
