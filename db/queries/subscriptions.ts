import type { Sql } from "#db/client.ts";
import { type RawSql, runStatement } from "#db/run-statement.ts";
import type { SubscriptionState, TriggerDraft } from "#lib/triggers/schema.ts";

/** One user's part in a trigger; without a user the app's own. */
export type Pair = { projectId: string; triggerId: string; userId: string | null };

/** Users of a trigger that are compared at once. */
const WHOLE_AT_ONCE = 500;

type Check = Pair & { isWhole: boolean; after: string | null };

/**
 * Takes the oldest notes of what is to be compared (database triggers write them), in the caller's transaction: they are gone when it
 * commits. Of a note about all users of a trigger some hundreds are taken, and the rest is noted anew. Null: there was none.
 */
export async function takeChecks(tx: RawSql, limit: number): Promise<Pair[] | null> {
  const checks = await runStatement<Check>(tx, TAKE, [limit]);
  const pairs = checks
    .filter(({ isWhole }) => !isWhole)
    .map(({ projectId, triggerId, userId }): Pair => ({ projectId, triggerId, userId }));
  for (const { projectId, triggerId, after } of checks.filter(({ isWhole }) => isWhole)) {
    const users = await runStatement<{ userId: string }>(tx, USERS, [projectId, triggerId, after ?? FIRST, WHOLE_AT_ONCE]);
    pairs.push(...users.map(({ userId }) => ({ projectId, triggerId, userId })));
    if (after === null) pairs.push({ projectId, triggerId, userId: null });
    if (users.length === WHOLE_AT_ONCE) {
      await runStatement(tx, "insert into subscription_check (project_id, trigger_id, is_whole, after) values ($1, $2, true, $3)", [
        projectId,
        triggerId,
        users.at(-1)!.userId,
      ]);
    }
  }
  return checks.length === 0 ? null : [...new Map(pairs.map((pair) => [JSON.stringify(pair), pair])).values()];
}

/** One note about all users of a trigger is as much as many about one. */
const TAKE = `
  with single as (select id from subscription_check where not is_whole order by id limit $1::int for update skip locked),
    whole as (select id from subscription_check where is_whole order by id limit 1 for update skip locked)
  delete from subscription_check where id in (select id from single union all select id from whole)
  returning project_id as "projectId", trigger_id as "triggerId", user_id as "userId", is_whole as "isWhole", after`;

const FIRST = "00000000-0000-0000-0000-000000000000";

/** Whoever has a credential of the trigger's resource, or a row. */
const USERS = `
  select "userId" from (
    (select c.user_id as "userId" from trigger t join credential c on c.project_id = t.project_id and c.resource_id = t.resource_id
      where t.project_id = $1 and t.id = $2 and c.owner = 'user' and c.user_id > $3 order by 1 limit $4::int)
    union
    (select user_id from trigger_subscription where project_id = $1 and trigger_id = $2 and user_id > $3 order by 1 limit $4::int)
  ) u order by 1 limit $4::int`;

export type Compared = Pair & {
  /** Of its row; null where there is none. */
  id: string | null;
  isWanted: boolean;
  /** A credential, working or not, and a workflow that wants it. */
  stays: boolean;
  /** And the credential works, so that an API can be told. */
  begins: boolean;
};

/**
 * What should be told to APIs, and what is: a trigger made by API request, a user with a credential for its resource, and a live workflow
 * that starts with the trigger and is on for that user. For an app-level resource its own credential, and nobody. While what was told
 * before is taken back with a credential that is gone, nothing new begins.
 */
export async function comparePairs(tx: RawSql, pairs: readonly Pair[]): Promise<Compared[]> {
  return await runStatement<Compared>(tx, COMPARE, [JSON.stringify(pairs)]);
}

const COMPARE = `
  select q.*, s.id, coalesce(s.wanted, false) as "isWanted", w.status is not null as stays,
    coalesce(w.status = 'VALID' and w.ready, false) and s.farewell_credential_id is null as begins
  from json_to_recordset($1::text::json) as q("projectId" uuid, "triggerId" uuid, "userId" uuid)
  left join lateral (
    select id, wanted, farewell_credential_id from trigger_subscription
    where project_id = q."projectId" and trigger_id = q."triggerId" and user_id = q."userId"
    union all
    select id, wanted, farewell_credential_id from trigger_subscription
    where q."userId" is null and project_id = q."projectId" and trigger_id = q."triggerId" and user_id is null
  ) s on true
  left join lateral (
    select c.status, t.ready from trigger t
    join resource r on r.project_id = t.project_id and r.id = t.resource_id and r.deleted_at is null and r.live_revision is not null
    join project p on p.id = t.project_id and p.deleted_at is null
    cross join lateral (
      select status from credential
      where project_id = t.project_id and resource_id = t.resource_id and owner = 'user' and user_id = q."userId"
      union all
      select status from credential
      where q."userId" is null and project_id = t.project_id and resource_id = t.resource_id and owner = 'app' and user_id is null
    ) c
    where t.project_id = q."projectId" and t.id = q."triggerId" and t.deleted_at is null and t.body->>'creation' = 'request' and exists (
      select from workflow f left join workflow_enablement e
        on e.project_id = f.project_id and e.workflow_id = f.id and e.user_id = q."userId"
      where f.project_id = t.project_id and f.trigger_type = 'resource' and f.trigger_key = t.id::text and f.is_enabled and f.deleted_at is null
        and f.live_version is not null and f.paused_reason is null
        and coalesce(e.enabled, q."userId" is null or f.is_on_by_default))
  ) w on true`;

/** Says what should be of rows that exist; the worker's next calls bring it about. */
export async function markWanted(tx: RawSql, rows: readonly Compared[], wanted: boolean): Promise<void> {
  if (rows.length === 0) return;
  await runStatement(
    tx,
    `update trigger_subscription s set wanted = $2::boolean, attempts = 0, next_try_at = now()
      from json_to_recordset($1::text::json) as k("projectId" uuid, id uuid) where s.project_id = k."projectId" and s.id = k.id`,
    [JSON.stringify(rows.map(({ projectId, id }) => ({ projectId, id }))), wanted],
  );
}

/** Now and then: compares everything, whatever became of the notes. */
export async function recheckSubscriptions(sql: Sql): Promise<void> {
  await sql`select check_trigger_subscriptions(id, null, null) from project`;
}

export type DueSubscription = {
  projectId: string;
  id: string;
  triggerId: string;
  resourceId: string;
  userId: string | null;
  wanted: boolean;
  state: SubscriptionState;
  turn: number;
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
      s.turn, s.attempts, s.ciphertext as "tokenCiphertext", s.key_id as "tokenKeyId", s.answer_ciphertext as "answerCiphertext",
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
