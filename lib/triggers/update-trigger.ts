import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { trigger } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { mergeDrafts } from "#lib/resources/merge-drafts.ts";
import { checkTrigger } from "./check-trigger.ts";
import { lockTrigger, memberOf, refuseOtherVersion } from "./find-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";
import type { TriggerDraft, TriggerProblem } from "./schema.ts";

export type SavedTrigger = { version: number; ready: boolean; problems: TriggerProblem[] };

/**
 * Changes what holds, at once: for changes that aren't typed, as those of the signature doctor. One that lacks something takes no event
 * until it is whole. What is being typed meanwhile stays, upon the change.
 */
export async function updateTrigger(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, version, body }: { triggerId: string; version: number; body: TriggerDraft },
): Promise<SavedTrigger> {
  return await db.transaction(async (tx) => {
    const row = await lockTrigger(scope, tx, triggerId);
    refuseOtherVersion(row, version);
    const { definition, problems } = checkTrigger(body, await loadTriggerContext(scope, tx, { resourceId: row.resourceId, triggerId }));
    const ready = definition !== null;
    await tx
      .update(trigger)
      .set({
        body,
        draft: row.draft && mergeDrafts(row.body, row.draft, body).merged,
        ready,
        version: version + 1,
        updatedAt: sql`now()`,
        updatedBy: memberOf(actor),
      })
      .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId)));
    const detail = { name: row.name, scheme: body.verification.scheme, ready };
    await recordAudit(tx, { ...scope, actor, action: "trigger.update", subject: `trigger:${triggerId}`, detail });
    return { version: version + 1, ready, problems };
  });
}
