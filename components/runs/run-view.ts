import type { Hue } from "#components/ui/tile.tsx";
import type { RunKey, RunSummary } from "./run-list.ts";

export type StepType = "request" | "condition" | "fan_out" | "delay" | "function" | "response";

/** A step of the version that ran. `then` and `else` are a condition's branches, `steps` what a fan out repeats. */
export interface PathStep {
  id: string;
  type: StepType;
  /** "TaskLab Request". */
  kind: string;
  /** Its name in words. */
  label: string;
  hue?: Hue;
  then?: readonly PathStep[];
  else?: readonly PathStep[];
  steps?: readonly PathStep[];
}

export type StepStatus = "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";

export interface StepAttempt {
  n: number;
  /** ISO. */
  startedAt: string;
  finishedAt: string | null;
  isOk: boolean;
  /** "201 Created", "Time limit reached". */
  title: string;
  /** "Retry-After: 12, so it waited 12 s". */
  note: string | null;
  /** Finds its rows on the Activity page. */
  requestId: string | null;
}

/** What one step did, in a fan out for one item. Values are redacted, and cut where they are long. */
export interface StepRun {
  stepId: string;
  /** Which item of each fan out around it, from 0; empty outside them. */
  item: readonly number[];
  /** The item itself, where it is short: "u_20418". */
  itemText: string | null;
  status: StepStatus;
  /** How it went, in a word: "201", "True", "3 of 3". */
  result: string | null;
  attempts: readonly StepAttempt[];
  startedAt: string | null;
  finishedAt: string | null;
  /** Until when it waits. ISO. */
  until: string | null;
  input: ShownValue | null;
  output: ShownValue | null;
  failure: { message: string; fix: string } | null;
}

/** A value as text, of `size` bytes before it was cut. */
export interface ShownValue {
  text: string;
  size: number;
  isCut: boolean;
}

export interface RunView {
  run: RunSummary;
  /** The run that it repeats. */
  replayOf: RunKey | null;
  /** Of the workflow as it stands. */
  liveVersion: number | null;
  /** What started it; its id alone when it isn't kept any more. */
  delivery: { id: string } | { id: string; at: string; triggerId: string } | null;
  trigger: { type: string; kind: string; label: string; input: ShownValue | null };
  steps: readonly PathStep[];
  stepRuns: readonly StepRun[];
  /** More step runs than are shown. */
  isCut: boolean;
  /** When another worker went on with it. ISO. */
  takenOverAt: string | null;
}

/** Marks the trigger where a step is meant. */
export const TRIGGER = "trigger";

export interface StepRow {
  key: string;
  step: PathStep;
  stepRun: StepRun;
  /** How many fan outs it is in. */
  depth: number;
}

export const keyOf = ({ stepId, item }: Pick<StepRun, "stepId" | "item">): string => [stepId, ...item].join("/");

/** What ran, in the order of the cable; in a fan out item by item. */
export function listRows({ steps, stepRuns }: Pick<RunView, "steps" | "stepRuns">): StepRow[] {
  const byStep = Map.groupBy(stepRuns, ({ stepId }) => stepId);
  const rowsOf = (list: readonly PathStep[], item: readonly number[]): StepRow[] =>
    list.flatMap((step) => {
      const stepRun = byStep.get(step.id)?.find((one) => isSame(one.item, item));
      const own = stepRun ? [{ key: keyOf(stepRun), step, stepRun, depth: item.length }] : [];
      const inside = step.steps ?? [];
      return [
        ...own,
        ...rowsOf(step.then ?? [], item),
        ...rowsOf(step.else ?? [], item),
        ...itemsOf(inside, item).flatMap((index) => rowsOf(inside, [...item, index])),
      ];
    });
  /** The items that something below was run for. */
  const itemsOf = (inside: readonly PathStep[], item: readonly number[]): number[] => {
    const indexes = allSteps(inside)
      .flatMap(({ id }) => byStep.get(id) ?? [])
      .filter((one) => one.item.length > item.length && isSame(one.item.slice(0, item.length), item))
      .map((one) => one.item[item.length] ?? 0);
    return [...new Set(indexes)].sort((a, b) => a - b);
  };
  return rowsOf(steps, []);
}

export const allSteps = (steps: readonly PathStep[]): PathStep[] =>
  steps.flatMap((step) => [step, ...allSteps([...(step.then ?? []), ...(step.else ?? []), ...(step.steps ?? [])])]);

const isSame = (a: readonly number[], b: readonly number[]): boolean => a.length === b.length && a.every((one, at) => one === b[at]);

/** The step runs of one step: of a step in a fan out, one an item. */
export const runsOf = (stepRuns: readonly StepRun[], stepId: string): StepRun[] => stepRuns.filter((one) => one.stepId === stepId);

/** The branch that a condition took; null while it hasn't decided. */
export const branchTaken = ({ result }: Pick<StepRun, "result">): "then" | "else" | null =>
  result === "True" ? "then" : result === "False" ? "else" : null;
