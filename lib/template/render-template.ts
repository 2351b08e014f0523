import { CompileCache } from "./compile-cache.ts";
import { encodeValue, formEncode, type LandingPlace } from "./encode-value.ts";
import { asText, evaluateExpression, whereOf } from "./evaluate-expression.ts";
import { type ExpressionPart, parseLeaf, parseTemplate, type TemplatePart, type TextPart } from "./parse-template.ts";
import { splitJson } from "./split-json.ts";
import { TemplateError } from "./template-error.ts";
import type { TemplateScope } from "./variables.ts";

/** Of one rendered text. Many expressions may repeat a long value. */
export const MAX_RENDERED_LENGTH = 20_000_000;

export type CompiledTemplate = readonly (TextPart | ExpressionPart)[];

/**
 * Renders a template for the place where its values land: percent-encoded in a path, form-encoded in a query or form,
 * refused in a header when they hold control characters, as they are in text. Text written in the template itself is
 * never encoded. Throws `TemplateError`. For URLs see `renderUrl` and `renderUnder`, which also keep the URL's shape.
 */
export function renderTemplate(text: string, scope: TemplateScope, place: LandingPlace): string {
  return renderParts(compileTemplate(text), scope, place);
}

/**
 * Renders the string values of a JSON document; what stands around them is sent as written. A value that is one single
 * expression keeps its type, so `"{{inputs.count}}"` may become `3` or `{"a":1}`. Values can't break out of their place.
 */
export function renderJson(document: string, scope: TemplateScope): string {
  let rendered = "";
  for (const piece of compileJson(document)) {
    rendered += typeof piece === "string" ? piece : renderLeaf(piece, scope);
    assertLength(rendered);
  }
  return rendered;
}

/** `name=value&...` for a query or a form body. Names aren't templates. */
export function renderForm(fields: readonly { name: string; value: string }[], scope: TemplateScope): string {
  return fields.map(({ name, value }) => `${formEncode(name)}=${formEncode(renderTemplate(value, scope, "text"))}`).join("&");
}

export function renderParts(parts: CompiledTemplate, scope: TemplateScope, place: LandingPlace): string {
  let rendered = "";
  for (const part of parts) {
    if (part.kind === "text") rendered += encodeLiteral(part, place);
    else rendered += encodeValue(asText(evaluateExpression(part, scope), part), place, whereOf(part));
    assertLength(rendered);
  }
  return rendered;
}

/** Parsed once, then kept: the same few templates are rendered for every call. Throws on the first problem. */
export function compileTemplate(text: string): CompiledTemplate {
  return templates.get(text, () => assertSound(parseTemplate(text)));
}

function renderLeaf(parts: CompiledTemplate, scope: TemplateScope): string {
  const [only] = parts;
  if (parts.length > 1 || only?.kind !== "expression") return JSON.stringify(renderParts(parts, scope, "text"));
  const value = evaluateExpression(only, scope);
  const json = JSON.stringify(value ?? null);
  if (json !== undefined) return json;
  throw new TemplateError("not_text", `${only.variable} isn't JSON. Name one of its fields.`, whereOf(only));
}

function encodeLiteral(part: TextPart, place: LandingPlace): string {
  return place === "header" ? encodeValue(part.text, place, { start: part.start, end: part.end }) : part.text;
}

function compileJson(document: string): readonly (string | CompiledTemplate)[] {
  return documents.get(document, () => {
    assertSound(parseTemplate(document, "json"));
    assertJson(document);
    return splitJson(document).map((piece) => (piece.kind === "leaf" ? assertSound(parseLeaf(piece)) : piece.text));
  });
}

function assertSound(parts: TemplatePart[]): CompiledTemplate {
  return parts.map((part) => {
    if (part.kind !== "problem") return part;
    throw new TemplateError("bad_template", part.message, { start: part.start, end: part.end });
  });
}

function assertJson(document: string): void {
  try {
    JSON.parse(document);
  } catch (error) {
    const place = /position (\d+)/.exec(error instanceof Error ? error.message : "")?.[1];
    const line = place && document.slice(0, Number(place)).split("\n").length;
    const where = place ? { start: Number(place), end: Number(place) + 1 } : {};
    throw new TemplateError(
      "bad_json",
      `The body isn't JSON${line ? `: look at line ${line}` : ""}. Check its commas, quotes and brackets.`,
      where,
    );
  }
}

function assertLength(rendered: string): void {
  if (rendered.length <= MAX_RENDERED_LENGTH) return;
  throw new TemplateError(
    "too_large",
    `The rendered text is longer than ${MAX_RENDERED_LENGTH / 1_000_000} million characters. Use fewer or shorter values.`,
  );
}

const templates = new CompileCache<CompiledTemplate>(2_000);
const documents = new CompileCache<readonly (string | CompiledTemplate)[]>(500);
