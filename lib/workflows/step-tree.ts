/**
 * The steps of a workflow as a tree: found, put in, moved, taken out, renamed. Pure; a changed tree is a new one, and what wasn't
 * touched stays the same object. A step that isn't there leaves the tree as it is.
 */
import { listReferences } from "#lib/template/parse-template.ts";

/** What the operations need of a step. `then` and `else` are a condition's branches, `steps` what a fan out repeats. */
export type TreeStep = { id: string; name: string; type: string };
export type BranchKey = "then" | "else" | "steps";
export const BRANCH_KEYS: readonly BranchKey[] = ["then", "else", "steps"];

/** In the main chain, or in a branch of the step `parent`. */
export type StepPlace = { parent: string | null; branch: BranchKey | null; index: number };

type Branches<S> = Partial<Record<BranchKey, S[]>>;

/** The branches that a step has, in their order. */
export const branchesOf = <S extends TreeStep>(step: S): [key: BranchKey, steps: S[]][] =>
  BRANCH_KEYS.flatMap((key) => {
    const steps = (step as S & Branches<S>)[key];
    return Array.isArray(steps) ? [[key, steps]] : [];
  });

/** All steps in the order of the cable: each before what is in its branches. */
export function listSteps<S extends TreeStep>(steps: readonly S[]): S[] {
  return steps.flatMap((step) => [step, ...branchesOf(step).flatMap(([, inner]) => listSteps(inner))]);
}

export const findStep = <S extends TreeStep>(steps: readonly S[], id: string): S | undefined =>
  listSteps(steps).find((step) => step.id === id);

/** Where a step stands; null when it doesn't. */
export function placeOf<S extends TreeStep>(
  steps: readonly S[],
  id: string,
  parent: string | null = null,
  branch: BranchKey | null = null,
): StepPlace | null {
  for (const [index, step] of steps.entries()) {
    if (step.id === id) return { parent, branch, index };
    for (const [key, inner] of branchesOf(step)) {
      const place = placeOf(inner, id, step.id, key);
      if (place) return place;
    }
  }
  return null;
}

/** The list that a place is in. */
export function listAt<S extends TreeStep>(steps: readonly S[], { parent, branch }: Pick<StepPlace, "parent" | "branch">): readonly S[] {
  if (parent === null) return steps;
  const holder = findStep(steps, parent);
  return (holder && branchesOf(holder).find(([key]) => key === branch)?.[1]) ?? [];
}

/** A step changed by `change`, wherever it stands; null takes it out, with all that is in it. */
function changeSteps<S extends TreeStep>(steps: readonly S[], id: string, change: (step: S) => S | null): S[] {
  let changed = false;
  const result = steps.flatMap((step) => {
    const next = step.id === id ? change(step) : changeBranches(step, (inner) => changeSteps(inner, id, change));
    changed ||= next !== step;
    return next ? [next] : [];
  });
  return changed ? result : (steps as S[]);
}

/** The same step where no branch changes. */
function changeBranches<S extends TreeStep>(step: S, change: (steps: S[], key: BranchKey) => S[]): S {
  let next = step;
  for (const [key, inner] of branchesOf(step)) {
    const changed = change(inner, key);
    if (changed !== inner) next = { ...next, [key]: changed };
  }
  return next;
}

export const replaceStep = <S extends TreeStep>(steps: readonly S[], next: S): S[] => changeSteps(steps, next.id, () => next);

export const removeStep = <S extends TreeStep>(steps: readonly S[], id: string): S[] => changeSteps(steps, id, () => null);

export function insertStep<S extends TreeStep>(steps: readonly S[], step: S, { parent, branch, index }: StepPlace): S[] {
  if (parent === null) return [...steps.slice(0, index), step, ...steps.slice(index)];
  return changeSteps(steps, parent, (holder) =>
    changeBranches(holder, (inner, key) => (key === branch ? [...inner.slice(0, index), step, ...inner.slice(index)] : inner)),
  );
}

/** To another place; never into itself. */
export function moveStep<S extends TreeStep>(steps: readonly S[], id: string, to: StepPlace): S[] {
  const [step, from] = [findStep(steps, id), placeOf(steps, id)];
  if (!step || !from || listSteps([step]).some((inner) => inner.id === to.parent)) return steps as S[];
  const isSameList = from.parent === to.parent && from.branch === to.branch;
  const index = isSameList && from.index < to.index ? to.index - 1 : to.index;
  if (isSameList && index === from.index) return steps as S[];
  return insertStep(removeStep(steps, id), step, { ...to, index });
}

