/**
 * Where a run goes on after a step. Pure: the tree of steps, where the run stands and what came of the step give the next places. A
 * step that needs no choice is followed by the one below it; a fan out by its items, a few at a time, and then by what is below it.
 */
import type { FanState, RunState, Step } from "./schema.ts";

/** A step, and of which item of each fan out around it: "" outside them, "3" in one, "3.0" in one within. */
export type Place = { stepId: string; item: string };

/** What decides where a run goes. A condition gives its branch, a fan out the number of its items. */
export type StepResult = { branch?: "then" | "else"; total?: number };

export type Advance = {
  state: RunState;
  /** To be started now. */
  start: Place[];
  /** Fan outs whose last item is done. */
  closed: Place[];
  /** Nothing is left to do. */
  isOver: boolean;
};

export const firstPlace = (steps: readonly Step[]): Place | null => (steps[0] ? { stepId: steps[0].id, item: "" } : null);

/** Throws where the step isn't in the tree: versions never change, so that is a fault of ours. */
export function nextStep(steps: readonly Step[], state: RunState, done: Place, result: StepResult): Advance {
  const found = locate(steps, done.stepId);
  if (!found) throw new Error(`step ${done.stepId} is not in this workflow`);
  const { step } = found;
  if (step.type === "condition") {
    const [first] = step[result.branch ?? "else"];
    if (first) return go(state, { stepId: first.id, item: done.item });
  }
  if (step.type === "fan_out") {
    const [first] = step.steps;
    const total = result.total ?? 0;
    if (first && total > 0) {
      const atOnce = Math.min(step.concurrency, total);
      const fan: FanState = { total, next: atOnce, running: atOnce };
      return {
        state: { ...state, fans: { ...state.fans, [keyOf(done)]: fan } },
        start: Array.from({ length: atOnce }, (_, n) => ({ stepId: first.id, item: itemOf(done.item, n) })),
        closed: [],
        isOver: false,
      };
    }
    const after = goAfter(steps, state, done);
    return { ...after, closed: [done, ...after.closed] };
  }
  return goAfter(steps, state, done);
}

/** How many places are under way. */
export const countUnderWay = ({ fans = {} }: RunState): number =>
  Object.values(fans).reduce((count, { running }) => count + running - 1, 1);

const go = (state: RunState, place: Place): Advance => ({ state, start: [place], closed: [], isOver: false });

/** After a step and all that is in it. */
function goAfter(steps: readonly Step[], state: RunState, done: Place): Advance {
  const { list, index, parent } = locate(steps, done.stepId)!;
  const below = list[index + 1];
  if (below) return go(state, { stepId: below.id, item: done.item });
  if (!parent) return { state, start: [], closed: [], isOver: true };
  if (parent.type === "condition") return goAfter(steps, state, { stepId: parent.id, item: done.item });

  const fanPlace = { stepId: parent.id, item: around(done.item) };
  const key = keyOf(fanPlace);
  const { [key]: fan, ...others } = state.fans ?? {};
  if (!fan) throw new Error(`fan out ${key} is not under way`);
  if (fan.next < fan.total) {
    const next = { ...state, fans: { ...others, [key]: { ...fan, next: fan.next + 1 } } };
    return go(next, { stepId: list[0]!.id, item: itemOf(fanPlace.item, fan.next) });
  }
  if (fan.running > 1) {
    const fans = { ...others, [key]: { ...fan, running: fan.running - 1 } };
    return { state: { ...state, fans }, start: [], closed: [], isOver: false };
  }
  const after = goAfter(steps, { ...state, fans: others }, fanPlace);
  return { ...after, closed: [fanPlace, ...after.closed] };
}

const keyOf = ({ stepId, item }: Place): string => `${stepId}@${item}`;
const itemOf = (outer: string, n: number): string => (outer === "" ? String(n) : `${outer}.${n}`);
const around = (item: string): string => item.split(".").slice(0, -1).join(".");

type Branching = Extract<Step, { type: "condition" | "fan_out" }>;
export type Located = { step: Step; list: readonly Step[]; index: number; parent: Branching | null /** Outermost first. */; fans: Step[] };

export function locate(list: readonly Step[], stepId: string, parent: Branching | null = null, fans: Step[] = []): Located | null {
  for (const [index, step] of list.entries()) {
    if (step.id === stepId) return { step, list, index, parent, fans };
    const inner =
      step.type === "condition"
        ? (locate(step.then, stepId, step, fans) ?? locate(step.else, stepId, step, fans))
        : step.type === "fan_out"
          ? locate(step.steps, stepId, step, [...fans, step])
          : null;
    if (inner) return inner;
  }
  return null;
}
