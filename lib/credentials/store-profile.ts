import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { LiveCredential } from "./live-credential.ts";
import { personOf } from "./person-of.ts";
import type { ReadProfile } from "./read-profile.ts";
import { detailOf, type RenewalCause } from "./store-refresh.ts";

type Stored = { userId: string | null; before: Record<string, unknown> | null };

/**
 * What reading the profile of a stored credential again brought (rules.md, Credentials 9). Only what the API stands behind may come here:
 * events find their users by the id (lib/connections/try-candidate). A failure keeps the last one, which is stale from then on; neither
 * says anything of the credential. Dropped for an older generation, and when a reading that was begun later is stored already: `begunAt`
 * in milliseconds, by the database's clock. The timeline gets a line when the profile changes, becomes stale, or comes back, and for a
 * failure that somebody asked for.
 */
export async function storeProfile(
  scope: Scope,
  sql: Sql,
  { id, generation }: Pick<LiveCredential, "id" | "generation">,
  read: ReadProfile,
  { begunAt, cause }: { begunAt: number; cause: Omit<RenewalCause, "sentence"> },
): Promise<void> {
  const begun = new Date(begunAt);
  const own = sql`project_id = ${scope.projectId} and id = ${id} and generation = ${generation}
    and (profile_tried_at is null or profile_tried_at < ${begun})`;
  const before = sql`select profile, profile_id, profile_failing_since from credential where ${own} for update`;
  const detail = sql.json(detailOf(cause));
  if (!read.ok) {
    await sql`
      with before as (${before}),
      stored as (
        update credential set profile_tried_at = ${begun}, profile_failing_since = coalesce(profile_failing_since, now()),
          profile_failure = ${read.message}
        where ${own} returning id)
      insert into credential_event (project_id, credential_id, kind, cause, detail)
      select ${scope.projectId}, id, 'profile_failed',
        ${read.message} || case when before.profile is null then '' else ' The profile that was read before is kept.' end, ${detail}
      from before, stored where before.profile_failing_since is null or ${cause.by === "manual"}`;
    return;
  }
  const profile = sql.json(read.profile as never);
  const [stored] = await sql<Stored[]>`
    with before as (${before}),
    stored as (
      update credential set profile = ${profile}, profile_id = ${read.id}, profile_tried_at = ${begun}, profile_failing_since = null,
        profile_failure = null
      where ${own} returning id, user_id),
    changed as (
      select string_agg(key, ', ' order by key) as names
      from before, jsonb_object_keys(coalesce(before.profile, '{}'::jsonb) || ${profile}::jsonb) key
      where before.profile->key is distinct from ${profile}::jsonb->key or (key = 'id' and before.profile_id is distinct from ${read.id})),
    told as (
      insert into credential_event (project_id, credential_id, kind, cause, detail)
      select ${scope.projectId}, id, case when names is null then 'profile_read' else 'profile_changed' end, coalesce('Changed: ' || names || '.', 'It could be read again.'), ${detail}
      from before, stored, changed where names is not null or before.profile_failing_since is not null)
    select user_id as "userId", before.profile as before from before, stored`;
  if (stored?.userId) await followPerson(scope, sql, stored.userId, stored.before ?? {}, read.profile);
}

/** A name and an email that were filled in from the profile change with it. Those of the app stay. */
async function followPerson(
  { projectId }: Scope,
  sql: Sql,
  userId: string,
  before: Record<string, unknown>,
  now: Record<string, unknown>,
): Promise<void> {
  const [old, person] = [personOf(before), personOf(now)];
  if (old.name === person.name && old.email === person.email) return;
  const [user] = await sql<{ metadata: Record<string, unknown> }[]>`
    select metadata from connected_user where project_id = ${projectId} and id = ${userId}`;
  const told = personOf(user?.metadata ?? {});
  await sql`
    update connected_user set
      name = case when name is null or name = ${old.name} then coalesce(${told.name ?? person.name}, name) else name end,
      email = case when email is null or email = ${old.email} then coalesce(${told.email ?? person.email}, email) else email end
    where project_id = ${projectId} and id = ${userId}`;
}
