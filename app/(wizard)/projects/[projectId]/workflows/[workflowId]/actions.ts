"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { action } from "#app/_gates/action.ts";
import type { SavedWorkflow, VersionRow, WorkflowChange, WorkflowSwitches } from "#components/workflows/editor/editor-types.ts";
import { getDatabase } from "#db/client.ts";
import { readWorkflowSwitches } from "#db/queries/workflow-switches.ts";
import { listWorkflowVersions } from "#db/queries/workflows.ts";
import { deleteWorkflow, renameWorkflow, undeleteWorkflow } from "#lib/workflows/change-workflow.ts";
import { duplicateWorkflow } from "#lib/workflows/create-workflow.ts";
import { enableWorkflow } from "#lib/workflows/enable-workflow.ts";
import { publishWorkflow, restoreWorkflowVersion } from "#lib/workflows/publish-workflow.ts";
import { readWorkflowChanges } from "#lib/workflows/read-workflow-changes.ts";
import { SaveWorkflowDraft, saveWorkflowDraft } from "#lib/workflows/save-workflow-draft.ts";
import { WorkflowName } from "#lib/workflows/schema.ts";
import { setWorkflowDefault } from "#lib/workflows/set-workflow-default.ts";
import { reviewWorkflow } from "./read-editor.ts";

const OfWorkflow = z.object({ workflowId: z.uuid() });
const Version = z.int().min(1);

export const saveWorkflowAction = action({
  permission: "workflows.edit",
  input: SaveWorkflowDraft,
  run: async ({ scope, db, actor, input }): Promise<SavedWorkflow> => {
    const saved = await saveWorkflowDraft(scope, db, actor, input);
    if (saved.kind === "conflict") return { ...saved, at: saved.at.toISOString() };
    const { version, body, savedAt } = saved;
    return { kind: "saved", version, savedAt: savedAt.toISOString(), review: await reviewWorkflow(scope, db, body) };
  },
});

export const publishWorkflowAction = action({
  permission: "workflows.publish",
  input: OfWorkflow.extend({ version: Version }),
  run: async ({ scope, db, actor, input }): Promise<{ number: number }> => {
    const published = await publishWorkflow(scope, db, actor, input);
    // It may be paused no more, or by now: the open editor says so.
    refresh();
    return published;
  },
});

export const readWorkflowChangesAction = action({
  permission: "workflows.read",
  input: OfWorkflow.extend({ from: Version.nullable(), to: Version.nullable() }),
  run: ({ scope, db, input }): Promise<WorkflowChange[]> => readWorkflowChanges(scope, db, input),
});

export const readVersionsAction = action({
  permission: "workflows.read",
  input: OfWorkflow,
  run: ({ scope, db, input }): Promise<VersionRow[]> =>
    listWorkflowVersions(scope, db, input.workflowId).then((rows) => rows.map((row) => ({ ...row, at: row.at.toISOString() }))),
});

export const restoreVersionAction = action({
  permission: "workflows.edit",
  input: OfWorkflow.extend({ number: Version }),
  run: async ({ scope, db, actor, input }): Promise<Extract<SavedWorkflow, { kind: "saved" }>> => {
    const { version, body, savedAt } = await restoreWorkflowVersion(scope, db, actor, input);
    return { kind: "saved", version, savedAt: savedAt.toISOString(), review: await reviewWorkflow(scope, db, body) };
  },
});

export const enableWorkflowAction = action({
  permission: "workflows.enable",
  input: OfWorkflow.extend({ enabled: z.boolean() }),
  run: ({ scope, db, actor, input }): Promise<void> => enableWorkflow(scope, db, actor, input),
});

export const setWorkflowDefaultAction = action({
  permission: "workflows.enable",
  input: OfWorkflow.extend({ isOn: z.boolean() }),
  run: ({ scope, db, actor, input }): Promise<void> => setWorkflowDefault(scope, db, actor, input),
});

export const readWorkflowSwitchesAction = action({
  permission: "workflows.read",
  input: OfWorkflow,
  run: async ({ scope, input }): Promise<WorkflowSwitches> => {
    const { newest, ...counts } = await readWorkflowSwitches(scope, getDatabase().sql, input.workflowId);
    return { ...counts, newest: newest.map(({ at, ...row }) => ({ ...row, at: at.toISOString() })) };
  },
});

export const renameOpenWorkflowAction = action({
  permission: "workflows.edit",
  input: OfWorkflow.extend({ name: WorkflowName }),
  run: async ({ scope, db, actor, input }): Promise<void> => {
    await renameWorkflow(scope, db, actor, input);
    // Its name stands in the top bar and in the tab.
    refresh();
  },
});

export const duplicateOpenWorkflowAction = action({
  permission: "workflows.edit",
  input: OfWorkflow,
  run: ({ scope, db, actor, input }): Promise<{ id: string }> => duplicateWorkflow(scope, db, actor, input),
});

export const deleteOpenWorkflowAction = action({
  permission: "workflows.delete",
  input: OfWorkflow,
  run: ({ scope, db, actor, input }): Promise<void> => deleteWorkflow(scope, db, actor, input),
});

export const undeleteOpenWorkflowAction = action({
  permission: "workflows.delete",
  input: OfWorkflow,
  run: ({ scope, db, actor, input }): Promise<void> => undeleteWorkflow(scope, db, actor, input),
});
