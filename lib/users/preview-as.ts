import type { Database, Sql } from "#db/client.ts";
import { findResource } from "#db/queries/resources.ts";
import type { Scope } from "#db/queries/scope.ts";
import { listUsers } from "#db/queries/users.ts";
import { openSecrets } from "#lib/credentials/save-credential.ts";
import { plainKeysOf } from "#lib/credentials/schema.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import type { PreviewAs, PreviewPerson } from "./schema.ts";

const MOST_FOUND = 20;

type Stored = {
  id: string;
  metadata: Record<string, unknown>;
  profile: Record<string, unknown> | null;
  isProfileStale: boolean;
  credentialId: string | null;
  ciphertext: Uint8Array;
  keyId: string;
};

/**
 * Connected users that a text finds, and, where it is the very id of one, what a preview may show of them: values that are plain, both
 * as they were supplied and by the draft, the profile and the metadata. No secret leaves here, not even its end.
 */
export async function previewAs(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  { resourceId, text }: { resourceId: string; text: string },
): Promise<PreviewAs> {
  const found = await findResource(scope, db, resourceId);
  if (!found) return { found: [], chosen: null };
  const [{ rows }, [stored]] = await Promise.all([
    listUsers(scope, sql, { q: text, status: null, resourceId: null }, null, MOST_FOUND),
    sql<Stored[]>`
      select u.external_id as id, u.metadata, c.profile, c.profile is not null and c.profile_failing_since is not null as "isProfileStale", c.id as "credentialId", c.ciphertext, c.key_id as "keyId"
      from connected_user u
      left join credential c on c.project_id = u.project_id and c.user_id = u.id and c.resource_id = ${resourceId} and c.owner = 'user'
      where u.project_id = ${scope.projectId} and u.kind = 'user' and u.external_id = ${text}`,
  ]);
  return {
    found: rows.map(({ externalId, name, email }) => ({ id: externalId, label: name ?? email ?? "" })),
    chosen: stored ? personOf(scope, found.draft.body as ResourceDefinition, stored) : null,
  };
}

function personOf(scope: Scope, definition: ResourceDefinition, { credentialId, ciphertext, keyId, ...user }: Stored): PreviewPerson {
  const { id, metadata, profile, isProfileStale } = user;
  if (!credentialId) return { id, metadata, profile: null, isProfileStale: false, plain: {}, isConnected: false };
  const secrets = openSecrets(scope, credentialId, { ciphertext, keyId });
  const values: Record<string, string | undefined> = { ...secrets.inputs, ...secrets.keys };
  const plain = [...plainKeysOf(definition, secrets)].flatMap((key) => (values[key] === undefined ? [] : [[key, values[key]] as const]));
  return { id, metadata, profile, isProfileStale, plain: Object.fromEntries(plain), isConnected: true };
}
