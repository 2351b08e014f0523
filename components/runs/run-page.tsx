"use client";

import { ChevronDown, ChevronRight, ChevronUp, CircleStop, RotateCcw } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { Mark } from "#components/shell/logo.tsx";
import type { Theme } from "#components/shell/theme.ts";
import { ThemeSwitch } from "#components/shell/theme-switch.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/dropdown-menu.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Link, useNavigation } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { Tag } from "#components/ui/tag.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { toast } from "#components/ui/toast.tsx";
import { writeActivityKey } from "#lib/activity/words.ts";
import type { ActionResult } from "#lib/errors.ts";
import { runPath, runsPath, userPath, workflowPath, workflowsPath } from "#lib/paths.ts";
import { isOver, type ReplayVersion } from "#lib/workflows/run-words.ts";
import { type RunKey, runName } from "./run-list.ts";
import { RunPath } from "./run-path.tsx";
import { RunLength } from "./run-row.tsx";
import { allSteps, keyOf, type RunView, runsOf, TRIGGER } from "./run-view.ts";
import { RunStatusBadge, SOURCE_WORDS } from "./run-words.tsx";
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
  const [chosen, setChosen] = useState<string | null>(null);
  const [isAsking, setAsking] = useState(false);
  const [isReplaying, setReplaying] = useState(false);
  const panel = useRef<HTMLDivElement>(null);
  const { run } = view;
  const selected = chosen ?? firstChoice(view);
  const found = findSelected(view, selected);

  const select = (key: string) => {
    setChosen(key);
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
      <header className="shell-top">
        <Link href={workflowsPath(projectId)} aria-label="Patchbay, Workflows" className="grid size-6 flex-none place-items-center text-1">
          <Mark />
        </Link>
        <nav className="ui-crumbs" aria-label="Breadcrumb">
          <Link className="max-sm:hidden" href={runsPath(projectId)}>
            Runs
          </Link>
          <ChevronRight aria-hidden className="max-sm:hidden" />
          {run.workflowName ? (
            <Link className="cut" href={runsPath(projectId, { workflow: run.workflowId })}>
              {run.workflowName}
            </Link>
          ) : (
            <span className="cut">Deleted workflow</span>
          )}
          <ChevronRight aria-hidden className="max-sm:hidden" />
          <b className="cut text-1 max-sm:hidden">{runName(run)}</b>
        </nav>
        <span className="ml-auto" />
        <ThemeSwitch theme={theme} className="max-sm:hidden" />
        <Neighbour projectId={projectId} run={newer} label="Newer" icon={<ChevronUp aria-hidden />} />
        <Neighbour projectId={projectId} run={older} label="Older" icon={<ChevronDown aria-hidden />} />
        {run.workflowName && (
          <ButtonLink href={workflowPath(projectId, run.workflowId)} className="max-sm:hidden">
            Editor
          </ButtonLink>
        )}
        {mayAct && !isOver(run.status) && (
          <Button onClick={() => setAsking(true)}>
            <CircleStop aria-hidden />
            Cancel run
          </Button>
        )}
        {mayAct && (
          <Menu
            align="end"
            trigger={
              <Button variant="primary" busy={isReplaying} busyLabel="Replaying…">
                <RotateCcw aria-hidden />
                Replay
                <ChevronDown aria-hidden className="icon-s" />
              </Button>
            }
          >
            <MenuItem hint={`Version ${run.version}`} onSelect={() => void replay("same")}>
              By the same version
            </MenuItem>
            <MenuItem
              hint={view.liveVersion === null ? "None is live" : `Version ${view.liveVersion}`}
              disabled={view.liveVersion === null}
              onSelect={() => void replay("newest")}
            >
              By the live version
            </MenuItem>
          </Menu>
        )}
      </header>
      <div className="run-page">
        <section className="run-canvas" aria-label="Path taken">
          <RunPath view={view} selected={selected.split("/")[0] ?? TRIGGER} onSelect={selectStep} />
        </section>
        <main id="main" className="run-main" tabIndex={-1}>
          <RunHead projectId={projectId} view={view} />
          <span className="sr-only" role="status">
            {lostTouch ? "This page lost its connection and tries again." : ""}
          </span>
          {run.failure && (
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

function Neighbour({ projectId, run, label, icon }: { projectId: string; run: RunKey | null; label: string; icon: ReactNode }) {
  if (!run) return null;
  return (
    <ButtonLink href={runPath(projectId, writeActivityKey(run))} className="max-md:hidden" title={`${label} run of this workflow`}>
      {icon}
      {label}
    </ButtonLink>
  );
}

function RunHead({ projectId, view }: { projectId: string; view: RunView }) {
  const { run, replayOf, delivery } = view;
  const facts: { name: string; value: ReactNode }[] = [
    { name: "Started", value: <TimeOfDay date={run.startedAt ?? run.at} /> },
    { name: "Took", value: <RunLength run={run} /> },
    {
      name: "For",
      value:
        run.userId === null ? (
          "No user"
        ) : run.userKind === "test" ? (
          "Test user"
        ) : (
          <Link href={userPath(projectId, run.userId)}>{run.userName ?? run.externalId}</Link>
        ),
    },
    {
      name: "Because of",
      value: delivery ? <Link href={delivery.href}>Delivery {delivery.id.slice(0, 6)}</Link> : SOURCE_WORDS[run.source],
    },
    ...(replayOf
      ? [{ name: "Replay of", value: <Link href={runPath(projectId, writeActivityKey(replayOf))}>{runName(replayOf)}</Link> }]
      : []),
  ];
  return (
    <div className="run-head">
      <div className="flex flex-wrap items-center gap-2">
        <h1>{runName(run)}</h1>
        <span role="status">
          <RunStatusBadge status={run.status} />
        </span>
        <Tag>Version {run.version}</Tag>
      </div>
      <dl>
        {facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
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
