import { Context, Liquid, filters as liquidFilters, toValueSync, Value } from "liquidjs";
import { DIGEST_ENCODINGS, type DigestEncoding, hmacSha256, sha256 } from "./digest.ts";
import { formEncode } from "./encode-value.ts";
import type { FilterName, Operand, Variable } from "./parse-expression.ts";
import type { ExpressionPart } from "./parse-template.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateScope } from "./variables.ts";

/**
 * The value of one expression, of whatever type. Variables are looked up here, own properties only; LiquidJS runs the
 * filters. It never parses what people write: the chain it gets is built from the parsed expression, with placeholders
 * for every value, so that its tags, ranges and operators are out of reach besides being switched off.
 */
export function evaluateExpression(expression: ExpressionPart, scope: TemplateScope): unknown {
  const { operand, filters } = expression;
  const mayBeMissing = filters[0]?.name === "default";
  const value = readOperand(operand, scope, expression, mayBeMissing);
  if (filters.length === 0) return value;
  const args = filters.flatMap((filter) => filter.args.map((arg) => readOperand(arg, scope, expression, false)));
  return runFilters(expression, [value, ...args]);
}

/** As text. An object has no text of its own, and a missing value is never an empty string by accident. */
export function asText(value: unknown, expression: ExpressionPart): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  const where = whereOf(expression);
  const name = where.variable ?? "The expression";
  if (value === null || value === undefined) {
    throw new TemplateError("empty_value", `${name} is empty. Supply a value, or add a default: {{... | default: "x"}}.`, where);
  }
  const kind = Array.isArray(value) ? "a list" : "an object";
  throw new TemplateError(
    "not_text",
    `${name} is ${kind}, and text is needed here. Name one of its fields, or add the filter json.`,
    where,
  );
}

export function whereOf({ variable, start, end }: ExpressionPart): { variable?: string; start: number; end: number } {
  return { variable: variable ?? undefined, start, end };
}

function readOperand(operand: Operand, scope: TemplateScope, { start, end }: ExpressionPart, mayBeMissing: boolean): unknown {
  if (operand.kind === "literal") return operand.value;
  const value = readPath(scope, operand.path);
  if (value !== undefined || mayBeMissing) return value;
  throw new TemplateError("unknown_variable", missing(operand), { variable: operand.name, start, end });
}

/** Own properties only: what every object inherits isn't a value. */
export function readPath(scope: TemplateScope, path: string[]): unknown {
  let value: unknown = scope;
  for (const key of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function missing({ name, path }: Variable): string {
  const [source, key] = path;
  if (source === "secrets") return `There is no secret named ${key}. An admin adds it in Settings, Secrets.`;
  const fix = source === "inputs" ? `Supply the Required Input \`${key}\`` : "Check its name";
  return `${name} has no value. ${fix}, or add a default: {{${name} | default: "x"}}.`;
}

const engine = new Liquid({
  ownPropertyOnly: true,
  strictFilters: true,
  strictVariables: true,
  lenientIf: true,
  memoryLimit: 20_000_000,
  renderLimit: 1_000,
  parseLimit: 10_000,
  timezoneOffset: 0,
  dateFormat: "%Y-%m-%dT%H:%M:%SZ",
});
// LiquidJS brings its own; here only what the product lists exists.
for (const name of Object.keys(engine.tags)) delete engine.tags[name];
for (const name of Object.keys(engine.filters)) delete engine.filters[name];

type Filter = (value: unknown, ...args: unknown[]) => unknown;

const FILTERS: Record<FilterName, Filter> = {
  base64: (value) => base64(text(value)),
  base64url: (value) => base64(text(value)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""),
  url_encode: (value) => formEncode(text(value)),
  sha256: (value, encoding) => sha256(text(value), digestEncoding(encoding)),
  hmac_sha256: (value, key, encoding) => hmacSha256(text(value), text(key), digestEncoding(encoding)),
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  json: (value) => JSON.stringify(value),
  default: liquidFilters.default as Filter,
  date: liquidFilters.date as Filter,
};
for (const [name, filter] of Object.entries(FILTERS)) engine.registerFilter(name, filter);

/** Few: one for each sequence of filters that anyone uses. Bounded all the same, since members write templates. */
const chains = new Map<string, Value>();
const MAX_CHAINS = 500;

function runFilters(expression: ExpressionPart, values: unknown[]): unknown {
  const chain = compileChain(expression.filters);
  const scope = Object.fromEntries(values.map((value, index) => [`v${index}`, value ?? null]));
  try {
    return toValueSync(chain.value(new Context(scope, engine.options, { sync: true })));
  } catch (error) {
    const where = whereOf(expression);
    if (error instanceof NotText)
      throw new TemplateError("not_text", `A filter of ${where.variable ?? "the expression"} ${error.message}`, where);
    const names = expression.filters.map((filter) => filter.name).join(" | ");
    // The engine's own words may quote a value, so they stay here.
    throw new TemplateError("filter_failed", `The filter ${names} can't work on this value. Check the value and the filter.`, where);
  }
}

function compileChain(filters: ExpressionPart["filters"]): Value {
  let next = 1;
  const calls = filters.map(({ name, args }) => (args.length ? `${name}: ${args.map(() => `v${next++}`).join(", ")}` : name));
  const source = ["v0", ...calls].join(" | ");
  const cached = chains.get(source);
  if (cached) return cached;
  const chain = new Value(source, engine);
  if (chains.size >= MAX_CHAINS) chains.clear();
  chains.set(source, chain);
  return chain;
}

class NotText extends Error {}

function text(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  if (value === null || value === undefined) throw new NotText('got no value. Put default first, such as | default: "x".');
  throw new NotText("got an object or a list, and works on text. Name one of its fields, or put json first.");
}

function digestEncoding(encoding: unknown): DigestEncoding {
  if (encoding === undefined) return "hex";
  if (DIGEST_ENCODINGS.includes(encoding as string)) return encoding as DigestEncoding;
  throw new NotText(`can't write a digest that way. Use ${DIGEST_ENCODINGS.map((name) => `"${name}"`).join(", ")}.`);
}

function base64(value: string): string {
  let bytes = "";
  for (const byte of new TextEncoder().encode(value)) bytes += String.fromCharCode(byte);
  return btoa(bytes);
}
