import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listBodiesWithSecrets } from "#db/queries/secrets.ts";
import { secretsOf } from "./list-secret-references.ts";
import type { ResourceDefinition, ResourceDraft } from "./schema.ts";

/** A resource that reads a secret: in what calls use now, in its draft, or both. */
export type SecretUse = { resourceId: string; name: string; isLive: boolean; isDraft: boolean; isDeleted: boolean };

/** Who reads which secret, by the secret's name. Deleted resources count as long as Undo is open. */
export async function listSecretUses(scope: Scope, db: Database): Promise<Map<string, SecretUse[]>> {
  const uses = new Map<string, SecretUse[]>();
  for (const { id, name, isDeleted, draft, live } of await listBodiesWithSecrets(scope, db)) {
    const [inLive, inDraft] = [namesIn(live), namesIn(draft)];
    for (const secret of new Set([...inLive, ...inDraft])) {
      const use = { resourceId: id, name, isLive: inLive.includes(secret), isDraft: inDraft.includes(secret), isDeleted };
      uses.set(secret, [...(uses.get(secret) ?? []), use]);
    }
  }
  return uses;
}

const namesIn = (body: ResourceDefinition | ResourceDraft | null): string[] =>
  body ? [...secretsOf(body, "token"), ...secretsOf(body, "request")] : [];
