/** A string value, unquoted and unescaped. `offsetOf` turns an index in it into an offset in the document. */
export type JsonLeaf = { kind: "leaf"; template: string; offsetOf: (index: number) => number };

export type JsonPiece =
  | { kind: "raw"; text: string; start: number }
  /** An object key that looks like a template, quotes included. */
  | { kind: "key"; text: string; start: number }
  | JsonLeaf;

/** An unclosed string reaches to the end, so that the search never starts over and time stays linear. */
const STRING_LITERAL = /("(?:[^"\\]|\\.?)*(?:"|$))(\s*:)?/gs;

/**
 * Takes a JSON document apart into its string values and everything between, which stays as written: numbers keep all
 * their digits, keys their order. Object keys are not values. Works on half-typed documents too, so it proves nothing
 * about validity: where that matters, parse the document first.
 */
export function splitJson(document: string): JsonPiece[] {
  const pieces: JsonPiece[] = [];
  let at = 0;
  const pushRaw = (end: number) => {
    if (end > at) pieces.push({ kind: "raw", text: document.slice(at, end), start: at });
  };
  for (const match of document.matchAll(STRING_LITERAL)) {
    const [, literal = "", colon] = match;
    // A string without braces needs no rendering; it stays part of the raw text.
    const template = literal.includes("{") ? decodeString(literal) : undefined;
    if (template === undefined) continue;
    pushRaw(match.index);
    if (colon === undefined) pieces.push({ kind: "leaf", template, offsetOf: offsets(literal, match.index) });
    else pieces.push({ kind: "key", text: literal, start: match.index });
    at = match.index + literal.length;
  }
  pushRaw(document.length);
  return pieces;
}

function decodeString(literal: string): string | undefined {
  try {
    return JSON.parse(literal) as string;
  } catch {
    return undefined;
  }
}

function offsets(literal: string, start: number): (index: number) => number {
  if (!literal.includes("\\")) return (index) => start + 1 + index;
  const map: number[] = [];
  for (let at = 1; at < literal.length; ) {
    map.push(start + at);
    at += literal[at] !== "\\" ? 1 : literal[at + 1] === "u" ? 6 : 2;
  }
  return (index) => map[index] ?? start + literal.length - 1;
}
