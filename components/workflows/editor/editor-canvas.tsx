"use client";

import { CircleAlert } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useState } from "react";
import type { WorkflowDraft } from "#lib/workflows/schema.ts";
import { findStep } from "#lib/workflows/step-tree.ts";
import { Chain } from "../chain.tsx";
import type { ChainPlace } from "../chain-types.ts";
import { AddStepButton, AddStepMenu, PlusButton } from "./add-step-menu.tsx";
import type { BuiltChain } from "./build-chain.tsx";
import { Canvas } from "./canvas.tsx";
import { resourceIcon } from "./describe-step.tsx";
import type { EditorResource } from "./editor-types.ts";
import { TestRunNote } from "./test-run-note.tsx";
import { type NewTrigger, TriggerMenu } from "./trigger-menu.tsx";
import type { EditorState } from "./use-workflow-editor.ts";

export interface EditorCanvasProps {
  projectId: string;
  editor: EditorState;
  chain: BuiltChain;
  resources: readonly EditorResource[];
  readOnly: boolean;
  hasPanel: boolean;
  /** Opens the list of what stands against publishing. */
  onProblems: () => void;
  onSelect: (id: string | null) => void;
}

/** The chain on its ground, with what adds steps to it and the keys that move and test them. */
export function EditorCanvas({ projectId, editor, chain, resources, readOnly, hasPanel, onProblems, onSelect }: EditorCanvasProps) {
  const { draft, tests } = editor;
  const { body } = draft;
  const menu = useId();
  const isNarrow = useIsNarrow();
  // An empty draft says itself what to begin with.
  const problems = body.trigger || body.steps.length > 0 ? draft.review.problems.length : 0;

  const press = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).dataset.node;
    if (!id || readOnly || id === "trigger") return;
    if (event.key === "Delete" || event.key === "Backspace") editor.askToRemove(id);
    else if (event.altKey && event.key === "ArrowUp") editor.move(id, -1);
    else if (event.altKey && event.key === "ArrowDown") editor.move(id, 1);
    else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      editor.select(id);
      editor.setTab("result");
      void tests.run(id);
    } else return;
    event.preventDefault();
  };

  return (
    <>
      <Canvas
        covered={isNarrow && hasPanel}
        onUndo={readOnly || !draft.canUndo ? undefined : draft.undo}
        onRedo={readOnly || !draft.canRedo ? undefined : draft.redo}
        hasTools={!readOnly}
        onKeyDown={press}
        bar={
          <>
            {problems > 0 && (
              <button type="button" className="flow-note" onClick={onProblems}>
                <CircleAlert aria-hidden className="icon-s text-danger" />
                {problems === 1 ? "1 thing to fix" : `${problems} things to fix`}
              </button>
            )}
            <TestRunNote tests={tests} nameOf={(id) => chain.names.get(id) ?? "a step"} />
          </>
        }
      >
        <Chain
          trigger={
            chain.trigger ?? (
              <ChooseTrigger projectId={projectId} readOnly={readOnly} resources={resources} onChoose={editor.chooseTrigger} />
            )
          }
          items={chain.items}
          selected={editor.side === "step" ? editor.selected : null}
          onSelect={onSelect}
          renderPlus={
            readOnly ? undefined : (place) => <PlusButton menu={menu} place={place} after={afterWords(chain.names, body, place)} />
          }
          renderEnd={
            readOnly
              ? undefined
              : (place) => (
                  <AddStepButton
                    menu={menu}
                    place={place}
                    quiet={place.parent !== null}
                    label={place.branch === "steps" ? "Add step inside" : "Add step"}
                    detail={place.branch === "then" ? "if true" : place.branch === "else" ? "otherwise" : undefined}
                  />
                )
          }
        />
      </Canvas>
      {!readOnly && (
        <AddStepMenu
          id={menu}
          resources={resources.map((resource) => ({ id: resource.id, name: resource.name, icon: resourceIcon(resource).icon }))}
          onAdd={editor.add}
        />
      )}
    </>
  );
}

function ChooseTrigger({
  readOnly,
  ...menu
}: {
  projectId: string;
  readOnly: boolean;
  resources: readonly EditorResource[];
  onChoose: (trigger: NewTrigger) => void;
}) {
  if (readOnly) return <p className="flow-choose text-3">No trigger is chosen yet</p>;
  return (
    <TriggerMenu
      {...menu}
      trigger={
        <button type="button" className="flow-choose">
          <b>Choose a trigger</b>
          <small>What starts this workflow</small>
        </button>
      }
    />
  );
}

/** "after Task completed", for the buttons on the cable. */
function afterWords(names: ReadonlyMap<string, string>, body: WorkflowDraft, { parent, branch, index }: ChainPlace): string {
  const holder = parent === null ? undefined : findStep(body.steps, parent);
  const list = (holder && branch ? (holder as unknown as Record<string, { id: string }[]>)[branch] : body.steps) ?? [];
  const before = index > 0 ? list[index - 1] : undefined;
  if (before) return `after ${names.get(before.id) ?? "the step"}`;
  return parent === null ? "after the trigger" : `at the start of ${names.get(parent) ?? "the branch"}`;
}

/** Where the panel covers the canvas. */
function useIsNarrow(): boolean {
  const [isNarrow, setIsNarrow] = useState(false);
  useEffect(() => {
    const query = window.matchMedia("(width <= 720px)");
    const look = () => setIsNarrow(query.matches);
    look();
    query.addEventListener("change", look);
    return () => query.removeEventListener("change", look);
  }, []);
  return isNarrow;
}
