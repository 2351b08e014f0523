"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { ActivityFilter, ActivityKey } from "#lib/activity/schema.ts";
import { searchActivity, tellActivity } from "#lib/activity/search-activity.ts";
import { env } from "#lib/env.ts";
import { AppError } from "#lib/errors.ts";

/** A page of the list: the first one, the one after `before`, or what came `since`. */
export const searchActivityAction = action({
  permission: "activity.read",
  input: z.object({ filter: ActivityFilter, before: ActivityKey.optional(), since: z.iso.datetime({ precision: 6 }).optional() }),
  run: ({ scope, db, input: { filter, ...page } }) => searchActivity(scope, db, filter, page),
});

/** What is kept of one row, redacted, and why it happened. */
export const readActivityAction = action({
  permission: "activity.read",
  input: ActivityKey,
  run: async ({ scope, db, input }) => {
    const story = await tellActivity(scope, db, input);
    if (!story) {
      const days = env().RETENTION_ACTIVITY_DAYS;
      throw new AppError("not_found", `This isn’t kept any more: activity stays for ${days} days. Close it and reload the page.`);
    }
    return story;
  },
});
