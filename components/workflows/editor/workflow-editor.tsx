"use client";

import { CircleAlert, Ellipsis, History as HistoryIcon, Play } from "lucide-react";
import { type KeyboardEvent, lazy, type ReactNode, Suspense, useEffect, useId, useRef, useState } from "react";
import { useSecondsUntil } from "#components/resources/setup/use-draft-saver.ts";
import { SavedIndicator, type SaveState } from "#components/shell/saved-indicator.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { Button } from "#components/ui/button.tsx";
import { Menu, MenuItem, MenuRule } from "#components/ui/dropdown-menu.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { toast } from "#components/ui/toast.tsx";
import { runsPath } from "#lib/paths.ts";
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
import { Chain } from "../chain.tsx";
import type { ChainPlace } from "../chain-types.ts";
import { useWorkflowDialogs, type WorkflowActions, WorkflowDialogs, WorkflowMenuItems } from "../workflow-menu.tsx";
import { WorkflowStatusBadge } from "../workflow-status.tsx";
import { AddStepButton, AddStepMenu, type NewStep, PlusButton } from "./add-step-menu.tsx";
import { buildChain } from "./build-chain.tsx";
import { Canvas } from "./canvas.tsx";
import { describeStep, describeTrigger, resourceIcon } from "./describe-step.tsx";
import { EditorTop } from "./editor-top.tsx";
import type { EditorActions, EditorResource, SavedWorkflow, StepSamples, WorkflowReview } from "./editor-types.ts";
import { makeStep, makeTrigger } from "./new-step.ts";
import { sendStepTest } from "./send-step-test.ts";
import { StepPanel, type StepPanelTab } from "./step-panel.tsx";
import { variablesFor } from "./step-variables.ts";
import { type NewTrigger, TriggerMenu } from "./trigger-menu.tsx";
import { TriggerPanel } from "./trigger-panel.tsx";
import { useStepTests } from "./use-step-tests.ts";
import { useUndoKeys, useWorkflowDraft } from "./use-workflow-draft.ts";

const PublishDialog = lazyDialog(async () => (await import("./publish-dialog.tsx")).PublishDialog);
const ConflictChoice = lazyDialog(async () => (await import("./conflict-choice.tsx")).ConflictChoice);
const RemoveStepDialog = lazyDialog(async () => (await import("./remove-step-dialog.tsx")).RemoveStepDialog);
const VersionsPanel = lazy(async () => ({ default: (await import("./versions-panel.tsx")).VersionsPanel }));

export interface WorkflowEditorProps {
  projectId: string;
  workflow: { id: string; name: string; live: number | null; isEnabled: boolean; pausedReason: string | null };
  draft: { version: number; savedAt: string; review: WorkflowReview };
  resources: readonly EditorResource[];
  samples: StepSamples;
  may: { edit: boolean; publish: boolean; enable: boolean; delete: boolean };
  theme: Theme;
  banner?: ReactNode;
  actions: EditorActions & WorkflowActions;
}

/** When the page came: an example stands for any moment. */
const EXAMPLE_NOW = new Date();

/** The editor of one workflow. A restored version begins it anew. */
export function WorkflowEditor(props: WorkflowEditorProps) {
  const [draft, setDraft] = useState(props.draft);
  return <Editor key={draft.version} {...props} draft={draft} onRestored={setDraft} />;
}

type EditorProps = WorkflowEditorProps & { onRestored: (draft: Extract<SavedWorkflow, { kind: "saved" }>) => void };

