import { and, eq, sql } from "drizzle-orm";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { member } from "#db/schema/members.ts";
import { trigger } from "#db/schema/triggers.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { diffDrafts } from "#lib/resources/merge-drafts.ts";
import { nameKey } from "#lib/resources/schema.ts";
import { storableJson } from "#lib/storable.ts";
import { checkTrigger } from "./check-trigger.ts";
import { lockTrigger, memberOf, refuseTakenName, type TriggerRow } from "./find-trigger.ts";
import { loadTriggerContext } from "./load-context.ts";
import type { TriggerForm, TriggerProblem } from "./schema.ts";

export type SavedTriggerDraft =
  | { kind: "saved"; version: number; savedAt: Date; draft: TriggerForm; problems: TriggerProblem[] }
  /** Somebody (another tab, another member) saved first. Nothing was written; `theirs` is what stands there now. */
  | { kind: "conflict"; version: number; theirs: TriggerForm; by: string | null; at: Date };

/**
 * Keeps what is typed, complete or not. Once the trigger was finished it waits beside what holds, for the next Finish: half a header name
 * must not refuse live events. Before, nothing hangs on it, and events can be tried on it at once. A name holds at once (it is identity,
 * as a resource's). Not audited: Finish is.
 */
export async function saveTriggerDraft(
  scope: Scope,
  db: Database,
  actor: Actor,
  { triggerId, version, draft: typed }: { triggerId: string; version: number; draft: TriggerForm },
): Promise<SavedTriggerDraft> {
  // What was pasted may hold what Postgres can't: saving a draft never fails for its text.
  const draft = storableJson(typed) ?? typed;
  const { name, body } = draft;
  return await db.transaction(async (tx): Promise<SavedTriggerDraft> => {
    const row = await lockTrigger(scope, tx, triggerId);
    if (row.version !== version) {
      const theirs = { name: row.name, body: row.draft ?? row.body };
      return { kind: "conflict", version: row.version, theirs, by: await nameOf(tx, row.updatedBy), at: row.updatedAt };
    }
    if (name !== row.name) await refuseTakenName(scope, tx, { resourceId: row.resourceId, name, except: triggerId });
    const { definition, problems } = checkTrigger(body, await loadTriggerContext(scope, tx, { resourceId: row.resourceId, triggerId }));
    const [saved] = await tx
      .update(trigger)
      .set({
        ...(row.finishedAt ? { draft: waiting(row, body) } : { body, ready: definition !== null }),
        name,
        nameKey: nameKey(name),
        version: version + 1,
        updatedAt: sql`now()`,
        updatedBy: memberOf(actor),
      })
      .where(and(eq(trigger.projectId, scope.projectId), eq(trigger.id, triggerId)))
      .returning({ version: trigger.version, savedAt: trigger.updatedAt });
    return { kind: "saved", ...saved!, draft, problems };
  });
}

const waiting = (row: TriggerRow, body: TriggerForm["body"]) => (diffDrafts(row.body, body).length === 0 ? null : body);

async function nameOf(tx: Database, memberId: string | null): Promise<string | null> {
  if (!memberId) return null;
  const [row] = await tx.select({ name: member.name }).from(member).where(eq(member.id, memberId));
  return row?.name ?? null;
}
