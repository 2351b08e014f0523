import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { countUsers, walkUserIds } from "#db/queries/users.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import type { ActResult, BulkWalk } from "#lib/bulk/run-bulk-task.ts";
import { BulkFilter, type BulkKind } from "./schema.ts";

export type BulkCredential = { id: string; userId: string; resource: string };

/** What a bulk task does to one credential, or to one user. */
export type BulkActs = {
  refresh(scope: Scope, actor: Actor, credential: BulkCredential): Promise<ActResult>;
  verify(scope: Scope, actor: Actor, credential: BulkCredential): Promise<ActResult>;
  disconnect(scope: Scope, actor: Actor, credential: BulkCredential): Promise<ActResult>;
  deleteUser(scope: Scope, actor: Actor, userId: string): Promise<ActResult>;
};

/** The walks of all acts on users: those of a filter, or those that were named. */
export const userWalks = (sql: Sql, acts: BulkActs): Record<BulkKind, BulkWalk> => ({
  refresh: walkUsers(sql, acts, "refresh"),
  verify: walkUsers(sql, acts, "verify"),
  disconnect: walkUsers(sql, acts, "disconnect"),
  delete_users: walkUsers(sql, acts, "delete_users"),
});

function walkUsers(sql: Sql, acts: BulkActs, kind: BulkKind): BulkWalk {
  return {
    count: (scope, filter) => countUsers(scope, sql, BulkFilter.parse(filter)),
    next: async (scope, given, cursor, step) => {
      const filter = BulkFilter.parse(given);
      if (!filter.userIds) return await walkUserIds(scope, sql, filter, cursor, step);
      // As Postgres orders ids, and as the page tells who is done: byte by byte.
      const left = filter.userIds.filter((id) => cursor === null || id > cursor);
      return left.sort().slice(0, step);
    },
    act: (scope, actor, { filter }, userId) => actOnUser(scope, sql, acts, { kind, filter: BulkFilter.parse(filter), actor, userId }),
  };
}

type UserAct = { kind: BulkKind; filter: BulkFilter; actor: Actor; userId: string };

async function actOnUser(scope: Scope, sql: Sql, acts: BulkActs, { kind, filter, actor, userId }: UserAct): Promise<ActResult> {
  if (kind === "delete_users") return await acts.deleteUser(scope, actor, userId);
  const messages: string[] = [];
  for (const credential of await credentialsOf(scope, sql, kind, filter, userId)) {
    const result = await acts[kind](scope, actor, credential);
    if (!result.ok) messages.push(`${credential.resource}: ${result.message}`);
  }
  return messages.length > 0 ? { ok: false, message: messages.join(" ") } : { ok: true };
}

/** The user's credentials that the task is for. Keys have nothing to refresh. */
const credentialsOf = async (
  { projectId }: Scope,
  sql: Sql,
  kind: BulkKind,
  { status, resourceId }: BulkFilter,
  userId: string,
): Promise<BulkCredential[]> => sql<BulkCredential[]>`
  select c.id, c.user_id as "userId", n.name as resource from credential c
  join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null
  join resource_name n on n.project_id = c.project_id and n.resource_id = c.resource_id and n.is_current
  where c.project_id = ${projectId} and c.user_id = ${userId} and c.owner = 'user'
    ${status ? sql`and c.shown_status = ${status}` : sql``} ${resourceId ? sql`and c.resource_id = ${resourceId}` : sql``}
    ${kind === "refresh" ? sql`and c.auth_type <> 'api_key'` : sql``}
  order by c.id`;