function Editor({ projectId, workflow, draft: given, resources, may, actions, theme, banner, ...props }: EditorProps) {
  const ids = { projectId, workflowId: workflow.id };
  const readOnly = !may.edit;
  const draft = useWorkflowDraft({
    ...given,
    send: (input) => actions.save({ ...ids, ...input }),
    onMerge: (by) => toast.success({ title: "Joined with changes from another tab", text: by ? `${by} changed other parts.` : undefined }),
  });
  const { body, review, state } = draft;
  const tests = useStepTests({
    samples: props.samples,
    save: draft.flush,
    send: (input) => sendStepTest({ ...ids, ...input }),
  });
  const [selected, setSelected] = useState<string | null>(null);
  const [tab, setTab] = useState<StepPanelTab>("settings");
  const [side, setSide] = useState<"step" | "versions">("step");
  const [publishing, setPublishing] = useState(false);
  const [removing, setRemoving] = useState<string | null>(null);
  const [live, setLive] = useState({ number: workflow.live, isEnabled: workflow.isEnabled });
  const dialogs = useWorkflowDialogs();
  const menu = useId();
  const panel = useRef<HTMLElement>(null);
  const isNarrow = useIsNarrow();
  useUndoKeys(readOnly ? { undo: () => {}, redo: () => {} } : draft);

  const changeSteps = (steps: WorkflowDraft["steps"], options?: Parameters<typeof draft.change>[1]) =>
    steps !== body.steps && draft.change({ ...body, steps }, options);

  const select = (id: string | null) => {
    // Chosen once more: on to its fields.
    if (id !== null && id === selected) panel.current?.focus();
    setSelected(id);
    setSide("step");
    if (id !== selected) setTab("settings");
  };
  const focusNode = (id: string) => setTimeout(() => document.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`)?.focus());
  const close = () => {
    const was = selected;
    setSelected(null);
    setSide("step");
    if (was) focusNode(was);
  };

  const add = (place: ChainPlace, wanted: NewStep) => {
    const name = resources.find(({ id }) => id === wanted.resourceId)?.name;
    const step = makeStep(wanted, body.steps, name);
    changeSteps(insertStep(body.steps, step, place));
    setSelected(step.id);
    setSide("step");
    setTab("settings");
    focusNode(step.id);
  };
  const move = (id: string, by: 1 | -1) => {
    const place = neighbourPlace(body.steps, id, by);
    if (!place) return;
    changeSteps(moveStep(body.steps, id, place));
    focusNode(id);
  };
  const duplicate = (id: string) => {
    const [step, place] = [findStep(body.steps, id), placeOf(body.steps, id)];
    if (!step || !place) return;
    const copy = copyStep(
      step,
      listSteps(body.steps).map((each) => each.name),
      () => crypto.randomUUID(),
    );
    changeSteps(insertStep(body.steps, copy, { ...place, index: place.index + 1 }));
    setSelected(copy.id);
    focusNode(copy.id);
  };
  const remove = (id: string) => {
    changeSteps(removeStep(body.steps, id));
    setRemoving(null);
    setSelected(null);
    toast.undo({ title: "Step deleted", onUndo: draft.undo });
  };
  const chooseTrigger = (wanted: NewTrigger) => {
    draft.change({ ...body, trigger: makeTrigger(wanted) });
    setSelected("trigger");
    setSide("step");
    focusNode("trigger");
  };

  const example = triggerExample(body.trigger, EXAMPLE_NOW);
  const samples: StepSamples =
    example === undefined
      ? tests.samples
      : { ...tests.samples, trigger: { value: example, at: EXAMPLE_NOW.toISOString(), from: "Example" } };
  const step = selected && selected !== "trigger" ? findStep(body.steps, selected) : undefined;
  const resourceOf = step?.type === "request" ? resources.find(({ id }) => id === step.resourceId) : undefined;
  const isTrigger = selected === "trigger" && body.trigger !== undefined;
  const hasPanel = side === "versions" || step !== undefined || isTrigger;

  const pressOnCanvas = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).dataset.node;
    if (!id || readOnly || id === "trigger") return;
    if (event.key === "Delete" || event.key === "Backspace") setRemoving(id);
    else if (event.altKey && event.key === "ArrowUp") move(id, -1);
    else if (event.altKey && event.key === "ArrowDown") move(id, 1);
    else if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      select(id);
      setTab("result");
      void tests.run(id);
    } else return;
    event.preventDefault();
  };

  const chain = buildChain(body, { resources, tests, samples, problems: review.problems });
  const retryIn = useSecondsUntil(state.kind === "failed" ? state.retryAt : null);
  const problems = review.problems.length;

  const enable = async (enabled: boolean) => {
    setLive((before) => ({ ...before, isEnabled: enabled }));
    const result = await actions.enable({ ...ids, enabled }).catch(() => null);
    if (result?.ok) return;
    setLive((before) => ({ ...before, isEnabled: !enabled }));
    toast.error({
      title: enabled ? "Not switched on" : "Not switched off",
      text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
    });
  };

  return (
    <div className="flow-page">
      {banner}
      <EditorTop
        projectId={projectId}
        name={workflow.name}
        badge={
          <WorkflowStatusBadge
            status={live.number === null ? "draft" : live.isEnabled ? "live" : "off"}
            version={live.number}
            className="max-sm:hidden"
          />
        }
        saved={readOnly ? <span className="text-3">Reading only</span> : <SavedIndicator state={toSaveState(state, retryIn)} />}
        theme={theme}
      >
        {live.number !== null && may.enable && (
          <span className="flex items-center gap-2">
            <span className="text-2 max-lg:sr-only" aria-hidden>
              Enabled
            </span>
            <Switch label="Enabled" checked={live.isEnabled} onCheckedChange={enable} />
          </span>
        )}
        <Menu align="end" trigger={<IconButton label={`More for ${workflow.name}`} title="More" icon={<Ellipsis aria-hidden />} />}>
          <MenuItem icon={<Play aria-hidden />} href={runsPath(projectId, { workflow: workflow.id })}>
            Runs
          </MenuItem>
          <MenuItem icon={<HistoryIcon aria-hidden />} onSelect={() => setSide("versions")}>
            Versions
          </MenuItem>
          {may.edit && <MenuRule />}
          <WorkflowMenuItems
            projectId={projectId}
            workflow={{ id: workflow.id, name: workflow.name, isLive: live.number !== null }}
            may={may}
            actions={actions}
            listed={false}
            open={dialogs.open}
          />
        </Menu>
        {may.edit && (
          <Button variant="primary" onClick={() => setPublishing(true)}>
            Publish
          </Button>
        )}
      </EditorTop>
      <main id="main" className="flow" data-panel={hasPanel || undefined} tabIndex={-1}>
        <h1 className="sr-only">{workflow.name}, editor</h1>
        <Canvas
          covered={isNarrow && hasPanel}
          onUndo={readOnly || !draft.canUndo ? undefined : draft.undo}
          onRedo={readOnly || !draft.canRedo ? undefined : draft.redo}
          hasTools={!readOnly}
          onKeyDown={pressOnCanvas}
          bar={
            problems > 0 && (
              <button type="button" className="flow-note" onClick={() => setPublishing(true)}>
                <CircleAlert aria-hidden className="icon-s text-danger" />
                {problems === 1 ? "1 thing to fix" : `${problems} things to fix`}
              </button>
            )
          }
        >
          <Chain
            trigger={chain.trigger ?? <ChooseTrigger readOnly={readOnly} resources={resources} onChoose={chooseTrigger} />}
            items={chain.items}
            selected={side === "step" ? selected : null}
            onSelect={select}
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
            onAdd={add}
          />
        )}
        {side === "versions" ? (
          <Suspense>
            <VersionsPanel
              ref={panel}
              ids={ids}
              live={live.number}
              mayRestore={may.edit}
              read={actions.readVersions}
              readChanges={actions.readChanges}
              restore={async (number) => {
                if (!(await draft.flush())) return null;
                return actions.restore({ ...ids, number });
              }}
              onRestored={props.onRestored}
              onClose={close}
            />
          </Suspense>
        ) : step ? (
          <StepPanel
            ref={panel}
            projectId={projectId}
            step={step}
            look={describeStep(step, resources)}
            resource={resourceOf}
            known={variablesFor(body, step.id, samples, resourceOf?.variables ?? [])}
            problems={review.problems}
            epoch={draft.epoch}
            readOnly={readOnly}
            answersRequest={body.trigger?.type === "request"}
            tab={tab}
            onTab={setTab}
            sample={tests.samples[step.id]}
            tests={tests}
            takenNames={listSteps(body.steps)
              .filter((each) => each.id !== step.id)
              .map((each) => each.name)}
            onChange={(fields) => {
              const next = { ...step, ...fields };
              if (JSON.stringify(next) === JSON.stringify(step)) return;
              changeSteps(replaceStep(body.steps, next), { key: step.id, typed: true });
            }}
            onRename={(name) => changeSteps(renameStep(body.steps, step.id, name))}
            onMove={(by) => move(step.id, by)}
            onDuplicate={() => duplicate(step.id)}
            onRemove={() => setTimeout(() => setRemoving(step.id))}
            onClose={close}
          />
        ) : (
          isTrigger &&
          body.trigger && (
            <TriggerPanel
              ref={panel}
              projectId={projectId}
              workflowId={workflow.id}
              trigger={body.trigger}
              look={describeTrigger(body.trigger, resources)}
              resources={resources}
              problems={review.problems}
              epoch={draft.epoch}
              readOnly={readOnly}
              sample={samples.trigger}
              onChange={(fields) => {
                const next = { ...body.trigger, ...fields } as NonNullable<WorkflowDraft["trigger"]>;
                if (JSON.stringify(next) === JSON.stringify(body.trigger)) return;
                draft.change({ ...body, trigger: next }, { key: "trigger", typed: true });
              }}
              onChoose={chooseTrigger}
              onClose={close}
            />
          )
        )}
      </main>
      <PublishDialog
        open={publishing}
        onOpenChange={setPublishing}
        ids={ids}
        name={workflow.name}
        live={live}
        mayPublish={may.publish}
        problems={review.problems}
        labelOf={(id) => chain.names.get(id) ?? "Trigger"}
        save={draft.flush}
        version={draft.version}
        readChanges={actions.readChanges}
        publish={actions.publish}
        onGo={(problem) => {
          setPublishing(false);
          if (problem.at) select(problem.at);
        }}
        onPublished={(number) => {
          setLive((before) => ({ number, isEnabled: before.number === null ? true : before.isEnabled }));
          setPublishing(false);
          toast.success({
            title: `Version ${number} is live`,
            text: "What starts from now on runs it. Runs that have begun go on with theirs.",
          });
        }}
      />
      <RemoveStepDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        name={removing ? (chain.names.get(removing) ?? "step") : "step"}
        inside={removing ? listSteps([findStep(body.steps, removing)].filter((each) => each !== undefined)).length - 1 : 0}
        onConfirm={() => removing && remove(removing)}
      />
      <ConflictChoice open={draft.conflict !== null} conflict={draft.conflict} onResolve={draft.resolve} />
      <WorkflowDialogs projectId={projectId} actions={actions} listed={false} dialogs={dialogs} />
    </div>
  );
}

function ChooseTrigger({
  readOnly,
  resources,
  onChoose,
}: {
  readOnly: boolean;
  resources: readonly EditorResource[];
  onChoose: (trigger: NewTrigger) => void;
}) {
  if (readOnly) return <p className="flow-choose text-3">No trigger is chosen yet</p>;
  return (
    <TriggerMenu
      resources={resources}
      onChoose={onChoose}
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

const toSaveState = (state: ReturnType<typeof useWorkflowDraft>["state"], retryInSeconds: number | undefined): SaveState => {
  if (state.kind === "failed") return { kind: "failed", retryInSeconds };
  return state.kind === "conflict" ? { kind: "failed" } : state;
};

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
