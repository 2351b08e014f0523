import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { cutText } from "#lib/storable.ts";

/**
 * Replaces what the app knows about a user, who is made when new. `name` and `email` in it, in either case, become searchable.
 * End users can write this through the SDK: it never reaches a host or an authentication field. `metadata` must be storable.
 */
export async function saveUserMetadata(
  { projectId }: Scope,
  sql: Sql,
  { externalId, metadata }: { externalId: string; metadata: Record<string, unknown> },
): Promise<void> {
  const text = (...names: string[]) => {
    const value = names.map((name) => metadata[name]).find((found) => typeof found === "string");
    return typeof value === "string" ? cutText(value, 255) : null;
  };
  const name = text("name", "Name");
  const email = text("email", "Email");
  await sql`
    insert into connected_user (project_id, external_id, kind, metadata, name, email, last_seen_at)
    values (${projectId}, ${externalId}, 'user', ${sql.json(metadata as never)}, ${name}, ${email}, now())
    on conflict (project_id, external_id) where kind = 'user'
    do update set metadata = excluded.metadata, name = excluded.name, email = excluded.email, last_seen_at = now()`;
}
