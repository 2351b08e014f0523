"use server";

import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import { getSpine } from "#app/_gates/spine.ts";
import type { CodeExampleTab } from "#components/resources/code-examples.tsx";
import type { KeptTestValues, SavedSetup, StoredAnswer } from "#components/resources/setup/setup-types.ts";
import { listAnswers } from "#db/queries/answers.ts";
import { finishSetup } from "#lib/connections/finish-setup.ts";
import { keepTyped } from "#lib/connections/keep-typed.ts";
import { type Finished, TestValues } from "#lib/connections/schema.ts";
import { clearTestValues } from "#lib/connections/test-values.ts";
import { deleteResource, restoreResource } from "#lib/resources/delete-resource.ts";
import { duplicateResource } from "#lib/resources/duplicate-resource.ts";
import { SaveDraft, saveDraft } from "#lib/resources/save-draft.ts";
import { previewAs } from "#lib/users/preview-as.ts";
import { type PreviewAs, UserFilter } from "#lib/users/schema.ts";
import { readExamples, readKeptSecret, readKeptTestValues, reviewDraft } from "./read-setup.ts";

const OfResource = z.object({ resourceId: z.uuid() });

export const saveSetupAction = action({
  permission: "resources.edit",
  input: SaveDraft.extend({ values: TestValues.optional() }),
  run: async ({ scope, db, actor, input }): Promise<SavedSetup> => {
    const saved = await saveDraft(scope, db, actor, input);
    if (saved.kind === "conflict") return { ...saved, at: saved.at.toISOString() };
    const { version, body, savedAt } = saved;
    const { resourceId, values } = input;
    if (values) await keepTyped(getSpine(), scope, actor, { resourceId, version, values });
    const [review, clientSecret, testValues] = await Promise.all([
      reviewDraft(scope, db, resourceId, body),
      readKeptSecret(scope, db, body),
      values && readKeptTestValues(scope, resourceId),
    ]);
    return { kind: "saved", version, savedAt: savedAt.toISOString(), review, clientSecret, testValues };
  },
});

export const publishSetupAction = action({
  permission: "resources.publish",
  input: OfResource.extend({ version: z.int().min(1) }),
  run: async ({ scope, actor, input }): Promise<Finished> => {
    const spine = getSpine();
    return await finishSetup(spine, scope, actor, { ...input, allowsHttp: spine.allowsHttp });
  },
});

export const readExamplesAction = action({
  permission: "resources.read",
  input: OfResource,
  run: ({ scope, db, input }): Promise<CodeExampleTab[]> => readExamples(scope, db, input.resourceId),
});

/** What the API answered lately, for the preview of the rule that says which answers mean "token expired". */
export const readAnswersAction = action({
  permission: "activity.read",
  input: OfResource,
  run: async ({ scope, db, input }): Promise<StoredAnswer[]> =>
    (await listAnswers(scope, db, input.resourceId)).map((answer) => ({ ...answer, at: answer.at.toISOString() })),
});

/** Users for the preview, and what may be seen of the one that is named. */
export const previewAsAction = action({
  permission: "resources.edit",
  input: OfResource.extend({ text: UserFilter.shape.q }),
  run: ({ scope, input }): Promise<PreviewAs> => previewAs(scope, getSpine(), input),
});

export const clearTestAction = action({
  permission: "resources.test",
  input: OfResource,
  run: async ({ scope, actor, input }): Promise<{ kept: KeptTestValues }> => {
    await clearTestValues(scope, getSpine(), actor, input);
    return { kept: await readKeptTestValues(scope, input.resourceId) };
  },
});

export const duplicateSetupAction = action({
  permission: "resources.edit",
  input: OfResource,
  run: ({ scope, db, actor, input }): Promise<{ id: string }> => duplicateResource(scope, db, actor, input),
});

export const deleteDraftAction = action({
  permission: "resources.delete",
  input: OfResource,
  run: ({ scope, db, actor, input }): Promise<void> => deleteResource(scope, db, actor, input),
});

export const restoreDraftAction = action({
  permission: "resources.delete",
  input: OfResource,
  run: ({ scope, db, actor, input }): Promise<void> => restoreResource(scope, db, actor, input),
});
