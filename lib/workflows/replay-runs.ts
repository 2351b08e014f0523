import { z } from "zod";
import type { Database, Sql } from "#db/client.ts";
import { countFailedRuns, walkFailedRuns } from "#db/queries/runs.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { beginBulkTask } from "#lib/bulk/begin-bulk-task.ts";
import type { BulkWalk } from "#lib/bulk/run-bulk-task.ts";
import { AppError } from "#lib/errors.ts";
import { toRunQuery } from "./list-runs.ts";
import { replayRun } from "./replay-run.ts";
import { REPLAY_VERSIONS, type ReplayVersion, type RunFilter } from "./run-words.ts";

/** Which failed runs a bulk replay is for. Its moments stand still: what fails again while it works isn't replayed again. */
const ReplayFilter = z.object({
  from: z.coerce.date(),
  to: z.coerce.date(),
  workflowId: z.uuid().optional(),
  userId: z.uuid().optional(),
  version: z.enum(REPLAY_VERSIONS),
});

export type ReplayProgress = {
  id: string;
  state: "running" | "done" | "stopped";
  total: number;
  done: number;
  failed: number;
  failures: { id: string; message: string }[];
};

/** Failed runs of a filter, counted up to 1,001. */
export async function countReplayable(scope: Scope, sql: Sql, filter: RunFilter): Promise<number> {
  const query = await toRunQuery(scope, sql, filter, new Date());
  return query ? await countFailedRuns(scope, sql, query) : 0;
}

/** Begins the replay of all failed runs of a filter. */
export async function replayRuns(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  actor: Actor,
  { filter, version }: { filter: RunFilter; version: ReplayVersion },
): Promise<ReplayProgress> {
  const now = new Date();
  const query = await toRunQuery(scope, sql, filter, now);
  const total = query ? await countFailedRuns(scope, sql, query) : 0;
  if (!query || total === 0) throw new AppError("not_found", "No failed run matches these filters.");
  const { from, to = now, workflowId, userId } = query;
  const { id } = await beginBulkTask(scope, db, actor, {
    kind: "replay_runs",
    filter: { from, to: to < now ? to : now, workflowId, userId, version },
    // More than a thousand are counted as they are gone through.
    total: total > 1_000 ? 0 : total,
    audit: { action: "runs.replay", detail: { version, runs: total > 1_000 ? "more than 1,000" : total, workflowId, userId } },
  });
  return (await findReplay(scope, sql, id))!;
}

/** The bulk replay that runs in this project, or one that was named. */
export async function findReplay({ projectId }: Scope, sql: Sql, taskId: string | null): Promise<ReplayProgress | null> {
  const [row] = await sql<ReplayProgress[]>`
    select id, state, total, done, failed, failures from bulk_task
    where project_id = ${projectId} and kind = 'replay_runs' and ${taskId ? sql`id = ${taskId}` : sql`state = 'running'`}
    order by created_at desc limit 1`;
  return row ?? null;
}

/** How a worker goes through failed runs, oldest first. Each is begun once, also when a killed worker's step is done again. */
export const replayWalk = (database: { db: Database; sql: Sql }): BulkWalk => ({
  count: (scope, filter) => countFailedRuns(scope, database.sql, ReplayFilter.parse(filter), null),
  next: (scope, filter, cursor, step) => walkFailedRuns(scope, database.sql, ReplayFilter.parse(filter), cursor, step),
  act: async (scope, actor, { id, filter }, runId) => {
    try {
      await replayRun(scope, database, actor, { runId, version: ReplayFilter.parse(filter).version, once: `replay:${id}:${runId}` });
      return { ok: true };
    } catch (error) {
      if (error instanceof AppError) return { ok: false, message: error.message };
      throw error;
    }
  },
});
