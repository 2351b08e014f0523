"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getDatabase } from "#db/client.ts";
import { listRunsByKey } from "#db/queries/runs.ts";
import { ACTIVITY_RANGES } from "#lib/activity/words.ts";
import { stopBulkTask } from "#lib/bulk/stop-bulk-task.ts";
import { AppError } from "#lib/errors.ts";
import { asSummary, searchRuns } from "#lib/workflows/list-runs.ts";
import { countReplayable, findReplay, replayRuns } from "#lib/workflows/replay-runs.ts";
import { REPLAY_VERSIONS, RUN_STATUSES } from "#lib/workflows/run-words.ts";

const RunKey = z.object({ at: z.iso.datetime({ precision: 6 }), id: z.guid() });
const RunFilter = z.object({
  workflow: z.guid().nullable(),
  status: z.enum(["open", ...RUN_STATUSES]).nullable(),
  user: z.string().max(255).nullable(),
  range: z.enum(ACTIVITY_RANGES).nullable(),
  from: z.iso.datetime().nullable(),
  to: z.iso.datetime().nullable(),
});

/** A page of the list: the first one, or the one after `before`. */
export const searchRunsAction = action({
  permission: "workflows.read",
  input: z.object({ filter: RunFilter, before: RunKey.optional() }),
  run: ({ scope, input: { filter, ...page } }) => searchRuns(scope, getDatabase().sql, filter, page),
});

/** How some runs stand now. */
export const readRunsAction = action({
  permission: "workflows.read",
  input: z.object({ runs: z.array(RunKey).max(100) }),
  run: async ({ scope, input }) => (await listRunsByKey(scope, getDatabase().sql, input.runs)).map(asSummary),
});

export const countFailedRunsAction = action({
  permission: "workflows.read",
  input: z.object({ filter: RunFilter }),
  run: ({ scope, input }) => countReplayable(scope, getDatabase().sql, input.filter),
});

/** All failed runs of a filter once more. */
export const replayRunsAction = action({
  permission: "workflows.test",
  input: z.object({ filter: RunFilter, version: z.enum(REPLAY_VERSIONS) }),
  run: ({ scope, actor, input }) => replayRuns(scope, getDatabase(), actor, input),
});

export const stopReplayAction = action({
  permission: "workflows.test",
  input: z.object({ taskId: z.uuid() }),
  run: async ({ scope, db, actor, input }): Promise<void> => {
    if (!(await stopBulkTask(scope, db, actor, input)))
      throw new AppError("conflict", "It has ended already. The list shows what was begun.");
  },
});

/** How far a bulk replay is. */
export const readReplayAction = action({
  permission: "workflows.read",
  input: z.object({ taskId: z.uuid() }),
  run: async ({ scope, input }) => {
    const task = await findReplay(scope, getDatabase().sql, input.taskId);
    if (!task) throw new AppError("not_found", "This replay isn’t known any more. Reload the page.");
    return task;
  },
});
