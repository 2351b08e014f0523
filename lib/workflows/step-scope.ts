/** What the templates of a step read, and their values. Pure. */
import { evaluateExpression } from "#lib/template/evaluate-expression.ts";
import { listReferences, parseTemplate } from "#lib/template/parse-template.ts";
import { renderTemplate } from "#lib/template/render-template.ts";
import { TemplateError } from "#lib/template/template-error.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import { listStepTemplates } from "./list-step-templates.ts";
import { locate, type Place } from "./next-step.ts";
import type { Step } from "./schema.ts";

const referencesOf = (step: Step) => listStepTemplates(step).flatMap(({ text, format }) => listReferences(text, format));

/** The names of earlier steps that a step reads. A function may read any: those that its code names. */
export function listReadSteps(step: Step, names: readonly string[]): string[] {
  if (step.type === "function") return names.filter((name) => new RegExp(`\\b${name}\\b`).test(step.code));
  const read = new Set(referencesOf(step).flatMap(({ path: [source, name] }) => (source === "steps" && name !== undefined ? [name] : [])));
  return names.filter((name) => read.has(name));
}

/** Whether the item of the innermost fan out is read. */
export const readsItem = (step: Step): boolean =>
  step.type === "function" ? /\bitem\b/.test(step.code) : referencesOf(step).some(({ path }) => path[0] === "item");

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
