import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { noteUserSeen } from "./note-user-seen.ts";

export type FoundUser = { id: string; metadata: Record<string, unknown> };

/** The connected user with this `sub`, made when it is new. A known user costs one read; that they were seen is noted in batches. */
export async function findUser({ projectId }: Scope, sql: Sql, externalId: string): Promise<FoundUser> {
  const [known] = await sql<FoundUser[]>`
    select id, metadata from connected_user where project_id = ${projectId} and external_id = ${externalId} and kind = 'user'`;
  if (known) {
    noteUserSeen(projectId, known.id);
    return known;
  }
  const [made] = await sql<FoundUser[]>`
    insert into connected_user (project_id, external_id, kind, last_seen_at) values (${projectId}, ${externalId}, 'user', now())
    on conflict (project_id, external_id) where kind = 'user' do update set last_seen_at = now() returning id, metadata`;
  return made!;
}
