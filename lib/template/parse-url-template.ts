import { type ExpressionPart, parseTemplate, type TemplatePart, type TextPart } from "./parse-template.ts";
import { TemplateError } from "./template-error.ts";

type Parts = readonly (TextPart | ExpressionPart)[];

export type PathTemplate = {
  /** Of an absolute URL: starts with "/" or is empty. */
  path: Parts;
  /** What follows the "?". */
  query: Parts;
};

export type UrlTemplate = PathTemplate & {
  scheme: "http" | "https";
  /** Without the port, when that was split off; see `port`. */
  host: Parts;
  /** `:8443`, digits only, or empty. A host without expressions keeps its port, so that IPv6 literals stay whole. */
  port: string;
};

/** What can't stand in a URL as written. Tabs and line breaks would vanish and join what they kept apart. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
const NOT_IN_URLS = /[\u0000-\u001f\u007f\\]/;

/**
 * The structure of an absolute URL, taken from the template before any value is known: so no value can move the borders
 * between host, path and query. Throws `TemplateError`.
 */
export function parseUrlTemplate(text: string): UrlTemplate {
  const parts = trim(soundParts(text));
  const scheme = parts[0]?.kind === "text" ? /^(https?):\/\//i.exec(parts[0].text) : null;
  if (!scheme) throw new TemplateError("bad_url", "Start the URL with https://, written out.", { start: 0, end: text.length });
  const rest = dropText(parts, scheme[0].length);

  const [authority, afterHost] = splitAt(rest, /[/?#]/);
  const { path, query } = splitPath(afterHost);
  return { scheme: scheme[1]!.toLowerCase() as "http" | "https", ...splitAuthority(authority), path, query };
}

/** The structure of a path with an optional query. */
export function parsePathTemplate(text: string): PathTemplate {
  return splitPath(soundParts(text));
}

function soundParts(text: string): Parts {
  return parseTemplate(text).map((part: TemplatePart) => {
    const where = { start: part.start, end: part.end };
    if (part.kind === "problem") throw new TemplateError("bad_template", part.message, where);
    if (part.kind === "text" && NOT_IN_URLS.test(part.text.trim())) {
      throw new TemplateError("bad_url", "A URL has no backslash, tab or line break. Remove it, or write it percent-encoded.", where);
    }
    return part;
  });
}

function splitAuthority(parts: Parts): { host: Parts; port: string } {
  const where = { start: parts[0]?.start, end: parts.at(-1)?.end };
  if (parts.length === 0) throw new TemplateError("bad_url", "The URL has no host: write one after https://.");
  if (parts.some((part) => part.kind === "text" && part.text.includes("@"))) {
    throw new TemplateError("bad_url", "Leave the user name and password out of the URL: they belong under API Authentication.", where);
  }
  if (parts.every((part) => part.kind === "text")) return { host: parts, port: "" };

  const [host, afterHost] = splitAt(parts, /:/);
  const port = afterHost.map((part) => (part.kind === "text" ? part.text : "{{")).join("");
  if (!/^(:[1-9]\d{0,4})?$/.test(port)) throw new TemplateError("bad_url", "Write the port in digits: a value can't choose it.", where);
  for (const part of host) {
    if (part.kind === "text" && !/^[a-z0-9._-]*$/i.test(part.text)) {
      throw new TemplateError("bad_url", "Around a value, a host has letters, digits, dots and hyphens only.", {
        start: part.start,
        end: part.end,
      });
    }
  }
  return { host, port };
}

function splitPath(parts: Parts): PathTemplate {
  const fragment = parts.find((part) => part.kind === "text" && part.text.includes("#"));
  if (fragment) {
    const where = { start: fragment.start, end: fragment.end };
    throw new TemplateError("bad_url", "What follows # is never sent to a server. Remove it, or write %23 for the character.", where);
  }
  const [path, query] = splitAt(parts, /\?/);
  return { path, query: dropText(query, 1) };
}

/** The parts before and from the first match in text; expressions are never looked into. */
function splitAt(parts: Parts, border: RegExp): [before: Parts, from: Parts] {
  for (const [index, part] of parts.entries()) {
    const at = part.kind === "text" ? part.text.search(border) : -1;
    if (part.kind !== "text" || at < 0) continue;
    const head = { ...part, text: part.text.slice(0, at), end: part.start + at };
    const tail = { ...part, text: part.text.slice(at), start: part.start + at };
    return [withoutEmpty([...parts.slice(0, index), head]), [tail, ...parts.slice(index + 1)]];
  }
  return [parts, []];
}

function dropText(parts: Parts, length: number): Parts {
  const [first, ...rest] = parts;
  if (first?.kind !== "text") return parts;
  return withoutEmpty([{ ...first, text: first.text.slice(length), start: first.start + length }, ...rest]);
}

function trim(parts: Parts): Parts {
  const trimmed = parts.map((part, index) => {
    if (part.kind !== "text") return part;
    let { text, start } = part;
    if (index === 0) {
      text = text.trimStart();
      start = part.end - text.length;
    }
    if (index === parts.length - 1) text = text.trimEnd();
    return { ...part, text, start, end: start + text.length };
  });
  return withoutEmpty(trimmed);
}

function withoutEmpty(parts: Parts): Parts {
  return parts.filter((part) => part.kind !== "text" || part.text !== "");
}
