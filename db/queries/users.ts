import type { Sql } from "#db/client.ts";
import type { BulkProgress, ShownStatus, UserCursor, UserFilter } from "#lib/users/schema.ts";
import { keyTime } from "./keyset.ts";
import type { Scope } from "./scope.ts";
import { beginsWith, searchIds, searchUsers } from "./search-users.ts";
import { COUNT_LIMIT, type Placed, type UserRow, userColumns } from "./user-row.ts";

/*
 * Connected users, for lists that stay as fast at a million as at a thousand: each statement walks an index and stops early. A set of
 * at most a thousand is sorted newest first. A larger one comes in an order that an index has: what a search found by the text that
 * begins so, what a filter left by id. Test users are never among them.
 */

const PAGE = 50;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

export type UserPage = {
  rows: UserRow[];
  /** For the page after this one, or null at the end. */
  next: string | null;
  /** Exact up to 1,000; null for more. */
  total: number | null;
  /** How many users have a credential in each status, at most 1,001; null where a search finds too many to tell. */
  counts: Record<ShownStatus | "all", number> | null;
};

export async function listUsers(scope: Scope, sql: Sql, filter: UserFilter, after: UserCursor | null, limit = PAGE): Promise<UserPage> {
  const deleted = await deletedResources(scope, sql);
  const found = filter.q ? await searchIds(scope, sql, filter.q) : null;
  const [ids, counts] = await Promise.all([
    narrowIds(scope, sql, filter, found, deleted),
    countStatuses(scope, sql, filter, found, deleted),
  ]);
  const isFiltered = Boolean(filter.q || filter.status || filter.resourceId);
  const more = limit + 1;
  const order = ids || !isFiltered ? "newest" : filter.status || filter.resourceId ? "id" : "text";
  const { rows, rest = null } =
    order === "newest"
      ? { rows: await newestUsers(scope, sql, ids, after?.order === order ? after : null, more) }
      : order === "id"
        ? { rows: await walkUsers(scope, sql, filter, after?.order === order ? after.id : FIRST_ID, deleted, more) }
        : await searchUsers(scope, sql, filter.q, after?.order === order ? after : null, more);
  const last = rows.length > limit ? rows[limit - 1]! : null;
  const total = ids ? ids.length : isFiltered || !counts || counts.all > COUNT_LIMIT ? null : counts.all;
  return {
    rows: rows.slice(0, limit).map(({ place: _, ...row }) => row),
    next: last?.place ?? rest,
    total,
    counts,
  };
}

/** The ids of all users that match, or null when they are more than a thousand. */
export async function findFewUsers(scope: Scope, sql: Sql, filter: UserFilter): Promise<string[] | null> {
  const found = filter.q ? await searchIds(scope, sql, filter.q) : null;
  if (!filter.q && !filter.status && !filter.resourceId) {
    const all = await sql<{ id: string }[]>`
      select id from connected_user where project_id = ${scope.projectId} and kind = 'user' order by created_at, id limit ${COUNT_LIMIT + 1}`;
    return few(all.map(({ id }) => id));
  }
  return await narrowIds(scope, sql, filter, found, await deletedResources(scope, sql));
}

/** Users that match, in the order of their ids, after this one: for work that goes through all of them. */
export async function walkUserIds(scope: Scope, sql: Sql, filter: UserFilter, after: string | null, limit: number): Promise<string[]> {
  const { projectId } = scope;
  const start = after ?? FIRST_ID;
  if (!filter.q && !filter.status && !filter.resourceId) {
    const rows = await sql<{ id: string }[]>`
      select id from connected_user where project_id = ${projectId} and kind = 'user' and id > ${start} order by id limit ${limit}`;
    return rows.map(({ id }) => id);
  }
  return (await walkUsers(scope, sql, filter, start, await deletedResources(scope, sql), limit)).map(({ id }) => id);
}

/** How many match, told exactly: not for a list. */
export async function countUsers(scope: Scope, sql: Sql, filter: UserFilter): Promise<number> {
  const deleted = await deletedResources(scope, sql);
  const searched = filter.q ? sql`and ${beginsWith(sql, filter.q)}` : sql``;
  const held = filter.status || filter.resourceId ? sql`and ${holds(scope, sql, filter, deleted)}` : sql``;
  const [row] = await sql<{ n: number }[]>`
    select count(*)::int as n from connected_user u where u.project_id = ${scope.projectId} and u.kind = 'user' ${searched} ${held}`;
  return row!.n;
}

const few = (ids: string[]): string[] | null => (ids.length > COUNT_LIMIT ? null : ids);

