/** Whether an event passes a trigger's filter. Pure and browser-safe: the tester and the door go by the same. */
import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { DeliveryPayload, EventCondition, EventFilter } from "./schema.ts";

export function matchesFilter({ match, conditions }: EventFilter, payload: DeliveryPayload): boolean {
  if (conditions.length === 0) return true;
  return match === "all"
    ? conditions.every((condition) => meetsCondition(condition, payload))
    : conditions.some((condition) => meetsCondition(condition, payload));
}

/** One condition, for the tester to show. A value that isn't there meets only `not_exists` and the two that say "doesn't". */
export function meetsCondition({ source, field, operator, value }: EventCondition, payload: DeliveryPayload): boolean {
  const found = readField(source, field, payload);
  const isThere = found !== undefined && found !== null;
  if (operator === "exists") return isThere;
  if (operator === "not_exists") return !isThere;
  if (!isThere) return operator === "not_equals" || operator === "not_contains";
  const text = asText(found);
  switch (operator) {
    case "equals":
      return isEqual(found, text, value);
    case "not_equals":
      return !isEqual(found, text, value);
    case "contains":
      return holds(found, text, value);
    case "not_contains":
      return !holds(found, text, value);
    case "starts_with":
      return text.startsWith(value);
    case "one_of":
      return value.split(",").some((one) => isEqual(found, text, one.trim()));
    case "greater_than":
      return compare(text, value) > 0;
    case "less_than":
      return compare(text, value) < 0;
  }
}

function readField(source: EventCondition["source"], field: string, { body, headers, query }: DeliveryPayload): unknown {
  if (source === "body") return readJsonPath(body, field);
  const record = source === "header" ? headers : query;
  const name = source === "header" ? field.toLowerCase() : field;
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));
const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text.trim());

function isEqual(found: unknown, text: string, value: string): boolean {
  return typeof found === "number" && isNumber(value) ? found === Number(value) : text === value;
}

const holds = (found: unknown, text: string, value: string): boolean =>
  Array.isArray(found) ? found.some((one) => asText(one) === value) : text.includes(value);

/** As numbers where both are, else as times, else NaN: then neither is greater. */
function compare(a: string, b: string): number {
  if (isNumber(a) && isNumber(b)) return Number(a) - Number(b);
  return Date.parse(a) - Date.parse(b);
}
