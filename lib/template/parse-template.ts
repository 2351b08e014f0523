import { type Expression, ExpressionProblem, type FilterCall, type Operand, parseExpression, type Variable } from "./parse-expression.ts";
import { type JsonLeaf, splitJson } from "./split-json.ts";

export type TextPart = { kind: "text"; text: string; start: number; end: number };
export type ExpressionPart = {
  kind: "expression";
  /** As written, between the braces. */
  source: string;
  /** Dotted, such as `inputs.tenant`; null for a literal. */
  variable: string | null;
  operand: Operand;
  filters: FilterCall[];
  start: number;
  end: number;
};
export type ProblemPart = { kind: "problem"; message: string; start: number; end: number };
export type TemplatePart = TextPart | ExpressionPart | ProblemPart;

/** In "json" only the string values of the document are templates; the rest is text. */
export type TemplateFormat = "text" | "json";

/** Longer ones are refused, so that parsing is bounded whoever calls. */
export const MAX_TEMPLATE_LENGTH = 1_000_000;

/**
 * Splits a template into text, expressions and problems, in order and without gaps: the parts' offsets cover the text.
 * Never throws, since it also marks what is half typed. In "json", offsets are those of the document as written.
 */
export function parseTemplate(text: string, format: TemplateFormat = "text"): TemplatePart[] {
  if (text.length > MAX_TEMPLATE_LENGTH) {
    return [{ kind: "problem", message: "The template is too long: shorten it to a million characters.", start: 0, end: text.length }];
  }
  return format === "text" ? parseText(text) : parseJson(text);
}

/** Everything a template reads, filter arguments included, in order of appearance. */
export function listReferences(text: string, format: TemplateFormat = "text"): Variable[] {
  return parseTemplate(text, format).flatMap((part) => (part.kind === "expression" ? referencesOf(part) : []));
}

/** The same as names, each once. */
export function listVariables(text: string, format: TemplateFormat = "text"): string[] {
  return [...new Set(listReferences(text, format).map((reference) => reference.name))];
}

export function referencesOf(expression: Pick<Expression, "operand" | "filters">): Variable[] {
  return [expression.operand, ...expression.filters.flatMap((filter) => filter.args)].filter((operand) => operand.kind === "variable");
}

function parseText(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const open = findOpening(text, at);
    if (open > at) parts.push({ kind: "text", text: text.slice(at, open), start: at, end: open });
    if (open === text.length) break;
    const part = text[open + 1] === "%" ? tagProblem(text, open) : readExpression(text, open);
    parts.push(part);
    at = part.end;
  }
  return parts;
}

/** The parts of one string value of a JSON document, with offsets in the document. */
export function parseLeaf(leaf: JsonLeaf): TemplatePart[] {
  return parseText(leaf.template).map((part) => movePart(part, leaf.offsetOf));
}

function findOpening(text: string, from: number): number {
  for (let at = text.indexOf("{", from); at >= 0; at = text.indexOf("{", at + 1)) {
    if (text[at + 1] === "{" || text[at + 1] === "%") return at;
  }
  return text.length;
}

/** How far the end of a tag is looked for; only to mark it whole. */
const LONGEST_TAG = 200;

function tagProblem(text: string, start: number): ProblemPart {
  const close = text.slice(start, start + LONGEST_TAG).indexOf("%}");
  const end = close < 0 ? start + 2 : start + close + 2;
  return { kind: "problem", message: "Tags such as {% if %} don't work here: write a value as {{ ... }}.", start, end };
}

function readExpression(text: string, start: number): ExpressionPart | ProblemPart {
  const close = findClosing(text, start + 2);
  if (close === null) {
    const next = text.indexOf("{{", start + 2);
    const end = next < 0 ? text.length : next;
    return { kind: "problem", message: "The expression isn't closed: end it with }}.", start, end };
  }
  const end = close + 2;
  const source = text.slice(start + 2, close);
  try {
    const { operand, filters } = parseExpression(source, start + 2);
    const variable = operand.kind === "variable" ? operand.name : null;
    return { kind: "expression", source, variable, operand, filters, start, end };
  } catch (error) {
    if (!(error instanceof ExpressionProblem)) throw error;
    return { kind: "problem", message: error.message, start, end };
  }
}

/** Offset of the `}}` that ends an expression. Braces in quotes don't; an unclosed quote is read without its meaning. */
function findClosing(text: string, from: number): number | null {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === '"' || char === "'") {
      const quoteEnd = text.indexOf(char, at + 1);
      if (quoteEnd < 0) return indexOrNull(text, "}}", at);
      at = quoteEnd;
    } else if (char === "}" && text[at + 1] === "}") {
      return at;
    } else if (char === "{" && text[at + 1] === "{") {
      return null;
    }
  }
  return null;
}

function indexOrNull(text: string, what: string, from: number): number | null {
  const index = text.indexOf(what, from);
  return index < 0 ? null : index;
}

const UNQUOTED = "Put the expression in quotes. One that is the whole value keeps its type: a number stays a number.";
const IN_KEY = "An expression can't be part of a key: keys stay as written.";

function parseJson(text: string): TemplatePart[] {
  return splitJson(text).flatMap((piece): TemplatePart[] => {
    if (piece.kind === "leaf") return quoted(piece);
    // Two braces in a row can't occur in JSON outside a string.
    const message = piece.kind === "key" ? IN_KEY : UNQUOTED;
    return parseText(piece.text).map((part) => {
      const place = { start: part.start + piece.start, end: part.end + piece.start };
      return part.kind === "text" ? { ...part, ...place } : { kind: "problem", message, ...place };
    });
  });
}

function quoted(leaf: JsonLeaf): TemplatePart[] {
  const open = leaf.offsetOf(0);
  const close = leaf.offsetOf(leaf.template.length);
  return [
    { kind: "text", text: '"', start: open - 1, end: open },
    ...parseLeaf(leaf),
    { kind: "text", text: '"', start: close, end: close + 1 },
  ];
}

function movePart(part: TemplatePart, offsetOf: (index: number) => number): TemplatePart {
  const move = <T extends { start: number; end: number }>(it: T): T => ({ ...it, start: offsetOf(it.start), end: offsetOf(it.end) });
  const moveOperand = (operand: Operand) => (operand.kind === "variable" ? move(operand) : operand);
  if (part.kind !== "expression") return move(part);
  return {
    ...move(part),
    operand: moveOperand(part.operand),
    filters: part.filters.map((filter) => ({ ...filter, args: filter.args.map(moveOperand) })),
  };
}
