/** What the templates of a step read, and their values. Pure. */
import { evaluateExpression } from "#lib/template/evaluate-expression.ts";
import { listReferences, parseTemplate } from "#lib/template/parse-template.ts";
import { renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import { locate, type Place } from "./next-step.ts";
import type { Step } from "./schema.ts";

/** Every text of a step that may be a template. Not those of the steps in it. */
function textsOf(step: Step): string[] {
  switch (step.type) {
    case "request": {
      const { path, query, headers, body } = step.request;
      const fields = body.kind === "form" || body.kind === "multipart" ? body.fields : [];
      const text = body.kind === "json" || body.kind === "raw" ? [body.text] : [];
      return [path, ...text, ...[...query, ...headers, ...fields].map(({ value }) => value)];
    }
    case "condition":
      return step.groups.flatMap(({ rules }) => rules.flatMap(({ left, right }) => [left, right]));
    case "fan_out":
      return [step.items];
    case "response":
      return [step.body, ...step.headers.map(({ value }) => value)];
    case "delay":
    case "function":
      return [];
  }
}

/** The names of earlier steps that a step reads. A function may read any: those that its code names. */
export function listReadSteps(step: Step, names: readonly string[]): string[] {
  if (step.type === "function") return names.filter((name) => new RegExp(`\\b${name}\\b`).test(step.code));
  const read = new Set(
    textsOf(step).flatMap((text) =>
      listReferences(text).flatMap(({ path: [source, name] }) => (source === "steps" && name !== undefined ? [name] : [])),
    ),
  );
  return names.filter((name) => read.has(name));
}

/** Whether the item of the innermost fan out is read. */
export const readsItem = (step: Step): boolean =>
  step.type === "function"
    ? /\bitem\b/.test(step.code)
    : textsOf(step).some((text) => listReferences(text).some(({ path }) => path[0] === "item"));

/** Every step of a workflow, in the order of the cable. */
export const listAllSteps = (steps: readonly Step[]): Step[] =>
  steps.flatMap((step) => {
    if (step.type === "condition") return [step, ...listAllSteps(step.then), ...listAllSteps(step.else)];
    return step.type === "fan_out" ? [step, ...listAllSteps(step.steps)] : [step];
  });

/**
 * Where another step's output for this place is kept: in the items of the fan outs that are around both. Null where the other one is in a
 * fan out that this place isn't in: it has an output for each item, and none for here.
 */
export function placeOfOther(steps: readonly Step[], here: Place, stepId: string): Place | null {
  const [other, own] = [locate(steps, stepId)?.fans ?? [], locate(steps, here.stepId)?.fans ?? []];
  if (other.some(({ id }, depth) => own[depth]?.id !== id)) return null;
  return { stepId, item: here.item.split(".").slice(0, other.length).join(".") };
}

/** The innermost fan out around a place and the number of its item; null outside of any. */
export function itemOfPlace(steps: readonly Step[], { stepId, item }: Place): { fan: Place; n: number } | null {
  const fan = locate(steps, stepId)?.fans.at(-1);
  if (!fan) return null;
  const numbers = item.split(".");
  return { fan: { stepId: fan.id, item: numbers.slice(0, -1).join(".") }, n: Number(numbers.at(-1)) };
}

/** A template that is one expression keeps its value's type; anything else is text. A variable without a value is undefined. */
export function readValue(template: string, scope: TemplateScope): unknown {
  const text = template.trim();
  const parts = parseTemplate(text);
  const [only] = parts;
  try {
    return parts.length === 1 && only?.kind === "expression" ? evaluateExpression(only, scope) : renderTemplate(text, scope, "text");
  } catch (error) {
    if (error instanceof TemplateError && (error.code === "unknown_variable" || error.code === "empty_value")) return undefined;
    throw error;
  }
}
