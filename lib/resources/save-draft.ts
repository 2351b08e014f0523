import { and, eq, isNull, sql } from "drizzle-orm";
import { z } from "zod";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resource, resourceDraft } from "#db/schema/resources.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { storableJson } from "#lib/storable.ts";
import { sealDraftSecrets } from "./draft-secrets.ts";
import { ResourceDraft } from "./schema.ts";

export const SaveDraft = z.object({
  resourceId: z.uuid(),
  /** The version that the change was typed on. */
  version: z.int().min(1),
  body: ResourceDraft,
  /** Only Next, Save, Send Test Request and Finish carry these; autosave never does. */
  secrets: z.object({ clientSecret: z.string().min(1).max(4096).optional() }).prefault({}),
});
export type SaveDraft = z.infer<typeof SaveDraft>;

export type SavedDraft =
  | { kind: "saved"; version: number; body: ResourceDraft; savedAt: Date }
  /** Somebody (another tab, another member) saved first. Nothing was written; `theirs` is what stands there now. */
  | { kind: "conflict"; version: number; theirs: ResourceDraft; by: string | null; at: Date };

export async function saveDraft(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, version, body: typed, secrets }: SaveDraft,
): Promise<SavedDraft> {
  // What was pasted may hold what Postgres can't: saving a draft never fails for its text.
  const body = storableJson(typed) ?? typed;
  const ofDraft = and(eq(resourceDraft.projectId, scope.projectId), eq(resourceDraft.resourceId, resourceId));
  return await db.transaction(async (tx): Promise<SavedDraft> => {
    await tx.select({ version: resourceDraft.version }).from(resourceDraft).where(ofDraft).for("update");
    const found = await findResource(scope, tx, resourceId);
    if (!found) throw new AppError("not_found", "This resource was deleted. Go back to Resources; Undo is open for 7 days.");
    const { draft } = found;
    if (draft.version !== version) {
      return { kind: "conflict", version: draft.version, theirs: draft.body, by: draft.updatedBy, at: draft.updatedAt };
    }
    const isLive = found.liveRevision !== null;
    if (isLive && body.level !== found.level) {
      throw new AppError("conflict", "The level is fixed once a resource is live. Duplicate the resource to change it.", {
        fields: { level: "Fixed since the first publish. Duplicate the resource instead." },
      });
    }

    const sealed = await sealDraftSecrets(scope, tx, actor, resourceId, withPlainTestInputs(body), secrets);
    const updatedBy = actor.kind === "member" ? actor.id : null;
    const [saved] = await tx
      .update(resourceDraft)
      .set({ body: sealed, version: version + 1, schemaVersion: bodyVersion("resource"), updatedAt: sql`now()`, updatedBy })
      .where(ofDraft)
      .returning({ version: resourceDraft.version, updatedAt: resourceDraft.updatedAt });
    await tx
      .update(resource)
      .set({ updatedAt: sql`now()`, ...(isLive ? {} : { level: sealed.level ?? null, authType: sealed.authType ?? null }) })
      .where(and(eq(resource.projectId, scope.projectId), eq(resource.id, resourceId), isNull(resource.deletedAt)));
    if (secrets.clientSecret) {
      await recordAudit(tx, {
        ...scope,
        actor,
        action: "resource.set-secret",
        subject: `resource:${resourceId}`,
        detail: { field: "clientSecret" },
      });
    }
    return { kind: "saved", version: saved!.version, body: sealed, savedAt: saved!.updatedAt };
  });
}

/** Whoever makes an input secret afterwards means what was typed before too. */
function withPlainTestInputs(body: ResourceDraft): ResourceDraft {
  const plain = new Set([
    ...body.inputs.filter(({ secret }) => !secret).map(({ key }) => key),
    ...body.apiKeys.filter(({ secret }) => !secret).map(({ name }) => name),
  ]);
  return { ...body, testInputs: Object.fromEntries(Object.entries(body.testInputs).filter(([key]) => plain.has(key))) };
}
