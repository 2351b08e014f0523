"use client";

import { ChevronDown, ChevronUp, CircleStop, RotateCcw } from "lucide-react";
import type { ReactNode } from "react";
import type { Theme } from "#components/shell/theme.ts";
import { WorkTop } from "#components/shell/work-top.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Menu, MenuItem } from "#components/ui/dropdown-menu.tsx";
import { writeActivityKey } from "#lib/activity/words.ts";
import { runPath, runsPath, workflowPath, workflowsPath } from "#lib/paths.ts";
import { isOver, type ReplayVersion } from "#lib/workflows/run-words.ts";
import { type RunKey, runName } from "./run-list.ts";
import type { RunView } from "./run-view.ts";

export interface RunTopProps {
  projectId: string;
  view: RunView;
  /** Of the same workflow. */
  newer: RunKey | null;
  older: RunKey | null;
  theme: Theme;
  mayAct: boolean;
  isReplaying: boolean;
  onReplay: (version: ReplayVersion) => void;
  onCancel: () => void;
}

/** Where one is, and what can be done with the run. */
export function RunTop({ projectId, view, newer, older, theme, mayAct, isReplaying, onReplay, onCancel }: RunTopProps) {
  const { run } = view;
  return (
    <WorkTop
      home={{ label: "Workflows", href: workflowsPath(projectId) }}
      parents={[
        { label: "Runs", href: runsPath(projectId) },
        run.workflowName
          ? { label: run.workflowName, href: runsPath(projectId, { workflow: run.workflowId }) }
          : { label: "Deleted workflow" },
      ]}
      name={runName(run)}
      theme={theme}
    >
      <Neighbour projectId={projectId} run={newer} label="Newer" icon={<ChevronUp aria-hidden />} />
      <Neighbour projectId={projectId} run={older} label="Older" icon={<ChevronDown aria-hidden />} />
      {run.workflowName && (
        <ButtonLink href={workflowPath(projectId, run.workflowId)} className="max-sm:hidden">
          Editor
        </ButtonLink>
      )}
      {mayAct && !isOver(run.status) && (
        <Button onClick={onCancel}>
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
          <MenuItem hint={`Version ${run.version}`} onSelect={() => onReplay("same")}>
            By the same version
          </MenuItem>
          <MenuItem
            hint={view.liveVersion === null ? "None is live" : `Version ${view.liveVersion}`}
            disabled={view.liveVersion === null}
            onSelect={() => onReplay("newest")}
          >
            By the live version
          </MenuItem>
        </Menu>
      )}
    </WorkTop>
  );
}

function Neighbour({ projectId, run, label, icon }: { projectId: string; run: RunKey | null; label: string; icon: ReactNode }) {
  if (!run) return null;
  return (
    <ButtonLink href={runPath(projectId, writeActivityKey(run))} className="max-sm:hidden" title={`${label} run of this workflow`}>
      {icon}
      {label}
    </ButtonLink>
  );
}