/** Of a credential `c`: the filter's status and resource, and not a deleted resource's. */
const fits = (sql: Sql, { status, resourceId }: Pick<UserFilter, "status" | "resourceId">, deleted: string[]) => sql`
  c.owner = 'user' ${status ? sql`and c.shown_status = ${status}` : sql``} ${resourceId ? sql`and c.resource_id = ${resourceId}` : sql``}
  ${deleted.length > 0 ? sql`and c.resource_id <> all(${deleted}::uuid[])` : sql``}`;

const holds = ({ projectId }: Scope, sql: Sql, filter: UserFilter, deleted: string[]) =>
  sql`exists (select from credential c where c.project_id = ${projectId} and c.user_id = u.id and ${fits(sql, filter, deleted)})`;

async function deletedResources({ projectId }: Scope, sql: Sql): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`select id from resource where project_id = ${projectId} and deleted_at is not null`;
  return rows.map(({ id }) => id);
}

/** The whole set where it has at most a thousand users, by whichever of search and filter tells that; null for a larger one. */
async function narrowIds(scope: Scope, sql: Sql, filter: UserFilter, found: string[] | null, deleted: string[]): Promise<string[] | null> {
  const byCredential = Boolean(filter.status || filter.resourceId);
  if (found) {
    if (!byCredential || found.length === 0) return found;
    const rows = await sql<{ id: string }[]>`
      select distinct c.user_id as id from credential c
      where c.project_id = ${scope.projectId} and c.user_id = any(${found}::uuid[]) and ${fits(sql, filter, deleted)}`;
    return rows.map(({ id }) => id);
  }
  if (!byCredential) return null;
  const rows = await sql<{ id: string }[]>`
    select distinct c.user_id as id from credential c where c.project_id = ${scope.projectId} and ${fits(sql, filter, deleted)}
    order by c.user_id limit ${COUNT_LIMIT + 1}`;
  const ids = few(rows.map(({ id }) => id));
  if (!ids || !filter.q || ids.length === 0) return ids;
  const named = await sql<{ id: string }[]>`
    select u.id from connected_user u where u.project_id = ${scope.projectId} and u.id = any(${ids}::uuid[]) and ${beginsWith(sql, filter.q)}`;
  return named.map(({ id }) => id);
}

