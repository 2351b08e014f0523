"use client";

import { Check, CircleDashed, CircleX, Clock } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Chain } from "#components/workflows/chain.tsx";
import type { ChainItem, ChainState } from "#components/workflows/chain-types.ts";
import { branchTaken, type PathStep, type RunView, runsOf, type StepRun, TRIGGER } from "./run-view.ts";
import { RUN_STATUS_LABELS } from "./run-words.tsx";
import { StepIcon, TriggerKindIcon } from "./step-icon.tsx";

export interface RunPathProps {
  view: RunView;
  /** A step's id, or the trigger's mark. */
  selected: string;
  onSelect: (stepId: string) => void;
}

/** The version that ran as its cards, the way that it took coloured. */
export function RunPath({ view, selected, onSelect }: RunPathProps) {
  const { trigger, steps, stepRuns } = view;
  const first: ChainItem = {
    id: TRIGGER,
    icon: <TriggerKindIcon type={trigger.type} />,
    kind: trigger.kind,
    label: trigger.label,
    chip: <Chip tone="success">Received</Chip>,
    state: "taken",
  };
  return (
    <Chain
      className="run-chain"
      trigger={first}
      items={steps.map((step) => itemOf(step, stepRuns))}
      selected={selected}
      onSelect={onSelect}
    />
  );
}

function itemOf(step: PathStep, all: readonly StepRun[]): ChainItem {
  const runs = runsOf(all, step.id);
  const state = stateOf(runs);
  const taken = step.type === "condition" && runs.length === 1 && runs[0] ? branchTaken(runs[0]) : null;
  const branch = (key: "then" | "else" | "steps", label: string, list: readonly PathStep[]) => ({
    key,
    label: taken && taken !== key && key !== "steps" ? `${label}: not taken` : label,
    state: (taken && taken !== key && key !== "steps" ? "skipped" : state) as ChainState,
    items: list.map((inner) => itemOf(inner, all)),
  });
  const branches = [
    ...(step.then || step.else ? [branch("then", "True", step.then ?? []), branch("else", "False", step.else ?? [])] : []),
    ...(step.steps ? [branch("steps", step.label, step.steps)] : []),
  ];
  return {
    id: step.id,
    icon: <StepIcon type={step.type} />,
    hue: step.hue,
    kind: step.kind,
    label: step.label,
    chip: chipOf(runs),
    state,
    ...(step.steps ? { frame: "fan" as const } : branches.length > 0 ? { frame: "fork" as const } : {}),
    ...(branches.length > 0 ? { branches } : {}),
  };
}

function stateOf(runs: readonly StepRun[]): ChainState {
  if (runs.length === 0) return "skipped";
  if (runs.some(({ status }) => status === "failed")) return "failed";
  return runs.every(({ status }) => status === "succeeded") ? "taken" : "running";
}

/** Of a step in a fan out: how many of its items are done. */
function chipOf(runs: readonly StepRun[]): ReactNode {
  const [only] = runs;
  if (!only) return null;
  const failed = runs.filter(({ status }) => status === "failed").length;
  if (runs.length > 1) {
    const passed = runs.filter(({ status }) => status === "succeeded").length;
    if (failed > 0) return <Chip tone="danger">{`${failed} of ${runs.length} failed`}</Chip>;
    return <Chip tone={passed === runs.length ? "success" : "info"}>{`${passed} of ${runs.length}`}</Chip>;
  }
  if (failed > 0) return <Chip tone="danger">{only.result ?? "Failed"}</Chip>;
  if (only.status === "succeeded") return <Chip tone="success">{only.result ?? "Passed"}</Chip>;
  return <Chip tone={only.status === "waiting" ? "warning" : "info"}>{RUN_STATUS_LABELS[only.status]}</Chip>;
}

const ICONS = { success: Check, danger: CircleX, warning: Clock, info: CircleDashed };

function Chip({ tone, children }: { tone: keyof typeof ICONS; children: string }) {
  const Icon = ICONS[tone];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden />}>
      {children}
    </Badge>
  );
}
