import type { Sql } from "#db/client.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import type { ResourceDefinition } from "#lib/resources/schema.ts";
import { checkEveryOf, requiredKeys, satisfies } from "./schema.ts";

type Unsettled = { projectId: string; id: string; liveRevision: number; settledRevision: number | null };
type Resource = Pick<Unsettled, "projectId" | "id">;
type Fitting = { id: string; authType: string; suppliedKeys: string[]; fit: string };

const BATCH = 1_000;
const FIRST = "00000000-0000-0000-0000-000000000000";

/**
 * After a publish: writes `credential.fit`, by which lists filter and what doesn't fit isn't renewed, for each resource whose live
 * revision isn't settled yet. Users' credentials in batches of their own, so that nobody waits on a lock; the app's is one row. What decides is `satisfies`; a revision that asks for the
 * same as the settled one costs no look at its credentials. Safe to run twice, by several workers, and to be killed: it begins again.
 */
export async function settleFit(sql: Sql): Promise<void> {
  const resources = await sql<Unsettled[]>`
    select project_id as "projectId", id, live_revision as "liveRevision", settled_revision as "settledRevision" from resource
    where live_revision is not null and live_revision is distinct from settled_revision and deleted_at is null
    order by updated_at limit 100`;
  for (const resource of resources) await settleResource(sql, resource);
}

async function settleResource(sql: Sql, { projectId, id, liveRevision, settledRevision }: Unsettled): Promise<void> {
  const live = await loadRevision({ projectId }, sql, id, liveRevision);
  const settled = settledRevision === null ? null : await loadRevision({ projectId }, sql, id, settledRevision);
  if (!(settled && asksTheSame(live, settled))) {
    if (live.level === "app") await settleApp(sql, { projectId, id }, live);
    else for (let after: string | null = FIRST; after; ) after = await settleBatch(sql, { projectId, id }, live, after);
  }
  await startChecks(sql, { projectId, id }, checkEveryOf(live));
  // A publish meanwhile leaves it unsettled: the next turn does it.
  await sql`update resource set settled_revision = ${liveRevision} where project_id = ${projectId} and id = ${id} and live_revision = ${liveRevision}`;
}

const asksTheSame = (a: ResourceDefinition, b: ResourceDefinition): boolean =>
  a.authType === b.authType && [...requiredKeys(a)].sort().join() === [...requiredKeys(b)].sort().join();

/** Checks that a publish turned on begin spread over the interval; those that it turned off end at their next turn. */
async function startChecks(sql: Sql, { projectId, id }: Resource, checkEvery: number): Promise<void> {
  if (checkEvery === 0) return;
  await sql`
    update credential set verify_at = now() + make_interval(secs => random() * ${checkEvery}::float8)
    where project_id = ${projectId} and resource_id = ${id} and owner in ('user', 'app') and status = 'VALID'
      and (verify_at is null or verify_at > now() + make_interval(secs => ${checkEvery}::float8 * 1.1))`;
}

async function settleApp(sql: Sql, { projectId, id }: Resource, live: ResourceDefinition): Promise<void> {
  const rows = await sql<Fitting[]>`
    select id, auth_type as "authType", supplied_keys as "suppliedKeys", fit from credential
    where project_id = ${projectId} and resource_id = ${id} and owner = 'app'`;
  await storeFit(sql, projectId, live, rows);
}

/** The last user looked at, or null at the end. */
async function settleBatch(sql: Sql, { projectId, id }: Resource, live: ResourceDefinition, after: string): Promise<string | null> {
  const rows = await sql<(Fitting & { userId: string })[]>`
    select user_id as "userId", id, auth_type as "authType", supplied_keys as "suppliedKeys", fit from credential
    where project_id = ${projectId} and resource_id = ${id} and owner = 'user' and user_id > ${after} order by user_id limit ${BATCH}`;
  await storeFit(sql, projectId, live, rows);
  return rows.length === BATCH ? rows.at(-1)!.userId : null;
}

async function storeFit(sql: Sql, projectId: string, live: ResourceDefinition, rows: readonly Fitting[]): Promise<void> {
  const changed = rows.flatMap((row) => {
    const standing = satisfies(live, row);
    const fit = standing.ok ? "ok" : standing.reason;
    return fit === row.fit ? [] : [{ ...row, fit }];
  });
  if (changed.length === 0) return;
  // One that was connected again meanwhile holds other values: it fits, and its row has said so itself.
  await sql`
    update credential c set fit = s.fit
    from unnest(${changed.map((row) => row.id)}::uuid[], ${changed.map((row) => row.fit)}::text[],
      ${changed.map((row) => row.authType)}::text[], ${changed.map((row) => JSON.stringify(row.suppliedKeys))}::text[]) as s(id, fit, auth_type, keys)
    where c.project_id = ${projectId} and c.id = s.id and c.auth_type = s.auth_type and to_jsonb(c.supplied_keys) = s.keys::jsonb`;
}
