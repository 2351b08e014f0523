import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { resource, resourceDraft } from "#db/schema/resources.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { emptyDraft, type ResourceDraft } from "./schema.ts";
import { takeName } from "./take-name.ts";

/** Makes a resource with an empty draft (or a copy of `body`). A taken name is a conflict that says whose it is. */
export async function createResource(
  scope: Scope,
  db: Database,
  actor: Actor,
  { name, body = emptyDraft() }: { name: string; body?: ResourceDraft },
): Promise<{ id: string }> {
  return await db.transaction(async (tx) => {
    const [row] = await tx
      .insert(resource)
      .values({
        ...scope,
        level: body.level ?? null,
        authType: body.authType ?? null,
        createdBy: actor.kind === "member" ? actor.id : null,
      })
      .returning({ id: resource.id });
    const { id } = row!;
    await takeName(scope, tx, id, name);
    await tx.insert(resourceDraft).values({
      ...scope,
      resourceId: id,
      schemaVersion: bodyVersion("resource"),
      body,
      updatedBy: actor.kind === "member" ? actor.id : null,
    });
    await recordAudit(tx, { ...scope, actor, action: "resource.create", subject: `resource:${id}`, detail: { name } });
    return { id };
  });
}
