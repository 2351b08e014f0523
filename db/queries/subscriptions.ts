import type { Sql } from "#db/client.ts";
import type { SubscriptionState, TriggerDraft } from "#lib/triggers/schema.ts";

/*
 * What should be told to APIs, by sets: a trigger made by API request, a user with a credential for its resource, and a live workflow that
 * starts with the trigger and is on for that user. For an app-level resource its own credential, and nobody.
 */

const wanted = (sql: Sql) => sql`
  select t.project_id, t.id as trigger_id, c.user_id, c.status
  from trigger t
  join resource r on r.project_id = t.project_id and r.id = t.resource_id and r.deleted_at is null and r.live_revision is not null
  join project p on p.id = t.project_id and p.deleted_at is null
  join credential c on c.project_id = t.project_id and c.resource_id = t.resource_id and c.owner in ('user', 'app')
  where t.deleted_at is null and t.body->>'creation' = 'request' and exists (
    select 1 from workflow w left join workflow_enablement e on e.project_id = w.project_id and e.workflow_id = w.id and e.user_id = c.user_id
    where w.project_id = t.project_id and w.trigger_type = 'resource' and w.trigger_key = t.id::text and w.is_enabled and w.deleted_at is null
      and w.live_version is not null and w.paused_reason is null and coalesce(e.enabled, c.user_id is null or w.is_on_by_default))`;

export type Missing = { projectId: string; triggerId: string; userId: string | null };

/** Those that are to be made and have no row yet. Only a credential that works tells an API anything. */
export async function findMissing(sql: Sql, limit: number): Promise<Missing[]> {
  return await sql<Missing[]>`
    select m.project_id as "projectId", m.trigger_id as "triggerId", m.user_id as "userId" from (${wanted(sql)} and t.ready and c.status = 'VALID') m
    where not exists (select 1 from trigger_subscription s where s.project_id = m.project_id and s.trigger_id = m.trigger_id
      and s.user_id is not distinct from m.user_id)
    limit ${limit}`;
}

/** Turns on what a working credential and a workflow want, and off what no credential or no workflow wants any more. */
export async function settleWanted(sql: Sql): Promise<void> {
  await sql`
    update trigger_subscription s set wanted = true, attempts = 0, next_try_at = now()
    from (${wanted(sql)} and t.ready and c.status = 'VALID') m
    where not s.wanted and s.project_id = m.project_id and s.trigger_id = m.trigger_id and s.user_id is not distinct from m.user_id
      and s.farewell_credential_id is null`;
  await sql`
    update trigger_subscription s set wanted = false, attempts = 0, next_try_at = now()
    where s.wanted and not exists (select 1 from (${wanted(sql)}) m
      where m.project_id = s.project_id and m.trigger_id = s.trigger_id and m.user_id is not distinct from s.user_id)`;
}

export type DueSubscription = {
  projectId: string;
  id: string;
  triggerId: string;
  resourceId: string;
  userId: string | null;
  wanted: boolean;
  state: SubscriptionState;
  attempts: number;
  tokenCiphertext: Uint8Array;
  tokenKeyId: string;
  answerCiphertext: Uint8Array | null;
  answerKeyId: string | null;
  farewellCredentialId: string | null;
  farewellCiphertext: Uint8Array | null;
  farewellKeyId: string | null;
  /** Whether the farewell has been tried for an hour. */
  isOver: boolean;
  body: TriggerDraft;
  triggerCiphertext: Uint8Array;
  triggerKeyId: string;
  liveRevision: number | null;
  isResourceDeleted: boolean;
};

/** Takes those whose time has come; whoever dies with one leaves it to others after a minute. */
export async function takeDueSubscriptions(sql: Sql, limit: number): Promise<DueSubscription[]> {
  return await sql<DueSubscription[]>`
    with due as (
      select project_id, id from trigger_subscription where next_try_at <= now() and (claimed_until is null or claimed_until < now())
      order by next_try_at limit ${limit} for update skip locked
    ), taken as (
      update trigger_subscription s set claimed_until = now() + interval '1 minute', last_try_at = now() from due
      where s.project_id = due.project_id and s.id = due.id returning s.*
    )
    select s.project_id as "projectId", s.id, s.trigger_id as "triggerId", t.resource_id as "resourceId", s.user_id as "userId", s.wanted, s.state,
      s.attempts, s.ciphertext as "tokenCiphertext", s.key_id as "tokenKeyId", s.answer_ciphertext as "answerCiphertext",
      s.answer_key_id as "answerKeyId", s.farewell_credential_id as "farewellCredentialId", s.farewell_ciphertext as "farewellCiphertext",
      s.farewell_key_id as "farewellKeyId", coalesce(s.farewell_at, t.deleted_at, r.deleted_at) < now() - interval '1 hour' as "isOver", t.body,
      t.ciphertext as "triggerCiphertext", t.key_id as "triggerKeyId", r.live_revision as "liveRevision", r.deleted_at is not null as "isResourceDeleted"
    from taken s join trigger t on t.project_id = s.project_id and t.id = s.trigger_id
    join resource r on r.project_id = t.project_id and r.id = t.resource_id`;
}

/** Triggers that were deleted and that no API knows any more, users' rows that nothing needs, and what is past its time. */
export async function dropFinishedTriggers(sql: Sql): Promise<void> {
  await sql`
    delete from trigger t where t.deleted_at is not null
      and not exists (select 1 from trigger_subscription s where s.project_id = t.project_id and s.trigger_id = t.id and s.state <> 'idle')`;
  await sql`
    delete from trigger_subscription s where s.state = 'idle' and s.user_id is not null
      and not exists (select 1 from connected_user u where u.project_id = s.project_id and u.id = s.user_id)`;
  await sql`delete from dedupe_key where expires_at < now()`;
  await sql`
    update delivery set ciphertext = null, key_id = null, quarantined_until = null
    where quarantined_until < now() and quarantined_until is not null`;
}
