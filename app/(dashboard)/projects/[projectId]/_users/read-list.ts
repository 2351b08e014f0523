import type { UsersViewProps } from "#components/users/users-view.tsx";
import { getDatabase } from "#db/client.ts";
import { listResourceNames } from "#db/queries/projects.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findBulkTask, listPills, listUsers } from "#db/queries/users.ts";
import { can, type Role } from "#lib/projects/roles.ts";
import { UserCursor, UserFilter } from "#lib/users/schema.ts";
import { deleteUsersAction, readBulkAction, startBulkAction, stopBulkAction } from "./actions.ts";

export type UserSearchParams = Promise<Record<string, string | string[] | undefined>>;

/** The list for these filters; what isn't a filter in the address is none. `resource`: on its own page, its users only. */
export async function readUserList(
  scope: Scope,
  role: Role,
  search: UserSearchParams,
  resource: { id: string; name: string } | null,
): Promise<UsersViewProps> {
  const { db, sql } = getDatabase();
  const given = await search;
  const resources = await listResourceNames(scope, db);
  const filter: UserFilter = {
    q: UserFilter.shape.q.safeParse(given.q ?? "").data ?? "",
    status: UserFilter.shape.status.safeParse(typeof given.status === "string" ? given.status.toUpperCase() : null).data ?? null,
    resourceId: resource?.id ?? resources.find(({ id }) => id === given.resource)?.id ?? null,
  };
  const [page, task] = await Promise.all([
    listUsers(scope, sql, filter, UserCursor.safeParse(given.after).data ?? null),
    findBulkTask(scope, sql, null),
  ]);
  const pills = await listPills(
    scope,
    sql,
    page.rows.map(({ id }) => id),
  );
  const isUnfiltered = !filter.q && !filter.status && (resource || !filter.resourceId);
  return {
    projectId: scope.projectId,
    resource,
    resources,
    rows: page.rows.map(({ id, externalId, name, email, lastSeenAt }) => ({
      id,
      externalId,
      name,
      email,
      lastSeenAt: lastSeenAt?.toISOString() ?? null,
      credentials: pills
        .filter(({ userId }) => userId === id)
        .map(({ resourceId, resource, status }) => ({ resourceId, resource, status })),
    })),
    total: page.total,
    counts: page.counts,
    next: page.next,
    isEmpty: Boolean(isUnfiltered && page.counts?.all === 0),
    may: { act: can(role, "credentials.write"), delete: can(role, "users.delete") },
    task,
    actions: { start: startBulkAction, deleteUsers: deleteUsersAction, stop: stopBulkAction, read: readBulkAction },
  };
}
