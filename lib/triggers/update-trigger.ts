import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { trigger } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { nameKey } from "#lib/resources/schema.ts";
import { checkTrigger } from "./check-trigger.ts";
import { lockTrigger, refuseTakenName } from "./find-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";
import type { TriggerDraft, TriggerProblem } from "./schema.ts";

export type SavedTrigger = { version: number; ready: boolean; problems: TriggerProblem[] };

/** Saves what is typed, complete or not. It holds from the next delivery on; one that lacks something takes no event until it is whole. */
export async function updateTrigger(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, version, name, body }: { triggerId: string; version: number; name?: string; body: TriggerDraft },
): Promise<SavedTrigger> {
  return await db.transaction(async (tx) => {
    const row = await lockTrigger(scope, tx, triggerId);
    if (row.version !== version)
      throw new AppError("conflict", "Someone saved this trigger meanwhile. Reload the page to see theirs, then make your change again.", {
        meta: { version: row.version },
      });
    if (name !== undefined) await refuseTakenName(scope, tx, { resourceId: row.resourceId, name, except: triggerId });
    const { definition, problems } = checkTrigger(body, await loadTriggerContext(scope, tx, { resourceId: row.resourceId, triggerId }));
    const ready = definition !== null;
    await tx
      .update(trigger)
      .set({ body, ready, version: version + 1, updatedAt: sql`now()`, ...(name === undefined ? {} : { name, nameKey: nameKey(name) }) })
      .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId)));
    const detail = { name: name ?? row.name, scheme: body.verification.scheme, ready };
    await recordAudit(tx, { ...scope, actor, action: "trigger.update", subject: `trigger:${triggerId}`, detail });
    return { version: version + 1, ready, problems };
  });
}
