"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getDatabase } from "#db/client.ts";
import { findBulkTask } from "#db/queries/users.ts";
import { stopBulkTask } from "#lib/bulk/stop-bulk-task.ts";
import { AppError } from "#lib/errors.ts";
import { BulkFilter, type BulkProgress } from "#lib/users/schema.ts";
import { startBulkTask } from "#lib/users/start-bulk-task.ts";

/** Refresh, Re-verify or Disconnect for many. */
export const startBulkAction = action({
  permission: "credentials.write",
  input: z.object({ kind: z.enum(["refresh", "verify", "disconnect"]), filter: BulkFilter }),
  run: async ({ scope, actor, input }): Promise<BulkProgress> => {
    const { id } = await startBulkTask(scope, getDatabase(), actor, input);
    return (await findBulkTask(scope, getDatabase().sql, id))!;
  },
});

export const deleteUsersAction = action({
  permission: "users.delete",
  input: z.object({ filter: BulkFilter }),
  run: async ({ scope, actor, input }): Promise<BulkProgress> => {
    const { id } = await startBulkTask(scope, getDatabase(), actor, { kind: "delete_users", filter: input.filter });
    return (await findBulkTask(scope, getDatabase().sql, id))!;
  },
});

export const stopBulkAction = action({
  permission: "credentials.write",
  input: z.object({ taskId: z.uuid() }),
  run: async ({ scope, db, actor, input }): Promise<void> => {
    if (!(await stopBulkTask(scope, db, actor, input)))
      throw new AppError("conflict", "It has ended already. The list shows what was done.");
  },
});

/** How far a bulk task is; whom it is for was told when it began. */
export const readBulkAction = action({
  permission: "users.read",
  input: z.object({ taskId: z.uuid() }),
  run: async ({ scope, input }) => {
    const task = await findBulkTask(scope, getDatabase().sql, input.taskId);
    if (!task) throw new AppError("not_found", "This bulk action isn’t known any more. Reload the page.");
    const { userIds: _, ...progress } = task;
    return progress;
  },
});
