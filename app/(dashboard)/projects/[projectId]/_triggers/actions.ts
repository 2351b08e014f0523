"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getDatabase } from "#db/client.ts";
import { findUserByExternalId } from "#db/queries/activity.ts";
import { AppError } from "#lib/errors.ts";
import { addTriggerSecret, removeTriggerSecret } from "#lib/triggers/change-trigger-secrets.ts";
import { createTrigger } from "#lib/triggers/create-trigger.ts";
import { deleteTrigger } from "#lib/triggers/delete-trigger.ts";
import { listHeard } from "#lib/triggers/list-heard.ts";
import { makeUserUrl } from "#lib/triggers/make-user-url.ts";
import { AddedTriggerSecret, ChangedTrigger, NewTrigger } from "#lib/triggers/schema.ts";
import { updateTrigger } from "#lib/triggers/update-trigger.ts";

const OneTrigger = z.object({ triggerId: z.guid() });

export const createTriggerAction = action({
  permission: "triggers.edit",
  input: NewTrigger,
  run: ({ scope, db, actor, input }) => createTrigger(scope, db, actor, input),
});

export const saveTriggerAction = action({
  permission: "triggers.edit",
  input: ChangedTrigger,
  run: async ({ scope, db, actor, input }) => {
    const saved = await updateTrigger(scope, db, actor, input);
    refresh();
    return saved;
  },
});

export const deleteTriggerAction = action({
  permission: "triggers.delete",
  input: OneTrigger,
  run: ({ scope, db, actor, input }) => deleteTrigger(scope, db, actor, input),
});

export const addTriggerSecretAction = action({
  permission: "triggers.edit",
  input: AddedTriggerSecret,
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await addTriggerSecret(scope, db, actor, input);
    refresh();
  },
});

export const removeTriggerSecretAction = action({
  permission: "triggers.edit",
  input: OneTrigger.extend({ secretId: z.guid() }),
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await removeTriggerSecret(scope, db, actor, input);
    refresh();
  },
});

export const makeUserUrlAction = action({
  permission: "triggers.edit",
  input: OneTrigger.extend({ externalId: z.string().min(1).max(255) }),
  run: async ({ scope, db, actor, input: { triggerId, externalId } }) => {
    const userId = await findUserByExternalId(scope, db, externalId);
    if (!userId) throw new AppError("not_found", "No user of this project has this id. They appear once they connect.");
    return await makeUserUrl(scope, db, actor, { triggerId, userId });
  },
});

/** The newest events with what they brought: for the page that listens. */
export const listenTriggerAction = action({
  permission: "triggers.read",
  input: OneTrigger,
  run: ({ scope, input: { triggerId } }) => listHeard(scope, getDatabase().sql, triggerId),
});
