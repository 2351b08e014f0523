import { closest } from "#lib/template/closest.ts";

/** Told at most: the first few show what is meant. */
const MOST_TOLD = 8;
/** Items of a list that are looked at. */
const MOST_ITEMS = 1_000;
/** Names that a missing one is compared with: whoever sends a megabyte of them mistyped none. */
const MOST_NAMES = 200;

/** Where a value doesn't fit, and why: `$.task.id` and a sentence. */
export type Misfit = { path: string; message: string };

/**
 * Where a value doesn't fit the example that stands for its schema. Each key of the example must be there, with a value of the same
 * kind; null in the example fits everything, an empty object or list any of its kind, and more keys than it has are welcome. Every
 * item of a list must fit the example's first. Pure.
 */
export function listMisfits(example: unknown, value: unknown, path = "$"): Misfit[] {
  const misfits: Misfit[] = [];
  collect(example, value, path, misfits);
  return misfits;
}

function collect(example: unknown, value: unknown, path: string, misfits: Misfit[]): void {
  if (misfits.length >= MOST_TOLD || example === null || example === undefined) return;
  const [wanted, given] = [kindOf(example), kindOf(value)];
  if (wanted !== given) {
    misfits.push({ path, message: `It is ${given}; the example has ${wanted} there.` });
    return;
  }
  if (Array.isArray(example)) {
    if (example.length === 0) return;
    for (const [index, item] of (value as unknown[]).slice(0, MOST_ITEMS).entries())
      collect(example[0], item, `${path}[${index}]`, misfits);
    return;
  }
  if (typeof example !== "object") return;
  const object = value as Record<string, unknown>;
  for (const [key, inner] of Object.entries(example)) {
    if (misfits.length >= MOST_TOLD) return;
    const at = `${path}${keyStep(key)}`;
    if (Object.hasOwn(object, key)) collect(inner, object[key], at, misfits);
    else misfits.push({ path: at, message: missing(key, object, example) });
  }
}

function missing(key: string, object: Record<string, unknown>, example: object): string {
  const extra = Object.keys(object)
    .slice(0, MOST_NAMES)
    .filter((name) => !Object.hasOwn(example, name));
  const near = closest(key, extra);
  return near ? `It is missing; there is “${near}” instead.` : "It is missing.";
}

/** As JSONPath writes it (RFC 9535, section 2.5.1). */
const keyStep = (key: string): string => (/^[A-Za-z_][\w]*$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`);

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  return { string: "text", number: "a number", boolean: "true or false", object: "an object" }[typeof value as string] ?? "something else";
}
