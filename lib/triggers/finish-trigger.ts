import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { trigger } from "#db/schema/triggers.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { diffDrafts } from "#lib/resources/merge-drafts.ts";
import { checkTrigger } from "./check-trigger.ts";
import { lockTrigger, memberOf, refuseOtherVersion } from "./find-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";

/** What was typed holds from the next delivery on, and workflows may start with the trigger. Refused while something is missing. */
export async function finishTrigger(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, version }: { triggerId: string; version: number },
): Promise<void> {
  await db.transaction(async (tx) => {
    const row = await lockTrigger(scope, tx, triggerId);
    refuseOtherVersion(row, version);
    const body = row.draft ?? row.body;
    const { definition, problems } = checkTrigger(body, await loadTriggerContext(scope, tx, { resourceId: row.resourceId, triggerId }));
    if (!definition) {
      const fields = Object.fromEntries(problems.map(({ path, message }) => [path, message]));
      throw new AppError("conflict", problems[0]?.message ?? "Something is missing still.", { fields });
    }
    await tx
      .update(trigger)
      .set({
        body,
        draft: null,
        ready: true,
        finishedAt: row.finishedAt ?? sql`now()`,
        version: version + 1,
        updatedAt: sql`now()`,
        updatedBy: memberOf(actor),
      })
      .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId)));
    const changed = row.draft ? diffDrafts(row.body, row.draft).map(({ path }) => path) : [];
    const detail = { name: row.name, scheme: body.verification.scheme, ...(row.finishedAt ? { changed } : { first: true }) };
    await recordAudit(tx, { ...scope, actor, action: "trigger.finish", subject: `trigger:${triggerId}`, detail });
  });
}

/** What waits for Finish is dropped; what holds stays. */
export async function discardTriggerDraft(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, version }: { triggerId: string; version: number },
): Promise<void> {
  await db.transaction(async (tx) => {
    const row = await lockTrigger(scope, tx, triggerId);
    refuseOtherVersion(row, version);
    await tx
      .update(trigger)
      .set({ draft: null, version: version + 1, updatedAt: sql`now()`, updatedBy: memberOf(actor) })
      .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId)));
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "trigger.discard-draft",
      subject: `trigger:${triggerId}`,
      detail: { name: row.name },
    });
  });
}
