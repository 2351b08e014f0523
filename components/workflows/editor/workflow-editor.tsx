"use client";

import { type ReactNode, useRef, useState } from "react";
import type { Theme } from "#components/shell/theme.ts";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { findStep, listSteps } from "#lib/workflows/step-tree.ts";
import { useWorkflowDialogs, type WorkflowActions, WorkflowDialogs } from "../workflow-menu.tsx";
import { buildChain } from "./build-chain.tsx";
import { EditorCanvas } from "./editor-canvas.tsx";
import { EditorSide, hasSide } from "./editor-side.tsx";
import { EditorToolbar } from "./editor-toolbar.tsx";
import type { EditorActions, EditorResource, SavedWorkflow, StepSamples, WorkflowReview, WorkflowStanding } from "./editor-types.ts";
import type { KeptSamples } from "./use-step-tests.ts";
import { useUndoKeys } from "./use-workflow-draft.ts";
import { useWorkflowEditor } from "./use-workflow-editor.ts";

const PublishDialog = lazyDialog(async () => (await import("./publish-dialog.tsx")).PublishDialog);
const ConflictChoice = lazyDialog(async () => (await import("./conflict-choice.tsx")).ConflictChoice);
const RemoveStepDialog = lazyDialog(async () => (await import("./remove-step-dialog.tsx")).RemoveStepDialog);

export interface WorkflowEditorProps {
  projectId: string;
  workflow: { id: string; name: string; pausedReason: string | null };
  standing: WorkflowStanding;
  draft: { version: number; savedAt: string; review: WorkflowReview };
  resources: readonly EditorResource[];
  samples: StepSamples;
  /** Of the machine API, for the code that starts it. */
  apiUrl: string;
  may: { edit: boolean; publish: boolean; enable: boolean; delete: boolean };
  theme: Theme;
  banner?: ReactNode;
  actions: EditorActions & WorkflowActions;
}

/** The editor of one workflow. A restored version begins it anew; how the workflow stands, and what its tests gave, isn't the draft's. */
export function WorkflowEditor(props: WorkflowEditorProps) {
  const [draft, setDraft] = useState(props.draft);
  const [standing, setStanding] = useState(props.standing);
  const samples = useState(props.samples);
  return (
    <Editor
      key={draft.version}
      {...props}
      draft={draft}
      onRestored={setDraft}
      standing={standing}
      setStanding={setStanding}
      kept={samples}
    />
  );
}

type EditorProps = WorkflowEditorProps & {
  onRestored: (draft: Extract<SavedWorkflow, { kind: "saved" }>) => void;
  setStanding: (standing: WorkflowStanding) => void;
  kept: KeptSamples;
};

function Editor({ projectId, workflow, standing, setStanding, resources, apiUrl, may, actions, theme, banner, ...props }: EditorProps) {
  const ids = { projectId, workflowId: workflow.id };
  const readOnly = !may.edit;
  const editor = useWorkflowEditor({ ids, draft: props.draft, resources, samples: props.kept, save: actions.save });
  const { draft, removing } = editor;
  const { body, review } = draft;
  const [publishing, setPublishing] = useState(false);
  const dialogs = useWorkflowDialogs();
  const panel = useRef<HTMLElement>(null);
  useUndoKeys(readOnly ? { undo: () => {}, redo: () => {} } : draft);
  const chain = buildChain(body, { resources, tests: editor.tests, samples: editor.samples, problems: review.problems });

  /** Shown at once, taken back where the server refuses. */
  const put = async (change: Partial<WorkflowStanding>, refusal: string, act: () => Promise<ActionResult<void>>) => {
    setStanding({ ...standing, ...change });
    const result = await act().catch(() => null);
    if (result?.ok) return;
    setStanding(standing);
    toast.error({
      title: refusal,
      text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
    });
  };
  const enable = (isEnabled: boolean) =>
    put({ isEnabled }, isEnabled ? "Not switched on" : "Not switched off", () => actions.enable({ ...ids, enabled: isEnabled }));
  const setDefault = (isOnByDefault: boolean) =>
    put({ isOnByDefault }, "The default wasn’t changed", () => actions.setDefault({ ...ids, isOn: isOnByDefault }));

  return (
    <div className="flow-page">
      {banner}
      <EditorToolbar
        projectId={projectId}
        workflow={{ ...workflow, isLive: standing.number !== null }}
        editor={editor}
        standing={standing}
        may={may}
        theme={theme}
        actions={actions}
        openDialog={dialogs.open}
        onEnable={enable}
        onPublish={() => setPublishing(true)}
      />
      {workflow.pausedReason && (
        <Note tone="warning" title="Paused: nothing starts it." className="rounded-none">
          {workflow.pausedReason}
        </Note>
      )}
      <main id="main" className="flow" data-panel={hasSide(editor) || undefined} tabIndex={-1}>
        <h1 className="sr-only">{workflow.name}, editor</h1>
        <EditorCanvas
          projectId={projectId}
          editor={editor}
          chain={chain}
          resources={resources}
          readOnly={readOnly}
          hasPanel={hasSide(editor)}
          onProblems={() => setPublishing(true)}
          onSelect={(id) => {
            // Chosen once more: on to its fields.
            if (id !== null && id === editor.selected) panel.current?.focus();
            editor.select(id);
          }}
        />
        <EditorSide
          ref={panel}
          ids={ids}
          apiUrl={apiUrl}
          editor={editor}
          resources={resources}
          standing={standing}
          onEnable={enable}
          onDefault={setDefault}
          readOnly={readOnly}
          mayEnable={may.enable}
          actions={actions}
          onRestored={props.onRestored}
        />
      </main>
      <PublishDialog
        open={publishing}
        onOpenChange={setPublishing}
        ids={ids}
        name={workflow.name}
        standing={standing}
        mayPublish={may.publish}
        problems={review.problems}
        labelOf={chain.fullName}
        save={draft.flush}
        version={draft.version}
        readChanges={actions.readChanges}
        publish={actions.publish}
        onGo={(problem) => {
          setPublishing(false);
          editor.goTo(problem);
        }}
        onPublished={(number) => {
          setStanding({ ...standing, number, isEnabled: standing.number === null || standing.isEnabled });
          setPublishing(false);
          toast.success({
            title: `Version ${number} is live`,
            text: "What starts from now on runs it. Runs that have begun go on with theirs.",
          });
        }}
      />
      <RemoveStepDialog
        open={removing !== null}
        onOpenChange={(open) => !open && editor.askToRemove(null)}
        name={removing ? (chain.names.get(removing) ?? "step") : "step"}
        inside={removing ? listSteps([findStep(body.steps, removing)].filter((each) => each !== undefined)).length - 1 : 0}
        onConfirm={() => removing && editor.remove(removing)}
      />
      <ConflictChoice open={draft.conflict !== null} conflict={draft.conflict} onResolve={draft.resolve} />
      <WorkflowDialogs projectId={projectId} actions={actions} listed={false} dialogs={dialogs} />
    </div>
  );
}
