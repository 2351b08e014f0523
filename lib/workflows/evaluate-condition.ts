import type { TemplateScope } from "#lib/template/variables.ts";
import type { ConditionStep, Rule } from "./schema.ts";
import { readValue } from "./step-scope.ts";

/**
 * Whether all rules of one group hold. Numbers are compared as numbers, also where they are written as text; everything else as text,
 * which suits dates as APIs write them (ISO 8601). What has no value equals nothing but the empty text. Pure.
 */
export const evaluateCondition = ({ groups }: Pick<ConditionStep, "groups">, scope: TemplateScope): boolean =>
  groups.some(({ rules }) => rules.length > 0 && rules.every((rule) => holds(rule, scope)));

function holds({ left, operator, right }: Rule, scope: TemplateScope): boolean {
  const a = readValue(left, scope);
  if (operator === "exists") return isThere(a);
  if (operator === "not_exists") return !isThere(a);
  const b = readValue(right, scope);
  switch (operator) {
    case "equals":
      return isSame(a, b);
    case "not_equals":
      return !isSame(a, b);
    case "contains":
      return contains(a, b);
    case "not_contains":
      return !contains(a, b);
    case "greater":
      return compare(a, b) > 0;
    case "less":
      return compare(a, b) < 0;
  }
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null && value !== "";

function isSame(a: unknown, b: unknown): boolean {
  const [x, y] = [asNumber(a), asNumber(b)];
  return x !== null && y !== null ? x === y : asText(a) === asText(b);
}

const contains = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) ? a.some((item) => isSame(item, b)) : isThere(a) && asText(a).includes(asText(b));

/** 0 also where one of them has no value: nothing is greater than nothing. */
function compare(a: unknown, b: unknown): number {
  if (!isThere(a) || !isThere(b)) return 0;
  const [x, y] = [asNumber(a), asNumber(b)];
  if (x !== null && y !== null) return x - y;
  const [s, t] = [asText(a), asText(b)];
  return s === t ? 0 : s > t ? 1 : -1;
}

function asNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  return typeof value === "string" && /^-?\d{1,15}(\.\d+)?$/.test(value.trim()) ? Number(value) : null;
}

function asText(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
