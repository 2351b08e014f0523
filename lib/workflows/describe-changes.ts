/** What differs between two states of a workflow, in words: for Publish, and for the list of versions. Pure. */
import { diffDrafts } from "#lib/resources/merge-drafts.ts";
import type { Step, WorkflowDraft } from "./schema.ts";
import { BRANCH_KEYS, listSteps, placeOf } from "./step-tree.ts";
import { type Names, STEP_LABELS, triggerWords } from "./trigger-words.ts";

export type DescribedChange = { kind: "added" | "removed" | "changed" | "moved"; what: string; detail: string };

type Flow = Pick<WorkflowDraft, "trigger" | "steps">;

/** `before` is null for the first version. In the order of the cable, what is gone last. */
export function describeWorkflowChanges(before: Flow | null, after: Flow, names: Names): DescribedChange[] {
  return [...triggerChanges(before?.trigger, after.trigger, names), ...stepChanges(before?.steps ?? [], after.steps, names)];
}

function triggerChanges(before: Flow["trigger"], after: Flow["trigger"], names: Names): DescribedChange[] {
  if (!before && !after) return [];
  if (!before) return [{ kind: "added", what: "Trigger", detail: triggerName(after!, names) }];
  if (!after) return [{ kind: "removed", what: "Trigger", detail: triggerName(before, names) }];
  const differences = diffDrafts(before, after);
  if (differences.length === 0) return [];
  const [old, fresh] = [triggerName(before, names), triggerName(after, names)];
  return [{ kind: "changed", what: "Trigger", detail: old === fresh ? fieldWords(differences) : `${old} → ${fresh}` }];
}

function triggerName(trigger: NonNullable<Flow["trigger"]>, names: Names): string {
  const { kind, label } = triggerWords(trigger, names);
  return label ? `${kind}: ${label}` : kind;
}

function stepChanges(before: readonly Step[], after: readonly Step[], names: Names): DescribedChange[] {
  const old = new Map(listSteps(before).map((step) => [step.id, step]));
  const fresh = new Map(listSteps(after).map((step) => [step.id, step]));
  const moved = movedSteps(before, after);
  const kept = [...fresh.values()].flatMap((step): DescribedChange[] => {
    const was = old.get(step.id);
    const what = stepWords(step, names);
    if (!was) return [{ kind: "added", what, detail: "" }];
    const differences = diffDrafts(own(was), own(step));
    return [
      ...(moved.has(step.id) ? [{ kind: "moved" as const, what, detail: "" }] : []),
      ...(differences.length > 0 ? [{ kind: "changed" as const, what, detail: fieldWords(differences) }] : []),
    ];
  });
  const gone = [...old.values()].filter(({ id }) => !fresh.has(id));
  return [...kept, ...gone.map((step) => ({ kind: "removed" as const, what: stepWords(step, names), detail: "" }))];
}

/** Steps whose list is another one, or that stand otherwise among those that were in their list before and still are. */
function movedSteps(before: readonly Step[], after: readonly Step[]): Set<string> {
  const listOf = (steps: readonly Step[], id: string) => {
    const place = placeOf(steps, id);
    return place && `${place.parent}/${place.branch}`;
  };
  const common = listSteps(after).filter(({ id }) => listOf(before, id) !== null);
  const moved = new Set(common.filter(({ id }) => listOf(before, id) !== listOf(after, id)).map(({ id }) => id));
  const stayed = (steps: readonly Step[]) => {
    const lists = new Map<string, string[]>();
    for (const { id } of listSteps(steps)) {
      if (moved.has(id) || !common.some((step) => step.id === id)) continue;
      const list = listOf(steps, id)!;
      lists.set(list, [...(lists.get(list) ?? []), id]);
    }
    return lists;
  };
  const [was, is] = [stayed(before), stayed(after)];
  for (const [list, ids] of is) for (const id of outOfOrder(was.get(list) ?? [], ids)) moved.add(id);
  return moved;
}

/** The fewest that must have moved: all but a longest run that kept its order. */
function outOfOrder(was: readonly string[], is: readonly string[]): string[] {
  const ranks = is.map((id) => was.indexOf(id));
  const best: number[][] = [];
  for (const [at, rank] of ranks.entries()) {
    const longest = best
      .slice(0, at)
      .reduce<number[]>((most, run, index) => (ranks[index]! < rank && run.length > most.length ? run : most), []);
    best.push([...longest, at]);
  }
  const kept = new Set(best.reduce<number[]>((most, run) => (run.length > most.length ? run : most), []));
  return is.filter((_, at) => !kept.has(at));
}

const own = (step: Step): object =>
  Object.fromEntries(Object.entries(step).filter(([key]) => !(BRANCH_KEYS as readonly string[]).includes(key)));

function stepWords(step: Step, names: Names): string {
  const kind = step.type === "request" ? `${names.resource(step.resourceId) ?? "Deleted resource"} Request` : STEP_LABELS[step.type];
  return `${kind} ${step.name}`;
}

const MOST_FIELDS = 4;
const MOST_TEXT = 60;

/** "request.path: /a → /b", the first few. */
function fieldWords(differences: { path: string; before: unknown; after: unknown }[]): string {
  const shown = differences
    .slice(0, MOST_FIELDS)
    .map(({ path, before, after }) => (isShort(before) && isShort(after) ? `${path}: ${show(before)} → ${show(after)}` : path));
  const more = differences.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join("; ");
}

const isShort = (value: unknown): boolean =>
  (typeof value !== "object" || value === null) && show(value).length <= MOST_TEXT && !show(value).includes("\n");
const show = (value: unknown): string => (value === undefined || value === "" ? "nothing" : String(value));
