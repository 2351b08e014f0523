import { refuseNewer } from "#db/bodies.ts";
import type { Sql } from "#db/client.ts";
import type { TriggerDraft } from "#lib/triggers/schema.ts";
import { togetherOn } from "./ask-together.ts";
import type { Scope } from "./scope.ts";

export type EndpointSecret = { id: string; ciphertext: Uint8Array; keyId: string; lastSeenAt: Date | null };

/** A trigger as the door needs it: with whose URL was called. */
export type Endpoint = {
  projectId: string;
  triggerId: string;
  resourceId: string;
  body: TriggerDraft;
  ready: boolean;
  sampleAt: Date | null;
  /** Whose URL it is; null for the trigger's own. */
  subscription: { id: string; userId: string | null; answerCiphertext: Uint8Array | null; answerKeyId: string | null } | null;
  /** Newest first. */
  secrets: EndpointSecret[];
};

type Row = Omit<Endpoint, "subscription" | "secrets"> & {
  schemaVersion: number;
  subscriptionId: string | null;
  userId: string | null;
  answerCiphertext: Uint8Array | null;
  answerKeyId: string | null;
  secrets: { id: string; ciphertext: string; keyId: string; lastSeenAt: string | null }[];
};

const columns = (sql: Sql) => sql`
  t.project_id as "projectId", t.id as "triggerId", t.resource_id as "resourceId", t.schema_version as "schemaVersion", t.body, t.ready, t.sample_at as "sampleAt",
  f.subscription_id as "subscriptionId", f.user_id as "userId", f.answer_ciphertext as "answerCiphertext", f.answer_key_id as "answerKeyId",
  coalesce((select json_agg(json_build_object('id', s.id, 'ciphertext', encode(s.ciphertext, 'base64'), 'keyId', s.key_id, 'lastSeenAt',
    s.last_seen_at) order by s.set_at desc) from trigger_secret s where s.project_id = t.project_id and s.trigger_id = t.id), '[]') as secrets`;
const joins = (sql: Sql) => sql`
  join trigger t on t.project_id = f.project_id and t.id = f.trigger_id and t.deleted_at is null
  join resource r on r.project_id = t.project_id and r.id = t.resource_id and r.deleted_at is null
  join project p on p.id = t.project_id and p.deleted_at is null`;

/** Outside any scope: a token finds its project. In one statement with what other calls look for at the same moment. */
export const findEndpoint: (sql: Sql, tokenDigest: Uint8Array) => Promise<Endpoint | null> = togetherOn(findEndpoints);

async function findEndpoints(sql: Sql, tokenDigests: Uint8Array[]): Promise<(Endpoint | null)[]> {
  const digests = tokenDigests.map((digest) => Buffer.from(digest).toString("hex"));
  const rows = await sql<(Row & { asked: number })[]>`
    select f.asked::int as asked, ${columns(sql)}
    from json_array_elements_text(${JSON.stringify(digests)}::text::json) with ordinality as asked(hex, n) cross join lateral (
      select asked.n as asked, project_id, id as trigger_id, null::uuid as subscription_id, null::uuid as user_id,
        null::bytea as answer_ciphertext, null::text as answer_key_id from trigger where token_digest = decode(asked.hex, 'hex')
      union all
      select asked.n, project_id, trigger_id, id, user_id, answer_ciphertext, answer_key_id from trigger_subscription
      where token_digest = decode(asked.hex, 'hex')
    ) f ${joins(sql)}`;
  const found = new Map(rows.map(({ asked, ...row }) => [asked, toEndpoint(row)]));
  return digests.map((_, index) => found.get(index + 1) ?? null);
}

/** The same for a delivery that is here already. */
export async function findEndpointOf(
  { projectId }: Scope,
  sql: Sql,
  { triggerId, subscriptionId }: { triggerId: string; subscriptionId: string | null },
): Promise<Endpoint | null> {
  const [row] = await sql<Row[]>`
    select ${columns(sql)} from (
      select t0.project_id, t0.id as trigger_id, s0.id as subscription_id, s0.user_id, s0.answer_ciphertext, s0.answer_key_id
      from trigger t0 left join trigger_subscription s0 on s0.project_id = t0.project_id and s0.trigger_id = t0.id and s0.id = ${subscriptionId}
      where t0.project_id = ${projectId} and t0.id = ${triggerId}
    ) f ${joins(sql)}`;
  return row ? toEndpoint(row) : null;
}

function toEndpoint({ schemaVersion, subscriptionId, userId, answerCiphertext, answerKeyId, secrets, ...row }: Row): Endpoint {
  refuseNewer("trigger", schemaVersion);
  return {
    ...row,
    subscription: subscriptionId ? { id: subscriptionId, userId, answerCiphertext, answerKeyId } : null,
    secrets: secrets.map(({ ciphertext, lastSeenAt, ...secret }) => ({
      ...secret,
      ciphertext: new Uint8Array(Buffer.from(ciphertext, "base64")),
      lastSeenAt: lastSeenAt ? new Date(lastSeenAt) : null,
    })),
  };
}

/**
 * Users whose profile at the API has this id, at most `limit` (rules.md, Credentials 9: such ids aren't unique). One that a user may have
 * written isn't stored (save-credential.ts).
 */
export async function findUsersByProfile(
  { projectId }: Scope,
  sql: Sql,
  resourceId: string,
  profileId: string,
  limit: number,
): Promise<string[]> {
  const rows = await sql<{ userId: string }[]>`
    select user_id as "userId" from credential
    where project_id = ${projectId} and resource_id = ${resourceId} and owner = 'user' and profile_id = ${profileId} limit ${limit}`;
  return rows.map(({ userId }) => userId);
}

export async function findUserByExternalId({ projectId }: Scope, sql: Sql, externalId: string): Promise<string | null> {
  const [row] = await sql<{ id: string }[]>`
    select id from connected_user where project_id = ${projectId} and external_id = ${externalId} and kind = 'user'`;
  return row?.id ?? null;
}
