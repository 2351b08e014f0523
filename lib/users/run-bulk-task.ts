import type { Database, Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { countUsers, walkUserIds } from "#db/queries/users.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { BulkFilter, type BulkKind } from "./schema.ts";

export type BulkCredential = { id: string; userId: string; resource: string };
export type ActResult = { ok: true } | { ok: false; message: string };

/** What a bulk task does to one credential, or to one user. Each may run twice: after a kill, those at work are done again. */
export type BulkActs = {
  refresh(scope: Scope, actor: Actor, credential: BulkCredential): Promise<ActResult>;
  verify(scope: Scope, actor: Actor, credential: BulkCredential): Promise<ActResult>;
  disconnect(scope: Scope, actor: Actor, credential: BulkCredential): Promise<ActResult>;
  deleteUser(scope: Scope, actor: Actor, userId: string): Promise<ActResult>;
};

export type BulkSettings = {
  /** A task whose worker was killed is taken over after this. */
  claimSeconds: number;
  /** Users in a step: what may be done again after a kill. */
  step: number;
  /** Users at once. */
  width: number;
};
const SETTINGS: BulkSettings = { claimSeconds: 15, step: 5, width: 5 };
const FAILURES_KEPT = 100;

type Task = {
  projectId: string;
  id: string;
  kind: BulkKind;
  filter: BulkFilter;
  cursor: string | null;
  total: number;
  createdBy: string | null;
};

/**
 * Claims the oldest task that nobody works on and works it off, step by step, until it is done, stopped or `signal` says to leave it
 * to another worker. False when there was none. Progress is compared and set on the cursor: a worker that was thought dead writes
 * nothing more once another has gone on.
 */
export async function runBulkTask(
  { sql }: { sql: Sql; db: Database },
  acts: BulkActs,
  signal: AbortSignal,
  given: Partial<BulkSettings> = {},
): Promise<boolean> {
  const settings = { ...SETTINGS, ...given };
  const task = await claim(sql, settings);
  if (!task) return false;
  const scope = { projectId: task.projectId };
  const heartbeat = setInterval(() => void extendClaim(sql, task, settings).catch(() => {}), (settings.claimSeconds * 1_000) / 3);
  try {
    if (task.total === 0) await setTotal(sql, task, await countUsers(scope, sql, task.filter));
    while (!signal.aborted) {
      const users = await nextUsers(scope, sql, task, settings.step);
      if (users.length === 0) {
        await finish(sql, task);
        return true;
      }
      const failures = await actOn(sql, acts, task, users, settings.width);
      if (!(await saveStep(sql, task, users, failures, settings))) return true;
    }
    await release(sql, task);
    return true;
  } finally {
    clearInterval(heartbeat);
  }
}

async function claim(sql: Sql, { claimSeconds }: BulkSettings): Promise<Task | null> {
  const [row] = await sql<(Omit<Task, "filter"> & { filter: unknown })[]>`
    update bulk_task set claimed_until = now() + make_interval(secs => ${claimSeconds})
    where (project_id, id) = (
      select project_id, id from bulk_task where state = 'running' and (claimed_until is null or claimed_until < now())
      order by created_at limit 1 for update skip locked)
    returning project_id as "projectId", id, kind, filter, cursor, total, created_by as "createdBy"`;
  return row ? { ...row, filter: BulkFilter.parse(row.filter) } : null;
}

const extendClaim = (sql: Sql, { projectId, id, cursor }: Task, { claimSeconds }: BulkSettings) => sql`
  update bulk_task set claimed_until = now() + make_interval(secs => ${claimSeconds})
  where project_id = ${projectId} and id = ${id} and state = 'running' and cursor is not distinct from ${cursor}`;

const release = (sql: Sql, { projectId, id, cursor }: Task) => sql`
  update bulk_task set claimed_until = null where project_id = ${projectId} and id = ${id} and cursor is not distinct from ${cursor}`;

async function setTotal(sql: Sql, task: Task, total: number): Promise<void> {
  task.total = total;
  await sql`update bulk_task set total = ${total} where project_id = ${task.projectId} and id = ${task.id}`;
}

async function nextUsers(scope: Scope, sql: Sql, { filter, cursor }: Task, step: number): Promise<string[]> {
  if (!filter.userIds) return await walkUserIds(scope, sql, filter, cursor, step);
  // As Postgres orders ids, and as the page tells who is done: byte by byte.
  const left = filter.userIds.filter((id) => cursor === null || id > cursor);
  return left.sort().slice(0, step);
}

type Failure = { userId: string; message: string };

/** What failed, by user. Some users at once, so that a slow API doesn't hold up the rest. */
async function actOn(sql: Sql, acts: BulkActs, task: Task, users: string[], width: number): Promise<Failure[]> {
  const waiting = [...users];
  const failures: Failure[] = [];
  const hand = async () => {
    for (let userId = waiting.shift(); userId; userId = waiting.shift()) {
      const message = await actOnUser(sql, acts, task, userId).catch(() => "Something went wrong on the server. Try this user again.");
      if (message) failures.push({ userId, message });
    }
  };
  await Promise.all(Array.from({ length: width }, hand));
  return failures;
}

/** What went wrong, as a sentence; null when nothing did. */
async function actOnUser(sql: Sql, acts: BulkActs, { projectId, kind, filter, createdBy }: Task, userId: string): Promise<string | null> {
  const scope = { projectId };
  const actor: Actor = createdBy ? { kind: "member", id: createdBy } : { kind: "system" };
  if (kind === "delete_users") {
    const deleted = await acts.deleteUser(scope, actor, userId);
    return deleted.ok ? null : deleted.message;
  }
  const messages: string[] = [];
  for (const credential of await credentialsOf(scope, sql, kind, filter, userId)) {
    const result = await acts[kind](scope, actor, credential);
    if (!result.ok) messages.push(`${credential.resource}: ${result.message}`);
  }
  return messages.length > 0 ? messages.join(" ") : null;
}

/** The user's credentials that the task is for. Keys have nothing to refresh. */
const credentialsOf = async (
  { projectId }: Scope,
  sql: Sql,
  kind: BulkKind,
  { status, resourceId }: BulkFilter,
  userId: string,
): Promise<BulkCredential[]> => sql<BulkCredential[]>`
  select c.id, c.user_id as "userId", n.name as resource from credential c
  join resource r on r.project_id = c.project_id and r.id = c.resource_id and r.deleted_at is null
  join resource_name n on n.project_id = c.project_id and n.resource_id = c.resource_id and n.is_current
  where c.project_id = ${projectId} and c.user_id = ${userId} and c.owner = 'user'
    ${status ? sql`and c.shown_status = ${status}` : sql``} ${resourceId ? sql`and c.resource_id = ${resourceId}` : sql``}
    ${kind === "refresh" ? sql`and c.auth_type <> 'api_key'` : sql``}
  order by c.id`;

/** Whether to go on: nobody stopped it, and nobody else has taken it over. */
async function saveStep(sql: Sql, task: Task, users: string[], failures: Failure[], { claimSeconds }: BulkSettings): Promise<boolean> {
  const last = users.at(-1)!;
  const [row] = await sql<{ state: string }[]>`
    update bulk_task set cursor = ${last}, done = done + ${users.length}, failed = failed + ${failures.length},
      failures = case when jsonb_array_length(failures) < ${FAILURES_KEPT} then failures || ${sql.json(failures)}::jsonb else failures end,
      total = greatest(total, done + ${users.length}), claimed_until = now() + make_interval(secs => ${claimSeconds})
    where project_id = ${task.projectId} and id = ${task.id} and cursor is not distinct from ${task.cursor}
    returning state`;
  task.cursor = last;
  return row?.state === "running";
}

/** A walk may have met fewer users than were counted: some were deleted, or don't match any more. */
const finish = (sql: Sql, { projectId, id, cursor }: Task) => sql`
  update bulk_task set state = 'done', finished_at = now(), total = done, claimed_until = null
  where project_id = ${projectId} and id = ${id} and state = 'running' and cursor is not distinct from ${cursor}`;
