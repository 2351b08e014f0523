import type { Sql } from "#db/client.ts";

export type ConnectFacts = {
  requireAudience: boolean;
  keyIds: string[];
  /** Null when the resource is unknown, deleted, another project's or not published. */
  resource: { id: string; liveRevision: number } | null;
  credential: StoredConnection | null;
  /** Whether a failed reconnect left something behind: findCandidate() has it. */
  hasCandidate: boolean;
  /** What the app has saved about the user; empty for one that isn't known yet. */
  userMetadata: Record<string, unknown>;
  /** Whether the project has a live workflow that begins with User Connected: which of them it starts is told later. */
  startsWorkflows: boolean;
};

export type StoredConnection = {
  id: string;
  userId: string;
  generation: number;
  suppliedDigest: Uint8Array;
  status: "VALID" | "INVALID" | "PENDING";
  reason: string | null;
  /** False for what a failed first connect left. */
  hasConnected: boolean;
  authType: string;
  suppliedKeys: string[];
  ciphertext: Uint8Array;
  keyId: string;
  profile: Record<string, unknown> | null;
  profileId: string | null;
  expiresAt: Date | null;
  refreshedAt: Date | null;
  refreshFailures: number;
  createdAt: Date;
  updatedAt: Date;
};

type Row = {
  requireAudience: boolean;
  keyIds: string[];
  resourceId: string | null;
  liveRevision: number;
  hasCandidate: boolean;
  startsWorkflows: boolean;
  userMetadata: Record<string, unknown> | null;
} & { [Key in keyof StoredConnection]: StoredConnection[Key] | null };

/**
 * All that a connect call must know, in one indexed statement: which signing keys count, which revision is live, what is stored.
 * Nothing of it is cached, so a revoked key or a new revision counts from the next call on. Null for an unknown project. Ids must
 * be UUIDs; `externalId` comes from a token that isn't verified yet, so nothing may be told before it is.
 */
export async function findConnectFacts(sql: Sql, projectId: string, resourceId: string, externalId: string): Promise<ConnectFacts | null> {
  const [row] = await sql<Row[]>`
    select p.require_audience as "requireAudience",
      array(select k.id::text from signing_key k
        where k.project_id = p.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        order by k.created_at desc) as "keyIds",
      r.id as "resourceId", r.live_revision as "liveRevision", u.metadata as "userMetadata",
      exists (select from credential k
        where k.project_id = p.id and k.resource_id = r.id and k.owner = 'candidate' and k.user_id = u.id) as "hasCandidate",
      exists (select from workflow w where w.project_id = p.id and w.trigger_type = 'user_connected'
        and w.is_enabled and w.deleted_at is null) as "startsWorkflows",
      c.id, u.id as "userId", c.generation, c.supplied_digest as "suppliedDigest", c.status, c.reason, c.has_connected as "hasConnected", c.auth_type as "authType", c.supplied_keys as "suppliedKeys",
      c.ciphertext, c.key_id as "keyId", c.profile, c.profile_id as "profileId", c.expires_at as "expiresAt",
      c.refreshed_at as "refreshedAt", c.refresh_failures as "refreshFailures", c.created_at as "createdAt", c.updated_at as "updatedAt"
    from project p
    left join resource r on r.project_id = p.id and r.id = ${resourceId} and r.deleted_at is null and r.live_revision is not null
    left join connected_user u on u.project_id = p.id and u.external_id = ${externalId} and u.kind = 'user'
    left join credential c on c.project_id = p.id and c.resource_id = r.id and c.owner = 'user' and c.user_id = u.id
    where p.id = ${projectId} and p.deleted_at is null`;
  if (!row) return null;
  const { requireAudience, keyIds, resourceId: foundId, liveRevision, hasCandidate, startsWorkflows, userMetadata, ...stored } = row;
  return {
    requireAudience,
    keyIds,
    resource: foundId ? { id: foundId, liveRevision } : null,
    credential: stored.id ? (stored as StoredConnection) : null,
    hasCandidate,
    startsWorkflows,
    userMetadata: userMetadata ?? {},
  };
}

/** What a failed reconnect left behind, to resume from (rules.md, Credentials 5). */
export async function findCandidate(sql: Sql, projectId: string, resourceId: string, userId: string) {
  const [row] = await sql<Pick<StoredConnection, "id" | "ciphertext" | "keyId" | "suppliedDigest" | "refreshedAt">[]>`
    select id, ciphertext, key_id as "keyId", supplied_digest as "suppliedDigest", refreshed_at as "refreshedAt" from credential
    where project_id = ${projectId} and resource_id = ${resourceId} and owner = 'candidate' and user_id = ${userId}`;
  return row ?? null;
}

/** All names of a resource, current and old. */
export async function listNamesOf(sql: Sql, projectId: string, resourceId: string): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select name from resource_name where project_id = ${projectId} and resource_id = ${resourceId}`;
  return rows.map(({ name }) => name);
}

/** Live resources with their current names and aliases; `slug` on the wire. */
export async function listConnectable(sql: Sql, projectId: string) {
  return await sql<{ id: string; name: string; isCurrent: boolean; level: "user" | "app"; liveRevision: number }[]>`
    select r.id, n.name, n.is_current as "isCurrent", r.level, r.live_revision as "liveRevision"
    from resource r join resource_name n on n.project_id = r.project_id and n.resource_id = r.id
    where r.project_id = ${projectId} and r.deleted_at is null and r.live_revision is not null
    order by n.is_current desc, r.created_at, n.name`;
}

/** A user's credentials for live resources, newest first. */
export async function listUserCredentials(sql: Sql, projectId: string, userId: string) {
  return await sql<(StoredConnection & { resourceId: string })[]>`
    select c.id, c.user_id as "userId", c.resource_id as "resourceId", c.generation, c.supplied_digest as "suppliedDigest", c.status, c.reason,
      c.has_connected as "hasConnected", c.auth_type as "authType", c.supplied_keys as "suppliedKeys", c.ciphertext, c.key_id as "keyId", c.profile, c.profile_id as "profileId",
      c.expires_at as "expiresAt", c.refreshed_at as "refreshedAt", c.refresh_failures as "refreshFailures", c.created_at as "createdAt",
      c.updated_at as "updatedAt"
    from credential c join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null and r.live_revision is not null
    where c.project_id = ${projectId} and c.owner = 'user' and c.user_id = ${userId}
    order by c.created_at desc`;
}
