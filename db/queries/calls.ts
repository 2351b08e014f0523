import type { Sql } from "#db/client.ts";

/** A stored credential as a call needs it: `LiveCredential` of lib/credentials. */
export type CallCredential = {
  id: string;
  userId: string | null;
  owner: "user" | "app";
  generation: number;
  status: "VALID" | "INVALID" | "PENDING";
  reason: string | null;
  authType: string;
  suppliedKeys: string[];
  ciphertext: Uint8Array;
  keyId: string;
  expiresAt: Date | null;
  refreshAt: Date | null;
  profile: Record<string, unknown> | null;
};

export type CallFacts = {
  requireAudience: boolean;
  keyIds: string[];
  /** Null when the resource is unknown, deleted, another project's or not published. */
  resource: { id: string; liveRevision: number /** The old name by which it was called. */; aliasKey: string | null } | null;
  /** The user's, or the app's for an app-level resource. */
  credential: CallCredential | null;
  /** Null for a user that isn't known yet. */
  userId: string | null;
  /** What the app has saved about the user. */
  userMetadata: Record<string, unknown>;
};

type Row = {
  requireAudience: boolean;
  keyIds: string[];
  resourceId: string | null;
  liveRevision: number;
  aliasKey: string | null;
  connectedUserId: string | null;
  userMetadata: Record<string, unknown> | null;
} & { [Key in keyof CallCredential]: CallCredential[Key] | null };

/**
 * All that a call through a resource must know, in one indexed statement, as findConnectFacts: nothing of it is cached. The resource is
 * named by its id or by the key of one of its names. Null for an unknown project.
 */
export async function findCallFacts(
  sql: Sql,
  projectId: string,
  named: { id: string } | { nameKey: string },
  externalId: string,
): Promise<CallFacts | null> {
  const [row] = await sql<Row[]>`
    select p.require_audience as "requireAudience",
      array(select k.id::text from signing_key k
        where k.project_id = p.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        order by k.created_at desc) as "keyIds",
      r.id as "resourceId", r.live_revision as "liveRevision", ${"id" in named ? sql`null` : sql`case when not n.is_current then n.name_key end`} as "aliasKey",
      u.id as "connectedUserId", u.metadata as "userMetadata",
      c.id, c.user_id as "userId", c.owner, c.generation, c.status, c.reason, c.auth_type as "authType", c.supplied_keys as "suppliedKeys",
      c.ciphertext, c.key_id as "keyId", c.expires_at as "expiresAt", c.refresh_at as "refreshAt", c.profile
    from project p
    ${
      "id" in named
        ? sql`left join resource r on r.project_id = p.id and r.id = ${named.id} and r.deleted_at is null and r.live_revision is not null`
        : sql`left join resource_name n on n.project_id = p.id and n.name_key = ${named.nameKey}
          left join resource r on r.project_id = p.id and r.id = n.resource_id and r.deleted_at is null and r.live_revision is not null`
    }
    left join connected_user u on u.project_id = p.id and u.external_id = ${externalId} and u.kind = 'user'
    left join lateral (
      select * from credential where r.level = 'user' and project_id = p.id and resource_id = r.id and owner = 'user' and user_id = u.id
      union all
      select * from credential where r.level = 'app' and project_id = p.id and resource_id = r.id and owner = 'app' and user_id is null
    ) c on true
    where p.id = ${projectId} and p.deleted_at is null`;
  if (!row) return null;
  const { requireAudience, keyIds, resourceId, liveRevision, aliasKey, connectedUserId, userMetadata, ...stored } = row;
  return {
    requireAudience,
    keyIds,
    resource: resourceId ? { id: resourceId, liveRevision, aliasKey } : null,
    credential: stored.id ? (stored as CallCredential) : null,
    userId: connectedUserId,
    userMetadata: userMetadata ?? {},
  };
}
