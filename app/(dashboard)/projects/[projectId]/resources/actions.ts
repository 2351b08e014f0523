"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import type { NameCheck } from "#components/resources/use-name-check.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { deleteResource, restoreResource } from "#lib/resources/delete-resource.ts";
import { duplicateResource } from "#lib/resources/duplicate-resource.ts";
import { renameResource } from "#lib/resources/rename-resource.ts";
import { ResourceName } from "#lib/resources/schema.ts";
import { findNameHolder } from "#lib/resources/take-name.ts";

export const createResourceAction = action({
  permission: "resources.edit",
  input: z.object({ name: ResourceName }),
  run: ({ scope, db, actor, input }) => createResource(scope, db, actor, input),
});

/** Whether a name can be taken, by a new resource or by `resourceId`. Only the act itself decides. */
export const checkNameAction = action({
  permission: "resources.edit",
  input: z.object({ name: ResourceName, resourceId: z.uuid().optional() }),
  run: async ({ scope, db, input: { name, resourceId } }): Promise<NameCheck> => {
    const holder = await findNameHolder(scope, db, name);
    if (!holder || holder.resourceId === resourceId) return { state: "free" };
    return { state: "taken", by: holder.current ? "name" : "alias" };
  },
});

export const renameResourceAction = action({
  permission: "resources.edit",
  input: z.object({ resourceId: z.uuid(), name: ResourceName }),
  run: async ({ scope, db, actor, input }) => {
    await renameResource(scope, db, actor, input);
    refresh();
  },
});

export const duplicateResourceAction = action({
  permission: "resources.edit",
  input: z.object({ resourceId: z.uuid() }),
  run: ({ scope, db, actor, input }) => duplicateResource(scope, db, actor, input),
});

/** `listed`: the caller stays on a page that lists it, which is then shown anew. */
export const deleteResourceAction = action({
  permission: "resources.delete",
  input: z.object({ resourceId: z.uuid(), listed: z.boolean() }),
  run: async ({ scope, db, actor, input: { resourceId, listed } }) => {
    await deleteResource(scope, db, actor, { resourceId });
    if (listed) refresh();
  },
});

/** Undo, within 7 days. A conflict says that the name was taken meanwhile: then `name` gives another. */
export const restoreResourceAction = action({
  permission: "resources.delete",
  input: z.object({ resourceId: z.uuid(), name: ResourceName.optional() }),
  run: async ({ scope, db, actor, input }) => {
    await restoreResource(scope, db, actor, input);
    refresh();
  },
});
