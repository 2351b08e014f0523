import type { Sql } from "#db/client.ts";
import { togetherOn } from "./ask-together.ts";

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

/** Of a stored credential `c`, those that a `CallCredential` is made of. */
export const callColumns = (sql: Sql) => sql`
  c.id, c.user_id as "userId", c.owner, c.generation, c.status, c.reason, c.auth_type as "authType", c.supplied_keys as "suppliedKeys",
  c.ciphertext, c.key_id as "keyId", c.expires_at as "expiresAt", c.refresh_at as "refreshAt", c.profile`;

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

type Question = { projectId: string; id: string | null; nameKey: string | null; externalId: string };

type Row = {
  asked: number;
  requireAudience: boolean;
  keyIds: string[];
  resourceId: string | null;
  liveRevision: number;
  aliasKey: string | null;
  connectedUserId: string | null;
  userMetadata: Record<string, unknown> | null;
} & { [Key in keyof CallCredential]: CallCredential[Key] | null };

const ask = togetherOn(findAll);

/**
 * All that a call through a resource must know, in one indexed statement, as findConnectFacts, and in one with what other calls ask at
 * the same moment: nothing of it is cached. The resource is named by its id or by the key of one of its names. Null for an unknown
 * project.
 */
export function findCallFacts(
  sql: Sql,
  projectId: string,
  named: { id: string } | { nameKey: string },
  externalId: string,
): Promise<CallFacts | null> {
  return ask(sql, { projectId, externalId, id: "id" in named ? named.id : null, nameKey: "id" in named ? null : named.nameKey });
}

/**
 * Its parameter is JSON: given arrays, Postgres plans the statement anew for each length, which takes longer than the look-ups. Each
 * `limit 1` says that one row is looked up by its index, however small the table was when the plan was made.
 */
async function findAll(sql: Sql, questions: Question[]): Promise<(CallFacts | null)[]> {
  const rows = await sql<Row[]>`
    select asked.n as asked, p.require_audience as "requireAudience",
      array(select k.id::text from signing_key k
        where k.project_id = p.id and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
        order by k.created_at desc) as "keyIds",
      r.id as "resourceId", r.live_revision as "liveRevision", case when not n.is_current then n.name_key end as "aliasKey",
      u.id as "connectedUserId", u.metadata as "userMetadata",
      ${callColumns(sql)}
    from json_to_recordset(${JSON.stringify(questions.map((question, n) => ({ n, ...question })))}::text::json)
      as asked(n int, "projectId" uuid, id uuid, "nameKey" text, "externalId" text)
    cross join lateral (select * from project where id = asked."projectId" and deleted_at is null limit 1) p
    left join lateral (select * from resource_name where project_id = p.id and name_key = asked."nameKey" limit 1) n on true
    left join lateral (
      select * from resource where project_id = p.id and id = coalesce(asked.id, n.resource_id) and deleted_at is null and live_revision is not null
      limit 1
    ) r on true
    left join lateral (
      select * from connected_user where project_id = p.id and external_id = asked."externalId" and kind = 'user' limit 1
    ) u on true
    left join lateral (
      select * from credential where r.level = 'user' and project_id = p.id and resource_id = r.id and owner = 'user' and user_id = u.id
      union all
      select * from credential where r.level = 'app' and project_id = p.id and resource_id = r.id and owner = 'app' and user_id is null
      limit 1
    ) c on true`;
  const answers: (CallFacts | null)[] = questions.map(() => null);
  for (const row of rows) {
    const { asked, requireAudience, keyIds, resourceId, liveRevision, aliasKey, connectedUserId, userMetadata, ...stored } = row;
    answers[asked] = {
      requireAudience,
      keyIds,
      resource: resourceId ? { id: resourceId, liveRevision, aliasKey } : null,
      credential: stored.id ? (stored as CallCredential) : null,
      userId: connectedUserId,
      userMetadata: userMetadata ?? {},
    };
  }
  return answers;
}
