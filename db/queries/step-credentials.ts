import type { Sql } from "#db/client.ts";
import { type CallCredential, callColumns } from "./calls.ts";
import type { Scope } from "./scope.ts";

export type StepCredential = {
  resource: { id: string; level: "user" | "app"; liveRevision: number };
  /** The user's, the test user's, or the app's for an app-level resource. */
  credential: (Omit<CallCredential, "owner"> & { owner: "user" | "app" | "test" }) | null;
  user: { id: string; metadata: Record<string, unknown> } | null;
};

type Row = {
  resourceId: string;
  level: "user" | "app";
  liveRevision: number;
  externalId: string | null;
  metadata: Record<string, unknown> | null;
} & {
  [Key in keyof NonNullable<StepCredential["credential"]>]: NonNullable<StepCredential["credential"]>[Key] | null;
};

/** What a workflow's step calls a resource with, in one indexed statement. Null when the resource is deleted or not published. */
export async function findStepCredential(
  { projectId }: Scope,
  sql: Sql,
  resourceId: string,
  userId: string | null,
): Promise<StepCredential | null> {
  const [row] = await sql<Row[]>`
    select r.id as "resourceId", r.level, r.live_revision as "liveRevision", u.external_id as "externalId", u.metadata,
      ${callColumns(sql)}
    from resource r
    left join connected_user u on u.project_id = r.project_id and u.id = ${userId}
    left join lateral (
      select * from credential where r.level = 'user' and project_id = r.project_id and resource_id = r.id and user_id = u.id
        and (owner = 'user' or (owner = 'test' and auth_type = r.auth_type))
      union all
      select * from credential where r.level = 'app' and project_id = r.project_id and resource_id = r.id and owner = 'app' and user_id is null
    ) c on true
    where r.project_id = ${projectId} and r.id = ${resourceId} and r.deleted_at is null and r.live_revision is not null limit 1`;
  if (!row) return null;
  const { resourceId: id, level, liveRevision, externalId, metadata, ...stored } = row;
  return {
    resource: { id, level, liveRevision },
    credential: stored.id ? (stored as NonNullable<StepCredential["credential"]>) : null,
    user: externalId === null ? null : { id: externalId, metadata: metadata ?? {} },
  };
}