async function newestUsers(
  { projectId }: Scope,
  sql: Sql,
  ids: string[] | null,
  after: { at: string; id: string } | null,
  limit: number,
): Promise<Placed[]> {
  return await sql<Placed[]>`
    select ${userColumns(sql)}, ${keyTime(sql, "u.created_at")} || '~' || u.id as place from connected_user u
    where u.project_id = ${projectId} and u.kind = 'user' ${ids ? sql`and u.id = any(${ids}::uuid[])` : sql``}
      ${after ? sql`and (u.created_at, u.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by u.created_at desc, u.id desc limit ${limit}`;
}

async function walkUsers(
  { projectId }: Scope,
  sql: Sql,
  filter: UserFilter,
  after: string,
  deleted: string[],
  limit: number,
): Promise<Placed[]> {
  if (!filter.status && !filter.resourceId) {
    return await sql<Placed[]>`
      select ${userColumns(sql)}, u.id as place from connected_user u
      where u.project_id = ${projectId} and u.kind = 'user' and u.id > ${after} and ${beginsWith(sql, filter.q)}
      order by u.id limit ${limit}`;
  }
  return await sql<Placed[]>`
    select ${userColumns(sql)}, u.id as place from (
      select distinct c.user_id from credential c
      where c.project_id = ${projectId} and c.user_id > ${after} and ${fits(sql, filter, deleted)}
      order by c.user_id ${filter.q ? sql`` : sql`limit ${limit}`}
    ) held join connected_user u on u.project_id = ${projectId} and u.id = held.user_id
    where ${filter.q ? beginsWith(sql, filter.q) : sql`true`}
    order by held.user_id limit ${limit}`;
}

async function countStatuses(
  { projectId }: Scope,
  sql: Sql,
  { q, resourceId }: UserFilter,
  found: string[] | null,
  deleted: string[],
): Promise<UserPage["counts"]> {
  if (q && !found) return null;
  const among = found ? sql`and c.user_id = any(${found}::uuid[])` : sql``;
  const upTo = (status: ShownStatus | null) => sql`(select count(*)::int from (
    select distinct c.user_id from credential c where c.project_id = ${projectId} and ${fits(sql, { status, resourceId }, deleted)} ${among}
    order by c.user_id limit ${COUNT_LIMIT + 1}) counted)`;
  const all = found && !resourceId ? sql`${found.length}::int` : resourceId ? upTo(null) : countAll(projectId, sql);
  const [row] = await sql<Record<ShownStatus | "all", number>[]>`
    select ${all} as "all", ${upTo("VALID")} as "VALID", ${upTo("PENDING")} as "PENDING", ${upTo("INVALID")} as "INVALID"`;
  return row!;
}

/** The order is what makes it walk the index: without one, a few rows of many are looked for in the table, however far off they are. */
const countAll = (projectId: string, sql: Sql) => sql`(select count(*)::int from (
  select from connected_user where project_id = ${projectId} and kind = 'user' order by created_at, id limit ${COUNT_LIMIT + 1}) counted)`;

export type CredentialPill = { userId: string; resourceId: string; resource: string; status: ShownStatus };

/** What a list shows of its users' credentials: resource and status. A status follows a publish within seconds. */
export async function listPills({ projectId }: Scope, sql: Sql, userIds: string[]): Promise<CredentialPill[]> {
  if (userIds.length === 0) return [];
  return await sql<CredentialPill[]>`
    select c.user_id as "userId", c.resource_id as "resourceId", n.name as resource, c.shown_status as status
    from credential c
    join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null
    join resource_name n on n.project_id = c.project_id and n.resource_id = c.resource_id and n.is_current
    where c.project_id = ${projectId} and c.owner = 'user' and c.user_id = any(${userIds}::uuid[])
    order by n.name_key`;
}

/** One connected user, or null: unknown, the test user or another project's. */
export async function findConnectedUser({ projectId }: Scope, sql: Sql, userId: string) {
  const [row] = await sql<(UserRow & { metadata: Record<string, unknown> })[]>`
    select u.id, u.external_id as "externalId", u.name, u.email, u.metadata, u.created_at as "createdAt", u.last_seen_at as "lastSeenAt"
    from connected_user u where u.project_id = ${projectId} and u.id = ${userId} and u.kind = 'user'`;
  return row ?? null;
}

export type UserCredential = {
  id: string;
  resourceId: string;
  resource: string;
  liveRevision: number;
  appearance: { icon: string; colour: number };
  status: ShownStatus;
  reason: string | null;
  authType: string;
  generation: number;
  suppliedKeys: string[];
  ciphertext: Uint8Array;
  keyId: string;
  hints: Record<string, string>;
  profile: Record<string, unknown> | null;
  profileId: string | null;
  profileTriedAt: Date | null;
  profileFailingSince: Date | null;
  profileFailure: string | null;
  expiresAt: Date | null;
  refreshAt: Date | null;
  refreshedAt: Date | null;
  refreshFailures: number;
  failingSince: Date | null;
  lastFailure: string | null;
  verifiedAt: Date | null;
  verifyAt: Date | null;
  checkedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

/** A user's credentials for live resources, by the resource's name. */
export async function listCredentialsOf({ projectId }: Scope, sql: Sql, userId: string): Promise<UserCredential[]> {
  return await sql<UserCredential[]>`
    select c.id, c.resource_id as "resourceId", n.name as resource, r.live_revision as "liveRevision", d.body->'appearance' as appearance,
      c.status, c.reason, c.auth_type as "authType", c.generation, c.supplied_keys as "suppliedKeys", c.ciphertext, c.key_id as "keyId",
      c.hints, c.profile, c.profile_id as "profileId", c.profile_tried_at as "profileTriedAt",
      c.profile_failing_since as "profileFailingSince", c.profile_failure as "profileFailure", c.expires_at as "expiresAt", c.refresh_at as "refreshAt", c.refreshed_at as "refreshedAt",
      c.refresh_failures as "refreshFailures", c.failing_since as "failingSince", c.last_failure as "lastFailure", c.verified_at as "verifiedAt",
      c.verify_at as "verifyAt", c.checked_at as "checkedAt", c.created_at as "createdAt", c.updated_at as "updatedAt"
    from credential c
    join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null and r.live_revision is not null
    join resource_name n on n.project_id = c.project_id and n.resource_id = c.resource_id and n.is_current
    join resource_draft d on d.project_id = c.project_id and d.resource_id = c.resource_id
    where c.project_id = ${projectId} and c.owner = 'user' and c.user_id = ${userId}
    order by n.name_key`;
}

/** Whether a credential is one of a connected user of this project: before its timeline is told. */
export async function hasCredential({ projectId }: Scope, sql: Sql, credentialId: string): Promise<boolean> {
  const rows = await sql`select from credential where project_id = ${projectId} and id = ${credentialId} and owner = 'user'`;
  return rows.length > 0;
}

/** The bulk task that runs in this project, or one that was named: with how far it is. */
export async function findBulkTask({ projectId }: Scope, sql: Sql, taskId: string | null): Promise<BulkProgress | null> {
  const [row] = await sql<BulkProgress[]>`
    select id, kind, state, total, done, failed, failures, cursor, nullif(filter->'userIds', 'null'::jsonb) as "userIds"
    from bulk_task where project_id = ${projectId} and kind <> 'replay_runs' and ${taskId ? sql`id = ${taskId}` : sql`state = 'running'`}
    order by created_at desc limit 1`;
  return row ?? null;
}
