"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { findResource } from "#db/queries/resources.ts";
import { AppError } from "#lib/errors.ts";
import { removeAlias } from "#lib/resources/rename-resource.ts";
import { restoreRevision } from "#lib/resources/restore-revision.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { Appearance } from "#lib/resources/schema.ts";

export const removeAliasAction = action({
  permission: "resources.edit",
  input: z.object({ resourceId: z.uuid(), name: z.string().max(64) }),
  run: async ({ scope, db, actor, input }) => {
    await removeAlias(scope, db, actor, input);
    refresh();
  },
});

export const restoreRevisionAction = action({
  permission: "resources.edit",
  input: z.object({ resourceId: z.uuid(), number: z.int().min(1) }),
  run: ({ scope, db, actor, input }) => restoreRevision(scope, db, actor, input),
});

/** Into the draft: the list and the heads show it at once, the rest of a revision with the next Finish. */
export const saveAppearanceAction = action({
  permission: "resources.edit",
  input: Appearance.extend({ resourceId: z.uuid() }),
  run: async ({ scope, db, actor, input: { resourceId, ...appearance } }) => {
    const found = await findResource(scope, db, resourceId);
    if (!found) throw new AppError("not_found", "This resource was deleted. Go back to Resources; Undo is open for 7 days.");
    const { version, body } = found.draft;
    const saved = await saveDraft(scope, db, actor, { resourceId, version, body: { ...body, appearance }, secrets: {} });
    if (saved.kind === "conflict") throw new AppError("conflict", "The draft was saved elsewhere at the same moment. Save once more.");
    refresh();
  },
});
