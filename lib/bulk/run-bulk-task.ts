import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";

export type ActResult = { ok: true } | { ok: false; message: string };

/**
 * A kind of bulk task: what it goes through, in the order of the ids that it says, and what it does to each. An act may run twice: after a
 * kill, those at work are done again.
 */
export type BulkWalk = {
  count(scope: Scope, filter: unknown): Promise<number>;
  next(scope: Scope, filter: unknown, cursor: string | null, step: number): Promise<string[]>;
  act(scope: Scope, actor: Actor, task: { id: string; filter: unknown }, id: string): Promise<ActResult>;
};

/** Hears of a fault of our own, which members see as its id only. */
export type OnBulkFault = (error: unknown, where: { requestId: string; task: string; id: string }) => void;

export type BulkSettings = {
  /** A task whose worker was killed is taken over after this. */
  claimSeconds: number;
  /** How many are in a step: what may be done again after a kill. */
  step: number;
  /** How many at once. */
  width: number;
};
const SETTINGS: BulkSettings = { claimSeconds: 15, step: 5, width: 5 };
const FAILURES_KEPT = 100;

type Task = {
  projectId: string;
  id: string;
  kind: string;
  filter: unknown;
  cursor: string | null;
  total: number;
  createdBy: string | null;
};

/**
 * Claims the oldest task of a living project that nobody works on and works it off by the walk of its kind, step by step, until it is done,
 * stopped or `signal` says to leave it to another worker. False when there was none. Progress is compared and set on the cursor: a worker
 * that was thought dead writes nothing more once another has gone on.
 */
export async function runBulkTask(
  sql: Sql,
  walks: Record<string, BulkWalk>,
  { signal, onError, ...given }: { signal: AbortSignal; onError: OnBulkFault } & Partial<BulkSettings>,
): Promise<boolean> {
  const settings = { ...SETTINGS, ...given };
  const task = await claim(sql, settings);
  if (!task) return false;
  const scope = { projectId: task.projectId };
  const walk = walks[task.kind];
  if (!walk) throw new Error(`Nobody knows how to do the bulk task “${task.kind}”.`);
  const heartbeat = setInterval(() => void extendClaim(sql, task, settings).catch(() => {}), (settings.claimSeconds * 1_000) / 3);
  try {
    if (task.total === 0) await setTotal(sql, task, await walk.count(scope, task.filter));
    while (!signal.aborted) {
      const ids = await walk.next(scope, task.filter, task.cursor, settings.step);
      if (ids.length === 0) {
        await finish(sql, task);
        return true;
      }
      const failures = await actOn(walk, task, ids, settings.width, onError);
      if (!(await saveStep(sql, task, ids, failures, settings))) return true;
    }
    await release(sql, task);
    return true;
  } finally {
    clearInterval(heartbeat);
  }
}

async function claim(sql: Sql, { claimSeconds }: BulkSettings): Promise<Task | null> {
  const [row] = await sql<Task[]>`
    update bulk_task set claimed_until = now() + make_interval(secs => ${claimSeconds})
    where (project_id, id) = (
      select project_id, id from bulk_task b where state = 'running' and (claimed_until is null or claimed_until < now())
        and exists (select from project p where p.id = b.project_id and p.deleted_at is null)
      order by created_at limit 1 for update skip locked)
    returning project_id as "projectId", id, kind, filter, cursor, total, created_by as "createdBy"`;
  return row ?? null;
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

type Failure = { id: string; message: string };

/** What failed, by id. Some at once, so that a slow API doesn't hold up the rest. */
async function actOn(
  walk: BulkWalk,
  { projectId, id: taskId, filter, createdBy }: Task,
  ids: string[],
  width: number,
  onError: OnBulkFault,
): Promise<Failure[]> {
  const actor: Actor = createdBy ? { kind: "member", id: createdBy } : { kind: "system" };
  const waiting = [...ids];
  const failures: Failure[] = [];
  const hand = async () => {
    for (let id = waiting.shift(); id; id = waiting.shift()) {
      const result = await walk.act({ projectId }, actor, { id: taskId, filter }, id).catch((error): ActResult => {
        const requestId = crypto.randomUUID();
        onError(error, { requestId, task: taskId, id });
        return {
          ok: false,
          message: `Something went wrong on the server. Try this one again; if it stays, give an admin this id: ${requestId}.`,
        };
      });
      if (!result.ok) failures.push({ id, message: result.message });
    }
  };
  await Promise.all(Array.from({ length: width }, hand));
  return failures;
}

/** Whether to go on: nobody stopped it, and nobody else has taken it over. */
async function saveStep(sql: Sql, task: Task, ids: string[], failures: Failure[], { claimSeconds }: BulkSettings): Promise<boolean> {
  const last = ids.at(-1)!;
  const [row] = await sql<{ state: string }[]>`
    update bulk_task set cursor = ${last}, done = done + ${ids.length}, failed = failed + ${failures.length},
      failures = case when jsonb_array_length(failures) < ${FAILURES_KEPT} then failures || ${sql.json(failures)}::jsonb else failures end,
      total = greatest(total, done + ${ids.length}), claimed_until = now() + make_interval(secs => ${claimSeconds})
    where project_id = ${task.projectId} and id = ${task.id} and cursor is not distinct from ${task.cursor}
    returning case when exists (select from project p where p.id = project_id and p.deleted_at is null) then state else 'left' end as state`;
  task.cursor = last;
  return row?.state === "running";
}

/** A walk may have met fewer than were counted: some were deleted, or don't match any more. */
const finish = (sql: Sql, { projectId, id, cursor }: Task) => sql`
  update bulk_task set state = 'done', finished_at = now(), total = done, claimed_until = null
  where project_id = ${projectId} and id = ${id} and state = 'running' and cursor is not distinct from ${cursor}`;
