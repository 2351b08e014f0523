import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { personOf } from "#lib/credentials/person-of.ts";

/**
 * Replaces what the app knows about a user, who is made when new. A name and an email in it become searchable, before those of a User
 * Profile; one that it doesn't tell stays as known. End users can write this through the SDK: it never reaches a host or an
 * authentication field. `metadata` must be storable.
 */
export async function saveUserMetadata(
  { projectId }: Scope,
  sql: Sql,
  { externalId, metadata }: { externalId: string; metadata: Record<string, unknown> },
): Promise<void> {
  const { name, email } = personOf(metadata);
  await sql`
    insert into connected_user as known (project_id, external_id, kind, metadata, name, email, last_seen_at)
    values (${projectId}, ${externalId}, 'user', ${sql.json(metadata as never)}, ${name}, ${email}, now())
    on conflict (project_id, external_id) where kind = 'user'
    do update set metadata = excluded.metadata, name = coalesce(excluded.name, known.name), email = coalesce(excluded.email, known.email),
      last_seen_at = now()`;
}
