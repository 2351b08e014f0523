"use client";

import { parseAsString, useQueryState } from "nuqs";
import { type ReactNode, useRef, useState } from "react";
import type { Theme } from "#components/shell/theme.ts";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { toast } from "#components/ui/toast.tsx";
import { writeActivityKey } from "#lib/activity/words.ts";
import type { ActionResult } from "#lib/errors.ts";
import { runPath } from "#lib/paths.ts";
import type { ReplayVersion } from "#lib/workflows/run-words.ts";
import { RunHead } from "./run-head.tsx";
import { type RunKey, runName } from "./run-list.ts";
import { RunPath } from "./run-path.tsx";
import { RunTop } from "./run-top.tsx";
import { allSteps, keyOf, type RunView, runsOf, TRIGGER } from "./run-view.ts";
import { StepPanel, TriggerPanel } from "./step-panel.tsx";
import { StepTable } from "./step-table.tsx";
import { type ReadRun, useRun } from "./use-run.ts";

const CancelDialog = lazyDialog(async () => (await import("./cancel-dialog.tsx")).CancelDialog);

export interface RunActions {
  read: ReadRun;
  replay: (values: { projectId: string; run: RunKey; version: ReplayVersion }) => Promise<ActionResult<RunKey>>;
  cancel: (values: { projectId: string; run: RunKey }) => Promise<ActionResult<void>>;
}

export interface RunPageProps {
  projectId: string;
  initial: RunView;
  /** Of the same workflow. */
  newer: RunKey | null;
  older: RunKey | null;
  mayAct: boolean;
  theme: Theme;
  banner?: ReactNode;
  actions: RunActions;
}

/** One run: the way it took, each step with its times, and the step at hand with its input, output and attempts. */
export function RunPage({ projectId, initial, newer, older, mayAct, theme, banner, actions }: RunPageProps) {
  const { view, now, lostTouch, look } = useRun({ projectId, initial, read: actions.read });
  const { navigate } = useNavigation();
  // In the address, so that a step can be shown to somebody.
  const [chosen, setChosen] = useQueryState("step", parseAsString);
  const [isAsking, setAsking] = useState(false);
  const [isReplaying, setReplaying] = useState(false);
  const panel = useRef<HTMLDivElement>(null);
  const { run } = view;
  const selected = chosen !== null && (chosen === TRIGGER || findSelected(view, chosen)) ? chosen : firstChoice(view);
  const found = findSelected(view, selected);

  const select = (key: string) => {
    void setChosen(key);
    // Where the panel lies below the list, it is brought into sight.
    if (window.matchMedia("(width <= 1100px)").matches) requestAnimationFrame(() => panel.current?.scrollIntoView({ block: "start" }));
  };
  const selectStep = (stepId: string) => {
    const [first] = runsOf(view.stepRuns, stepId);
    select(stepId === TRIGGER ? TRIGGER : first ? keyOf(first) : stepId);
  };
  const replay = async (version: ReplayVersion) => {
    setReplaying(true);
    const result = await actions.replay({ projectId, run: { id: run.id, at: run.at }, version }).catch(() => null);
    setReplaying(false);
    if (!result?.ok) {
      toast.error({
        title: "The run wasn’t replayed",
        text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
      });
      return;
    }
    toast.success({ title: `${runName(run)} is replayed`, text: `This is ${runName(result.data).toLowerCase()}, which it began.` });
    navigate(runPath(projectId, writeActivityKey(result.data)));
  };

  return (
    <>
      {banner}
      <RunTop
        projectId={projectId}
        view={view}
        newer={newer}
        older={older}
        theme={theme}
        mayAct={mayAct}
        isReplaying={isReplaying}
        onReplay={(version) => void replay(version)}
        onCancel={() => setAsking(true)}
      />
      <div className="run-page">
        <section className="run-canvas" aria-label="Path taken">
          <RunPath view={view} selected={selected.split("/")[0] ?? TRIGGER} onSelect={selectStep} />
        </section>
        <main id="main" className="run-main" tabIndex={-1}>
          <RunHead projectId={projectId} view={view} />
          <span className="sr-only" role="status">
            {lostTouch ? "This page lost its connection and tries again." : ""}
          </span>
          {/* The step that failed tells it itself, and is the one that the page opens on. */}
          {run.failure && !view.stepRuns.some(({ failure }) => failure) && (
            <div className="run-notes">
              <Note tone="danger" title={run.failure} />
            </div>
          )}
          <StepTable view={view} now={now} selected={selected} onSelect={select} />
          <div className="run-notes">
            {view.takenOverAt && (
              <Note tone="success" title="A worker stopped, and another went on.">
                That was at <TimeOfDay date={view.takenOverAt} />. What was finished didn’t run again.
              </Note>
            )}
            {view.isCut && (
              <Note tone="info" title="Only a part of the items is shown.">
                The first ones, and all that failed.
              </Note>
            )}
          </div>
        </main>
        <div ref={panel} className="run-side">
          {found ? (
            <StepPanel
              key={selected}
              projectId={projectId}
              view={view}
              step={found.step}
              stepRun={found.stepRun}
              siblings={runsOf(view.stepRuns, found.step.id)}
              onSelect={select}
              onReplay={mayAct ? () => void replay("same") : undefined}
            />
          ) : (
            <TriggerPanel view={view} />
          )}
        </div>
      </div>
      {mayAct && (
        <CancelDialog projectId={projectId} run={run} open={isAsking} onOpenChange={setAsking} cancel={actions.cancel} onCancelled={look} />
      )}
    </>
  );
}

/** What the reader came for: what failed, what is at work, else the trigger. */
function firstChoice({ stepRuns }: RunView): string {
  const one =
    stepRuns.find(({ status, failure }) => status === "failed" && failure) ??
    stepRuns.find(({ status }) => status === "failed") ??
    stepRuns.find(({ status }) => status === "running" || status === "waiting");
  return one ? keyOf(one) : TRIGGER;
}

function findSelected(view: RunView, key: string) {
  const stepRun = view.stepRuns.find((one) => keyOf(one) === key);
  const step = stepRun && allSteps(view.steps).find(({ id }) => id === stepRun.stepId);
  return step && stepRun ? { step, stepRun } : null;
}
