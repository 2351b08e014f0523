import type { Database } from "#db/client.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import { cutText } from "#lib/storable.ts";
import { createResource } from "./create-resource.ts";
import type { ResourceDraft } from "./schema.ts";
import { findNameHolder } from "./take-name.ts";

/** A new draft with everything but the secrets, named "<Name> copy" (or "copy 2" ...) unless told otherwise. */
export async function duplicateResource(
  scope: Scope,
  db: Database,
  actor: Actor,
  { resourceId, name }: { resourceId: string; name?: string },
): Promise<{ id: string }> {
  const found = await findResource(scope, db, resourceId);
  if (!found) throw new AppError("not_found", "This resource was deleted. Go back to Resources.");
  return await createResource(scope, db, actor, {
    name: name ?? (await freeName(scope, db, found.name)),
    body: withoutSecrets(found.draft.body),
  });
}

const withoutSecrets = (body: ResourceDraft): ResourceDraft => ({
  ...body,
  oauth: { ...body.oauth, clientSecret: body.oauth.clientSecret?.kind === "input" ? body.oauth.clientSecret : undefined },
});

async function freeName(scope: Scope, db: Database, name: string): Promise<string> {
  for (let n = 1; n <= 100; n++) {
    const suffix = n === 1 ? " copy" : ` copy ${n}`;
    const candidate = `${cutText(name, 64 - suffix.length)}${suffix}`;
    if (!(await findNameHolder(scope, db, candidate))) return candidate;
  }
  throw new AppError("conflict", "There are a hundred copies of this resource already. Give the new one a name of its own.");
}
