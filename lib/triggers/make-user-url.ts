import { and, eq } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { triggerSubscription } from "#db/schema/triggers.ts";
import { connectedUser } from "#db/schema/users.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { lockTrigger } from "./find-trigger.ts";
import { webhookUrl } from "./read-trigger.ts";
import { makeWebhookToken, openWebhookToken } from "./webhook-token.ts";

/** One user's URL of a user-level trigger, the same every time. For triggers made by hand: to paste where the API asks for it. */
export async function makeUserUrl(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, userId }: { triggerId: string; userId: string },
): Promise<{ url: string }> {
  return await db.transaction(async (tx) => {
    const { body } = await lockTrigger(scope, tx, triggerId);
    if (body.level !== "user") throw new AppError("conflict", "This trigger has one URL for all users. Copy that one.");
    const ofUser = and(eq(connectedUser.projectId, scope.projectId), eq(connectedUser.id, userId));
    const [user] = await tx.select({ id: connectedUser.id }).from(connectedUser).where(ofUser);
    if (!user) throw new AppError("not_found", "There is no such user in this project. Go back to Connected Users.");
    const { id, ciphertext, keyId, isNew } = await findOrMakeSubscription(scope, tx, { triggerId, userId });
    if (isNew)
      await recordAudit(tx, { ...scope, actor, action: "trigger.make-user-url", subject: `trigger:${triggerId}`, detail: { userId } });
    return { url: webhookUrl(openWebhookToken(scope, id, { ciphertext, keyId })) };
  });
}

/** One user's part in a trigger. Call with the trigger's row held. */
export async function findOrMakeSubscription(
  scope: Scope,
  tx: Database,
  { triggerId, userId }: { triggerId: string; userId: string },
): Promise<{ id: string; ciphertext: Uint8Array; keyId: string; isNew: boolean }> {
  const [known] = await tx
    .select({ id: triggerSubscription.id, ciphertext: triggerSubscription.ciphertext, keyId: triggerSubscription.keyId })
    .from(triggerSubscription)
    .where(
      and(
        eq(triggerSubscription.projectId, scope.projectId),
        eq(triggerSubscription.triggerId, triggerId),
        eq(triggerSubscription.userId, userId),
      ),
    );
  if (known) return { ...known, isNew: false };
  const id = crypto.randomUUID();
  const { stored } = makeWebhookToken(scope, id);
  await tx.insert(triggerSubscription).values({ ...scope, id, triggerId, userId, ...stored });
  return { id, ciphertext: stored.ciphertext, keyId: stored.keyId, isNew: true };
}