/** One place up or down the cable; null at the end of its list. */
export function neighbourPlace<S extends TreeStep>(steps: readonly S[], id: string, by: 1 | -1): StepPlace | null {
  const place = placeOf(steps, id);
  if (!place) return null;
  const length = listAt(steps, place).length;
  const to = place.index + by;
  if (to < 0 || to >= length) return null;
  return { ...place, index: by > 0 ? to + 1 : to };
}

/** What a step can read of others: those that have run before it. Steps in a fan out are read from inside it only. */
export function stepsBefore<S extends TreeStep>(steps: readonly S[], id: string): S[] {
  const before: S[] = [];
  for (const step of steps) {
    if (step.id === id) return before;
    const branch = branchesOf(step).find(([, inner]) => findStep(inner, id));
    if (branch) return [...before, ...stepsBefore(branch[1], id)];
    before.push(
      step,
      ...branchesOf(step).flatMap(([key, inner]) => (key === "steps" ? [] : listSteps(inner).filter(isOutsideFans(inner)))),
    );
  }
  return before;
}

/** Whether a step of these can be read after them: not in a fan out among them. */
const isOutsideFans = <S extends TreeStep>(steps: readonly S[]) => {
  const hidden = new Set(
    listSteps(steps).flatMap((step) => branchesOf(step).flatMap(([key, inner]) => (key === "steps" ? listSteps(inner) : []))),
  );
  return (step: S) => !hidden.has(step);
};

/** The fan outs around a step, the innermost last. */
export function fansAround<S extends TreeStep>(steps: readonly S[], id: string): S[] {
  for (const step of steps) {
    for (const [key, inner] of branchesOf(step)) {
      if (findStep(inner, id)) return [...(key === "steps" ? [step] : []), ...fansAround(inner, id)];
    }
  }
  return [];
}

/** A name that no other step has: `request`, `request_2`, ... */
export function freeName(taken: readonly string[], wanted: string): string {
  if (!taken.includes(wanted)) return wanted;
  for (let n = 2; ; n++) if (!taken.includes(`${wanted}_${n}`)) return `${wanted}_${n}`;
}

/** Gives a step another name, and the templates of the others that read it too. */
export function renameStep<S extends TreeStep>(steps: readonly S[], id: string, name: string): S[] {
  const step = findStep(steps, id);
  if (!step || step.name === name) return steps as S[];
  return renameReferences(
    changeSteps(steps, id, (each) => ({ ...each, name })),
    step.name,
    name,
  );
}

/** `steps.<from>` in every template below a value becomes `steps.<to>`. */
export function renameReferences<Value>(value: Value, from: string, to: string): Value {
  if (typeof value === "string") return (value.includes("{{") ? renameIn(value, from, to) : value) as Value;
  if (Array.isArray(value)) {
    const next = value.map((item) => renameReferences(item as unknown, from, to));
    return (next.every((item, index) => item === value[index]) ? value : next) as Value;
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, renameReferences(item as unknown, from, to)] as const);
  const isSame = entries.every(([key, item]) => item === (value as Record<string, unknown>)[key]);
  return isSame ? value : (Object.fromEntries(entries) as Value);
}

function renameIn(text: string, from: string, to: string): string {
  const prefix = `steps.${from}`;
  let renamed = text;
  for (const { name, start } of listReferences(text).toReversed()) {
    const next = name[prefix.length];
    if (!name.startsWith(prefix) || (next !== undefined && next !== "." && next !== "[")) continue;
    if (!renamed.startsWith(prefix, start)) continue;
    renamed = `${renamed.slice(0, start)}steps.${to}${renamed.slice(start + prefix.length)}`;
  }
  return renamed;
}

/** A copy with ids of its own, and names that nothing else has. */
export function copyStep<S extends TreeStep>(step: S, taken: readonly string[], newId: () => string): S {
  const names = [...taken];
  const renames: [string, string][] = [];
  const copy = (each: S): S => {
    const name = freeName(names, each.name);
    names.push(name);
    if (name !== each.name) renames.push([each.name, name]);
    return { ...changeBranches(each, (inner) => inner.map(copy)), id: newId(), name };
  };
  const copied = copy(step);
  // Only what is inside the copy reads the copy; what it read of steps before it, it still reads.
  return renames.reduce((result, [from, to]) => changeBranches(result, (inner) => renameReferences(inner, from, to)), copied);
}
