"use client";

import { useState } from "react";
import { toast } from "#components/ui/toast.tsx";
import type { WorkflowDraft } from "#lib/workflows/schema.ts";
import {
  copyStep,
  findStep,
  insertStep,
  listSteps,
  moveStep,
  neighbourPlace,
  placeOf,
  removeStep,
  renameStep,
  replaceStep,
} from "#lib/workflows/step-tree.ts";
import { triggerExample } from "#lib/workflows/trigger-example.ts";
import type { ChainPlace } from "../chain-types.ts";
import type { NewStep } from "./add-step-menu.tsx";
import type { EditorActions, EditorResource, StepSamples, WorkflowProblem, WorkflowReview } from "./editor-types.ts";
import { makeStep, makeTrigger } from "./new-step.ts";
import { sendStepTest } from "./send-step-test.ts";
import { stepFieldId } from "./step-form-context.ts";
import type { StepPanelTab } from "./step-panel.tsx";
import type { NewTrigger } from "./trigger-menu.tsx";
import { type KeptSamples, useStepTests } from "./use-step-tests.ts";
import { useWorkflowDraft } from "./use-workflow-draft.ts";

type Options = {
  ids: { projectId: string; workflowId: string };
  draft: { version: number; savedAt: string; review: WorkflowReview };
  resources: readonly EditorResource[];
  samples: KeptSamples;
  save: EditorActions["save"];
};

/** When the page came: an example stands for any moment. */
const EXAMPLE_NOW = new Date();

/** The panel at the right: of the chosen card, or one that isn't a step's. */
export type Side = "step" | "versions" | "users";

/** What the editor holds and does: the draft and its tests, which card is chosen, and each change that can be made to the tree. */
export function useWorkflowEditor({ ids, draft: given, resources, samples: stored, save }: Options) {
  const draft = useWorkflowDraft({
    ...given,
    send: (input) => save({ ...ids, ...input }),
    onMerge: (by) => toast.success({ title: "Joined with changes from another tab", text: by ? `${by} changed other parts.` : undefined }),
  });
  const { body } = draft;
  const [selected, setSelected] = useState<string | null>(null);
  const [tab, setTab] = useState<StepPanelTab>("settings");
  const [side, setSide] = useState<Side>("step");
  const [removing, setRemoving] = useState<string | null>(null);

  const tests = useStepTests({
    samples: stored,
    save: draft.flush,
    send: (input) => sendStepTest({ ...ids, ...input }),
    onStop: (stepId) => {
      setSelected(stepId);
      setSide("step");
      setTab("result");
    },
  });

  const changeSteps = (steps: WorkflowDraft["steps"], options?: Parameters<typeof draft.change>[1]) =>
    steps !== body.steps && draft.change({ ...body, steps }, options);

  const choose = (id: string) => {
    setSelected(id);
    setSide("step");
    setTab("settings");
    focusCard(id);
  };

  const example = triggerExample(body.trigger, EXAMPLE_NOW);
  const samples: StepSamples =
    example === undefined
      ? tests.samples
      : { ...tests.samples, trigger: { value: example, at: EXAMPLE_NOW.toISOString(), from: "Example" } };

  return {
    draft,
    tests,
    /** With the example that the trigger's own fields say. */
    samples,
    selected,
    /** The chosen step; undefined where none is, or the trigger. */
    step: selected && selected !== "trigger" ? findStep(body.steps, selected) : undefined,
    side,
    tab,
    setTab,
    /** The step that is about to be deleted. */
    removing,
    askToRemove: setRemoving,
    select: (id: string | null) => {
      setSelected(id);
      setSide("step");
      if (id !== selected) setTab("settings");
    },
    show: (panel: Side) => setSide(side === panel ? "step" : panel),
    close: () => {
      setSelected(null);
      setSide("step");
      if (selected) focusCard(selected);
    },
    add: (place: ChainPlace, wanted: NewStep) => {
      const name = resources.find(({ id }) => id === wanted.resourceId)?.name;
      const step = makeStep(wanted, body.steps, name);
      changeSteps(insertStep(body.steps, step, place));
      choose(step.id);
    },
    move: (id: string, by: 1 | -1) => {
      const place = neighbourPlace(body.steps, id, by);
      if (!place) return;
      changeSteps(moveStep(body.steps, id, place));
      focusCard(id);
    },
    duplicate: (id: string) => {
      const [step, place] = [findStep(body.steps, id), placeOf(body.steps, id)];
      if (!step || !place) return;
      const names = listSteps(body.steps).map((each) => each.name);
      const copy = copyStep(step, names, () => crypto.randomUUID());
      changeSteps(insertStep(body.steps, copy, { ...place, index: place.index + 1 }));
      choose(copy.id);
    },
    remove: (id: string) => {
      changeSteps(removeStep(body.steps, id));
      setRemoving(null);
      setSelected(null);
      toast.undo({ title: "Step deleted", onUndo: draft.undo });
    },
    rename: (id: string, name: string) => changeSteps(renameStep(body.steps, id, name)),
    /** Typed in the panel of a step, whose form holds it already. */
    typeStep: (step: WorkflowDraft["steps"][number], fields: object) => {
      const next = { ...step, ...fields };
      if (JSON.stringify(next) === JSON.stringify(step)) return;
      changeSteps(replaceStep(body.steps, next), { key: step.id, typed: true });
    },
    typeTrigger: (fields: object) => {
      const next = { ...body.trigger, ...fields } as NonNullable<WorkflowDraft["trigger"]>;
      if (JSON.stringify(next) === JSON.stringify(body.trigger)) return;
      draft.change({ ...body, trigger: next }, { key: "trigger", typed: true });
    },
    chooseTrigger: (wanted: NewTrigger) => {
      draft.change({ ...body, trigger: makeTrigger(wanted) });
      choose("trigger");
    },
    /** To what stands against publishing. */
    goTo: ({ at, path }: WorkflowProblem) => {
      if (!at) return;
      choose(at);
      focusField(stepFieldId(at, path));
    },
  };
}
export type EditorState = ReturnType<typeof useWorkflowEditor>;

/** Once its panel is drawn, and the dialog that led here has given focus back. A field of another tab has its card. */
const focusField = (id: string) => setTimeout(() => document.getElementById(id)?.focus(), 300);
/** Once it is drawn. */
const focusCard = (id: string) => setTimeout(() => document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus());
