import type { AskedValue } from "./schema.ts";

/**
 * Why a query parameter or header isn't what a trigger asks for; null when it is. The example stands for the kind: one that is a number
 * asks for a number, `true` or `false` for one of the two, any other text, or none, for any text. Pure.
 */
export function findValueProblem({ required, example = "" }: AskedValue, value: string | undefined): string | null {
  if (value === undefined || value === "") return required ? "It is missing." : null;
  if (isNumber(example) && !isNumber(value)) return "It must be a number, as the example is.";
  if (isBoolean(example) && !isBoolean(value)) return "It must be true or false, as the example is.";
  return null;
}

const isNumber = (text: string): boolean => /^-?(0|[1-9]\d*)(\.\d+)?$/.test(text.trim());
const isBoolean = (text: string): boolean => /^(true|false)$/.test(text.trim());
