import { and, asc, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { trigger, triggerSecret } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { hintOf, open, type Sealed, seal } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";
import { checkTrigger } from "./check-trigger.ts";
import { lockTrigger } from "./find-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";

/** Two, so that a new secret can be set before the API signs with it. */
export const LIVE_SECRETS = 2;

/** A further live secret; where two are live already, the older one goes. "Last seen" of each says when the old one is done with. */
export async function addTriggerSecret(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, value }: { triggerId: string; value: string },
): Promise<{ id: string }> {
  return await db.transaction(async (tx) => {
    const row = await lockTrigger(scope, tx, triggerId);
    const ofTrigger = and(eq(triggerSecret.projectId, scope.projectId), eq(triggerSecret.triggerId, triggerId));
    const live = await tx.select({ id: triggerSecret.id }).from(triggerSecret).where(ofTrigger).orderBy(asc(triggerSecret.setAt));
    for (const { id } of live.slice(0, Math.max(0, live.length - LIVE_SECRETS + 1)))
      await tx.delete(triggerSecret).where(and(ofTrigger, eq(triggerSecret.id, id)));
    const id = crypto.randomUUID();
    const { ciphertext, keyId } = seal(value, { ...scope, rowId: id, field: SEALED_FIELD.triggerSecret });
    // A password is never hinted at (rules.md, Resources 8).
    const isPassword = [row.body, row.draft].some((each) => each?.verification.scheme === "basic");
    const hint = isPassword ? "" : hintOf(value);
    await tx.insert(triggerSecret).values({
      ...scope,
      id,
      triggerId,
      ciphertext,
      keyId,
      hint,
      setBy: actor.kind === "member" ? actor.id : null,
      setAt: sql`clock_timestamp()`,
    });
    await settleReady(scope, tx, triggerId);
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "trigger.set-secret",
      subject: `trigger:${triggerId}`,
      detail: { live: Math.min(live.length + 1, LIVE_SECRETS) },
    });
    return { id };
  });
}

/** From the next delivery on it verifies nothing. Without any secret the trigger takes no event, where its scheme needs one. */
export async function removeTriggerSecret(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, secretId }: { triggerId: string; secretId: string },
): Promise<void> {
  await db.transaction(async (tx) => {
    await lockTrigger(scope, tx, triggerId);
    const gone = await tx
      .delete(triggerSecret)
      .where(and(eq(triggerSecret.projectId, scope.projectId), eq(triggerSecret.triggerId, triggerId), eq(triggerSecret.id, secretId)))
      .returning({ id: triggerSecret.id });
    if (gone.length === 0) throw new AppError("not_found", "This secret is gone already. Reload the page.");
    await settleReady(scope, tx, triggerId);
    await recordAudit(tx, { ...scope, actor, action: "trigger.remove-secret", subject: `trigger:${triggerId}` });
  });
}

export const openTriggerSecret = (scope: Scope, id: string, sealed: Sealed): string =>
  open(sealed, { ...scope, rowId: id, field: SEALED_FIELD.triggerSecret });

async function settleReady(scope: Scope, tx: Database, triggerId: string): Promise<void> {
  const { body, resourceId } = await lockTrigger(scope, tx, triggerId);
  const ready = checkTrigger(body, await loadTriggerContext(scope, tx, { resourceId, triggerId })).definition !== null;
  await tx
    .update(trigger)
    .set({ ready, updatedAt: sql`now()` })
    .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId)));
}
