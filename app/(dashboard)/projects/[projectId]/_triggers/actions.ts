"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import type { SavedTrigger } from "#components/triggers/setup/setup-types.ts";
import { getDatabase } from "#db/client.ts";
import { findUserByExternalId } from "#db/queries/activity.ts";
import { AppError } from "#lib/errors.ts";
import { addTriggerSecret, removeTriggerSecret } from "#lib/triggers/change-trigger-secrets.ts";
import { createTrigger } from "#lib/triggers/create-trigger.ts";
import { deleteTrigger } from "#lib/triggers/delete-trigger.ts";
import { discardTriggerDraft, finishTrigger } from "#lib/triggers/finish-trigger.ts";
import { listHeard } from "#lib/triggers/list-heard.ts";
import { makeUserUrl } from "#lib/triggers/make-user-url.ts";
import { saveTriggerDraft } from "#lib/triggers/save-trigger-draft.ts";
import { AddedTriggerSecret, ChangedTrigger, NewTrigger, OneVersion } from "#lib/triggers/schema.ts";

const OneTrigger = z.object({ triggerId: z.guid() });

export const createTriggerAction = action({
  permission: "triggers.edit",
  input: NewTrigger,
  run: ({ scope, db, actor, input }) => createTrigger(scope, db, actor, input),
});

export const saveTriggerAction = action({
  permission: "triggers.edit",
  input: ChangedTrigger,
  run: async ({ scope, db, actor, input }): Promise<SavedTrigger> => {
    const saved = await saveTriggerDraft(scope, db, actor, input);
    if (saved.kind === "conflict") return { ...saved, at: saved.at.toISOString() };
    const { version, savedAt, draft, problems } = saved;
    return { kind: "saved", version, savedAt: savedAt.toISOString(), review: { body: draft, problems } };
  },
});

export const finishTriggerAction = action({
  permission: "triggers.publish",
  input: OneVersion,
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await finishTrigger(scope, db, actor, input);
    refresh();
  },
});

export const discardTriggerDraftAction = action({
  permission: "triggers.edit",
  input: OneVersion,
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await discardTriggerDraft(scope, db, actor, input);
    refresh();
  },
});

export const deleteTriggerAction = action({
  permission: "triggers.delete",
  input: OneTrigger,
  run: ({ scope, db, actor, input }) => deleteTrigger(scope, db, actor, input),
});

export const addTriggerSecretAction = action({
  permission: "secrets.write",
  input: AddedTriggerSecret,
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await addTriggerSecret(scope, db, actor, input);
    refresh();
  },
});

export const removeTriggerSecretAction = action({
  permission: "secrets.write",
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
