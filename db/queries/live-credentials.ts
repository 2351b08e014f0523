import type { Sql } from "#db/client.ts";
import { type CallCredential, callColumns } from "./calls.ts";
import type { Scope } from "./scope.ts";

export type StoredLive = Omit<CallCredential, "owner"> & {
  projectId: string;
  resourceId: string;
  owner: "user" | "app" | "test";
  externalId: string | null;
  metadata: Record<string, unknown> | null;
  liveRevision: number;
  profileTriedAt: Date | null;
};

const columns = (sql: Sql) => sql`
  ${callColumns(sql)}, c.project_id as "projectId", c.resource_id as "resourceId", u.external_id as "externalId", u.metadata,
  r.live_revision as "liveRevision", c.profile_tried_at as "profileTriedAt"`;

/** One credential with its user and its resource's live revision. Null when it is gone, or its resource is deleted or not published. */
export async function findLiveCredential({ projectId }: Scope, sql: Sql, id: string): Promise<StoredLive | null> {
  const [row] = await sql<StoredLive[]>`
    select ${columns(sql)} from credential c
    join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null and r.live_revision is not null
    left join connected_user u on u.project_id = c.project_id and u.id = c.user_id
    where c.project_id = ${projectId} and c.id = ${id} and c.owner <> 'candidate'`;
  return row ?? null;
}

/**
 * Takes the credentials whose time has come, soonest first, and puts that time off: other workers take others, and those of a worker
 * that dies come up again. Of projects and resources that are deleted or not live none is returned; theirs come up again in an hour.
 * What isn't valid can't be renewed, so it is passed by, and its turn comes once it is valid again. Checks bring some of those back.
 */
export async function takeDue(sql: Sql, column: "refresh_at" | "verify_at", limit: number, putOffSeconds: number): Promise<StoredLive[]> {
  const due = sql(column);
  const usable = column === "refresh_at" ? sql`and shown_status = 'VALID'` : sql``;
  return await sql<StoredLive[]>`
    with due as (
      select project_id, id from credential where ${due} <= now() ${usable} order by ${due} limit ${limit} for update skip locked
    ), taken as (
      update credential c set ${due} = now() + make_interval(secs => case when r.id is null then 3600 else ${putOffSeconds}::float8 end)
      from due left join credential k on k.project_id = due.project_id and k.id = due.id
        left join (resource r join project p on p.id = r.project_id and p.deleted_at is null)
          on r.project_id = k.project_id and r.id = k.resource_id and r.deleted_at is null and r.live_revision is not null
      where c.project_id = due.project_id and c.id = due.id
      returning c.project_id, c.id
    )
    select ${columns(sql)} from taken t
    join credential c on c.project_id = t.project_id and c.id = t.id
    join project p on p.id = c.project_id and p.deleted_at is null
    join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null and r.live_revision is not null
    left join connected_user u on u.project_id = c.project_id and u.id = c.user_id`;
}
