import type { Sql } from "#db/client.ts";
import type {
  DeliveryPayload,
  SubscriptionState,
  TriggerCreation,
  TriggerDraft,
  TriggerLevel,
  VerificationScheme,
} from "#lib/triggers/schema.ts";
import type { Scope } from "./scope.ts";

export type TriggerListItem = {
  id: string;
  resourceId: string;
  resourceName: string;
  name: string;
  level: TriggerLevel;
  creation: TriggerCreation;
  scheme: VerificationScheme;
  ready: boolean;
  updatedAt: Date;
  lastDeliveryAt: Date | null;
  /** Refused ones whose quarantine lasts, at most 100. */
  quarantined: number;
  /** Users whose API was told of it, and those where telling fails; each at most 1,001. */
  subscribed: number;
  failing: number;
};

/** The triggers of a project or of one resource, by name. `readyOnly`: those that the workflow editor offers. */
export async function listTriggers(
  { projectId }: Scope,
  sql: Sql,
  { resourceId, readyOnly = false }: { resourceId?: string; readyOnly?: boolean } = {},
): Promise<TriggerListItem[]> {
  return await sql<TriggerListItem[]>`
    select t.id, t.resource_id as "resourceId", n.name as "resourceName", t.name, t.body->>'level' as level, t.body->>'creation' as creation,
      t.body->'verification'->>'scheme' as scheme, t.ready, t.updated_at as "updatedAt",
      (select d.at from delivery d where d.project_id = t.project_id and d.trigger_id = t.id order by d.at desc limit 1) as "lastDeliveryAt",
      (select count(*)::int from (select 1 from delivery d where d.project_id = t.project_id and d.trigger_id = t.id and d.status = 'refused'
        and d.quarantined_until > now() and d.released_at is null limit 100) q) as quarantined,
      (select count(*)::int from (select 1 from trigger_subscription s where s.project_id = t.project_id and s.trigger_id = t.id
        and s.state = 'active' limit 1001) a) as subscribed,
      (select count(*)::int from (select 1 from trigger_subscription s where s.project_id = t.project_id and s.trigger_id = t.id
        and s.state in ('failing', 'stuck') limit 1001) f) as failing
    from trigger t
    join resource r on r.project_id = t.project_id and r.id = t.resource_id and r.deleted_at is null
    join resource_name n on n.project_id = t.project_id and n.resource_id = t.resource_id and n.is_current
    where t.project_id = ${projectId} and t.deleted_at is null ${resourceId ? sql`and t.resource_id = ${resourceId}` : sql``}
      ${readyOnly ? sql`and t.ready` : sql``}
    order by n.name, t.name`;
}

export type TriggerSecretView = { id: string; hint: string; setBy: string | null; setAt: Date; lastSeenAt: Date | null };

export type StoredTriggerView = {
  id: string;
  resourceId: string;
  name: string;
  version: number;
  body: TriggerDraft;
  ready: boolean;
  ciphertext: Uint8Array;
  keyId: string;
  sample: DeliveryPayload | null;
  sampleAt: Date | null;
  hasTestCredential: boolean;
  createdAt: Date;
  updatedAt: Date;
  /** Newest first. */
  secrets: TriggerSecretView[];
};

export async function findTriggerView({ projectId }: Scope, sql: Sql, triggerId: string): Promise<StoredTriggerView | null> {
  const [row] = await sql<Omit<StoredTriggerView, "secrets">[]>`
    select t.id, t.resource_id as "resourceId", t.name, t.version, t.body, t.ready, t.ciphertext, t.key_id as "keyId", t.sample,
      t.sample_at as "sampleAt", t.created_at as "createdAt", t.updated_at as "updatedAt",
      exists (select 1 from credential c where c.project_id = t.project_id and c.resource_id = t.resource_id
        and c.owner in ('test', 'app')) as "hasTestCredential"
    from trigger t join resource r on r.project_id = t.project_id and r.id = t.resource_id and r.deleted_at is null
    where t.project_id = ${projectId} and t.id = ${triggerId} and t.deleted_at is null`;
  if (!row) return null;
  const secrets = await sql<TriggerSecretView[]>`
    select s.id, s.hint, m.name as "setBy", s.set_at as "setAt", s.last_seen_at as "lastSeenAt"
    from trigger_secret s left join member m on m.id = s.set_by
    where s.project_id = ${projectId} and s.trigger_id = ${triggerId} order by s.set_at desc`;
  return { ...row, secrets };
}

export type SubscriptionView = {
  id: string;
  userId: string | null;
  externalId: string | null;
  userName: string | null;
  state: SubscriptionState;
  attempts: number;
  lastError: string | null;
  lastTryAt: Date | null;
  nextTryAt: Date | null;
  activeSince: Date | null;
};

/** What each user's API was told, trouble first. */
export async function listSubscriptions(
  { projectId }: Scope,
  sql: Sql,
  { triggerId, limit = 50 }: { triggerId: string; limit?: number },
): Promise<SubscriptionView[]> {
  return await sql<SubscriptionView[]>`
    select s.id, s.user_id as "userId", u.external_id as "externalId", u.name as "userName", s.state, s.attempts, s.last_error as "lastError",
      s.last_try_at as "lastTryAt", s.next_try_at as "nextTryAt", s.active_since as "activeSince"
    from trigger_subscription s left join connected_user u on u.project_id = s.project_id and u.id = s.user_id
    where s.project_id = ${projectId} and s.trigger_id = ${triggerId} and s.state <> 'idle'
    order by case s.state when 'stuck' then 0 when 'failing' then 1 when 'creating' then 2 when 'removing' then 3 else 4 end, s.created_at desc
    limit ${limit}`;
}
