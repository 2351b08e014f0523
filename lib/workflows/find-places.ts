/** Where a run stands by what is kept of its steps: the places that a job should be at. Pure. */
import type { Place } from "./next-step.ts";
import type { RunState, Step } from "./schema.ts";

/** A step's row, as far as it says where the run goes on. */
export type StandingStep = Place & {
  status: "queued" | "running" | "waiting" | "succeeded" | "failed" | "cancelled";
  /** Of a condition: its branch. */
  output: unknown;
  attempts: number;
  until: Date | null;
};

export type OpenPlace = Place & {
  /** Its time hasn't come. */
  until: Date | null;
  /** Of a Request step: which try is next, or under way. */
  attempt: number;
  /** The wait of a Delay step. */
  resumed: boolean;
};

export function findPlaces(steps: readonly Step[], state: RunState, rows: readonly StandingStep[]): OpenPlace[] {
  const known = new Map(rows.map((row) => [`${row.stepId}@${row.item}`, row]));
  const open: OpenPlace[] = [];

  /** Whether everything of the list is done. */
  const walk = (list: readonly Step[], item: string): boolean => list.every((step) => isDone(step, item));

  const isDone = (step: Step, item: string): boolean => {
    const key = `${step.id}@${item}`;
    const row = known.get(key);
    const fan = state.fans?.[key];
    if (step.type === "fan_out" && row?.status === "running" && fan) {
      const items = Array.from({ length: fan.next }, (_, n) => walk(step.steps, item === "" ? String(n) : `${item}.${n}`));
      return items.every(Boolean) && fan.next === fan.total;
    }
    if (row?.status !== "succeeded" && row?.status !== "failed") {
      open.push(placeOf(step, item, row));
      return false;
    }
    if (step.type !== "condition") return true;
    const { branch } = (row.output ?? {}) as { branch?: unknown };
    return walk(branch === "then" ? step.then : step.else, item);
  };

  walk(steps, "");
  return open;
}

function placeOf({ id: stepId, type }: Step, item: string, row: StandingStep | undefined): OpenPlace {
  const isWaiting = row?.status === "waiting";
  return {
    stepId,
    item,
    until: isWaiting ? row.until : null,
    attempt: type === "request" ? Math.max(1, (row?.attempts ?? 0) + (isWaiting ? 1 : 0)) : 1,
    resumed: type === "delay" && isWaiting,
  };
}
