import { and, eq, sql } from "drizzle-orm";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import { findResource, findRevision } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resourceDraft } from "#db/schema/resources.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { emptyDraft, type ResourceDefinition, ResourceDraft } from "./schema.ts";

/** A definition as a draft: sections that its authentication type has no use for come from `beside`. */
export const draftOf = (definition: ResourceDefinition, beside: ResourceDraft = emptyDraft()): ResourceDraft =>
  ResourceDraft.parse({ ...beside, ...definition });

/**
 * Brings a revision's fields back into the draft. A sealed Client Secret stays today's, if there is one: old values never return. One that
 * is a Required Input's is a field like others.
 */
export async function restoreRevision(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, number }: { resourceId: string; number: number },
): Promise<{ version: number }> {
  return await db.transaction(async (tx) => {
    const [found, revision] = await Promise.all([findResource(scope, tx, resourceId), findRevision(scope, tx, resourceId, number)]);
    if (!found || !revision) throw new AppError("not_found", "This revision doesn't exist. Reload the page.");
    const body = draftOf(revision.body, found.draft.body);
    const today = found.draft.body.oauth.clientSecret;
    if (body.oauth.clientSecret?.kind !== "input")
      body.oauth = { ...body.oauth, clientSecret: today?.kind === "sealed" ? today : undefined };
    const [saved] = await tx
      .update(resourceDraft)
      .set({
        body,
        version: sql`${resourceDraft.version} + 1`,
        schemaVersion: bodyVersion("resource"),
        updatedAt: sql`now()`,
        updatedBy: actor.kind === "member" ? actor.id : null,
      })
      .where(and(eq(resourceDraft.projectId, scope.projectId), eq(resourceDraft.resourceId, resourceId)))
      .returning({ version: resourceDraft.version });
    await recordAudit(tx, {
      ...scope,
      actor,
      action: "resource.restore-revision",
      subject: `resource:${resourceId}`,
      detail: { revision: number },
    });
    return saved!;
  });
}
