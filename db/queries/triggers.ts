import { refuseNewer } from "#db/bodies.ts";
import type { Sql } from "#db/client.ts";
import type {
  DeliveryPayload,
  SubscriptionFilter,
  SubscriptionKey,
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
  /** Whether it was set up to its end once. */
  finished: boolean;
  updatedAt: Date;
  lastDeliveryAt: Date | null;
  /** Refused ones whose quarantine lasts, at most 100. */
  quarantined: number;
  /** Users whose API was told of it, and those where telling fails; each at most 1,001. */
  subscribed: number;
  failing: number;
};

/** The triggers of a project or of one resource, by name. */
export async function listTriggers(
  { projectId }: Scope,
  sql: Sql,
  { resourceId }: { resourceId?: string } = {},
): Promise<TriggerListItem[]> {
  return await sql<TriggerListItem[]>`
    select t.id, t.resource_id as "resourceId", n.name as "resourceName", t.name, t.body->>'level' as level, t.body->>'creation' as creation,
      t.body->'verification'->>'scheme' as scheme, t.ready, t.finished_at is not null as finished, t.updated_at as "updatedAt",
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
    order by n.name, t.name`;
}

export type TriggerSecretView = { id: string; hint: string; setBy: string | null; setAt: Date; lastSeenAt: Date | null };

export type StoredTriggerView = {
  id: string;
  resourceId: string;
  name: string;
  version: number;
  body: TriggerDraft;
  draft: TriggerDraft | null;
  finishedAt: Date | null;
  ready: boolean;
  ciphertext: Uint8Array;
  keyId: string;
  sample: DeliveryPayload | null;
  sampleAt: Date | null;
  hasTestCredential: boolean;
  /** Users whose API was told of it and not yet untold, at most 1,001. */
  told: number;
  /** Those that start with it once published, by name; 50 at most. */
  workflows: { id: string; name: string; isEnabled: boolean }[];
  createdAt: Date;
  updatedAt: Date;
  /** Newest first. */
  secrets: TriggerSecretView[];
};

export async function findTriggerView({ projectId }: Scope, sql: Sql, triggerId: string): Promise<StoredTriggerView | null> {
  const [found] = await sql<(Omit<StoredTriggerView, "secrets"> & { schemaVersion: number })[]>`
    select t.id, t.resource_id as "resourceId", t.name, t.version, t.schema_version as "schemaVersion", t.body, t.draft, t.finished_at as "finishedAt", t.ready,
      t.ciphertext, t.key_id as "keyId", t.sample,
      t.sample_at as "sampleAt", t.created_at as "createdAt", t.updated_at as "updatedAt",
      exists (select 1 from credential c where c.project_id = t.project_id and c.resource_id = t.resource_id
        and c.owner in ('test', 'app')) as "hasTestCredential",
      (select count(*)::int from (select 1 from trigger_subscription s where s.project_id = t.project_id and s.trigger_id = t.id
        and s.state <> 'idle' limit 1001) told) as told,
      (select coalesce(json_agg(json_build_object('id', w.id, 'name', w.name, 'isEnabled', w.is_enabled) order by w.name), '[]') from
        (select * from workflow w where w.project_id = t.project_id and w.trigger_type = 'resource' and w.trigger_key = t.id::text
          and w.live_version is not null and w.deleted_at is null order by w.name limit 50) w) as workflows
    from trigger t join resource r on r.project_id = t.project_id and r.id = t.resource_id and r.deleted_at is null
    where t.project_id = ${projectId} and t.id = ${triggerId} and t.deleted_at is null`;
  if (!found) return null;
  const { schemaVersion, ...row } = found;
  refuseNewer("trigger", schemaVersion);
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
  /** What should be; `state` is what is. One that is wanted and not begun is `creating`. */
  wanted: boolean;
  state: SubscriptionState;
  attempts: number;
  lastError: string | null;
  lastTryAt: Date | null;
  nextTryAt: Date | null;
  activeSince: Date | null;
  /** Names of the workflows that want it for this user, three at most; of one that isn't wanted none. */
  workflows: string[];
};

/** What each user's API was told, newest first, a page at a time; `after` is the key of the last row of the page before. */
export async function listSubscriptions(
  { projectId }: Scope,
  sql: Sql,
  { triggerId, state, q }: SubscriptionFilter,
  { after, limit = 50 }: { after?: SubscriptionKey | null; limit?: number } = {},
): Promise<{ rows: SubscriptionView[]; next: SubscriptionKey | null }> {
  const shown = sql`case when s.state = 'idle' and s.wanted then 'creating' else s.state end`;
  const begins = (column: "external_id" | "name" | "email") => sql`starts_with(lower(u.${sql(column)}), lower(${q ?? ""}::text))`;
  const rows = await sql<(SubscriptionView & { at: string })[]>`
    select s.id, s.user_id as "userId", u.external_id as "externalId", u.name as "userName", s.wanted, ${shown} as state, s.attempts,
      s.last_error as "lastError", s.last_try_at as "lastTryAt", s.next_try_at as "nextTryAt", s.active_since as "activeSince",
      to_char(s.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at,
      case when not s.wanted then '{}'::text[] else array(select w.name from workflow w left join workflow_enablement e
          on e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = s.user_id
        where w.project_id = s.project_id and w.trigger_type = 'resource' and w.trigger_key = s.trigger_id::text and w.is_enabled
          and w.deleted_at is null and w.live_version is not null and w.paused_reason is null
          and coalesce(e.enabled, s.user_id is null or w.is_on_by_default)
        order by w.name limit 3) end as workflows
    from trigger_subscription s left join connected_user u on u.project_id = s.project_id and u.id = s.user_id
    where s.project_id = ${projectId} and s.trigger_id = ${triggerId}
      and (s.state <> 'idle' or s.wanted or s.last_try_at is not null)
      ${state ? sql`and ${shown} = ${state}` : sql``}
      ${q ? sql`and (${begins("external_id")} or ${begins("name")} or ${begins("email")})` : sql``}
      ${after ? sql`and (s.created_at, s.id) < (${after.at}::text::timestamptz, ${after.id}::uuid)` : sql``}
    order by s.created_at desc, s.id desc limit ${limit + 1}`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    rows: page.map(({ at: _, ...row }) => row),
    next: rows.length > limit && last ? { at: last.at, id: last.id } : null,
  };
}
