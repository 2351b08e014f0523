import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { trigger } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { nameKey } from "#lib/resources/schema.ts";
import { checkTrigger } from "./check-trigger.ts";
import { memberOf, refuseTakenName } from "./find-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";
import { emptyTrigger, type TriggerDraft } from "./schema.ts";
import { makeWebhookToken } from "./webhook-token.ts";

/** Declares a webhook endpoint on a resource. Its URL holds from now on: what comes in before the trigger is ready is quarantined. */
export async function createTrigger(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, name, body }: { resourceId: string; name: string; body?: TriggerDraft },
): Promise<{ id: string }> {
  return await db.transaction(async (tx) => {
    const context = await loadTriggerContext(scope, tx, { resourceId, triggerId: null });
    await refuseTakenName(scope, tx, { resourceId, name });
    const id = crypto.randomUUID();
    const draft = body ?? startingDraft(context.resourceLevel);
    await tx.insert(trigger).values({
      ...scope,
      id,
      resourceId,
      name,
      nameKey: nameKey(name),
      schemaVersion: bodyVersion("trigger"),
      body: draft,
      ready: checkTrigger(draft, context).definition !== null,
      ...makeWebhookToken(scope, id).stored,
      createdBy: memberOf(actor),
      updatedBy: memberOf(actor),
    });
    await recordAudit(tx, { ...scope, actor, action: "trigger.create", subject: `trigger:${id}`, detail: { name, resourceId } });
    return { id };
  });
}

/** An app-level resource has nobody to tell apart. */
function startingDraft(resourceLevel: "user" | "app"): TriggerDraft {
  const draft = emptyTrigger();
  return resourceLevel === "app" ? { ...draft, level: "app", user: { by: "nobody" } } : draft;
}
