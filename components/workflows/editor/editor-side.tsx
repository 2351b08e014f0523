"use client";

import { lazy, type Ref, Suspense } from "react";
import { listSteps } from "#lib/workflows/step-tree.ts";
import { describeStep, describeTrigger } from "./describe-step.tsx";
import type { EditorActions, EditorResource, SavedWorkflow, WorkflowStanding } from "./editor-types.ts";
import { StepPanel } from "./step-panel.tsx";
import { sampledScope, variablesFor } from "./step-variables.ts";
import { TriggerPanel } from "./trigger-panel.tsx";
import type { EditorState } from "./use-workflow-editor.ts";

const VersionsPanel = lazy(async () => ({ default: (await import("./versions-panel.tsx")).VersionsPanel }));
const UsersPanel = lazy(async () => ({ default: (await import("./users-panel.tsx")).UsersPanel }));

export interface EditorSideProps {
  ref?: Ref<HTMLElement>;
  ids: { projectId: string; workflowId: string };
  apiUrl: string;
  editor: EditorState;
  resources: readonly EditorResource[];
  standing: WorkflowStanding;
  onEnable: (enabled: boolean) => void;
  onDefault: (isOn: boolean) => void;
  readOnly: boolean;
  mayEnable: boolean;
  actions: EditorActions;
  onRestored: (draft: Extract<SavedWorkflow, { kind: "saved" }>) => void;
}

/** Whether there is a panel at all. */
export const hasSide = ({ side, step, selected, draft }: EditorState): boolean =>
  side !== "step" || step !== undefined || (selected === "trigger" && draft.body.trigger !== undefined);

/** The panel at the right of the canvas. */
export function EditorSide({ ref, ids, apiUrl, editor, resources, standing, readOnly, mayEnable, actions, ...props }: EditorSideProps) {
  const { draft, tests, samples, step, side, close } = editor;
  const { body, review, epoch } = draft;
  if (side === "versions") {
    return (
      <Suspense>
        <VersionsPanel
          ref={ref}
          ids={ids}
          live={standing.number}
          mayRestore={!readOnly}
          read={actions.readVersions}
          readChanges={actions.readChanges}
          restore={async (number) => ((await draft.flush()) ? actions.restore({ ...ids, number }) : null)}
          onRestored={props.onRestored}
          onClose={close}
        />
      </Suspense>
    );
  }
  if (side === "users") {
    return (
      <Suspense>
        <UsersPanel
          ref={ref}
          ids={ids}
          standing={standing}
          mayEnable={mayEnable}
          read={actions.readUsers}
          onEnable={props.onEnable}
          onDefault={props.onDefault}
          onClose={close}
        />
      </Suspense>
    );
  }
  if (step) {
    const resource = step.type === "request" ? resources.find(({ id }) => id === step.resourceId) : undefined;
    return (
      <StepPanel
        ref={ref}
        projectId={ids.projectId}
        step={step}
        look={describeStep(step, resources)}
        resource={resource}
        known={variablesFor(body, step.id, samples, resource?.variables ?? [])}
        sampled={sampledScope(body, step.id, samples)}
        problems={review.problems}
        epoch={epoch}
        readOnly={readOnly}
        answersRequest={body.trigger?.type === "request"}
        tab={editor.tab}
        onTab={editor.setTab}
        sample={tests.samples[step.id]}
        tests={tests}
        takenNames={listSteps(body.steps)
          .filter((each) => each.id !== step.id)
          .map((each) => each.name)}
        onChange={(fields) => editor.typeStep(step, fields)}
        onRename={(name) => editor.rename(step.id, name)}
        onMove={(by) => editor.move(step.id, by)}
        onDuplicate={() => editor.duplicate(step.id)}
        onRemove={() => setTimeout(() => editor.askToRemove(step.id))}
        onClose={close}
      />
    );
  }
  if (editor.selected !== "trigger" || !body.trigger) return null;
  return (
    <TriggerPanel
      ref={ref}
      ids={ids}
      apiUrl={apiUrl}
      trigger={body.trigger}
      look={describeTrigger(body.trigger, resources)}
      resources={resources}
      problems={review.problems}
      epoch={epoch}
      readOnly={readOnly}
      isLive={standing.number !== null}
      sample={samples.trigger}
      onChange={editor.typeTrigger}
      onChoose={editor.chooseTrigger}
      onClose={close}
    />
  );
}
