import type { JSONPathQuery } from "json-p3";
import { compileJsonPath, firstValue, PatternError } from "./json-path-engine.ts";

const compiled = new Map<string, JSONPathQuery | string>();
const MAX_COMPILED = 500;

/** The compiled path, or why it is none. */
function compile(path: string): JSONPathQuery | string {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  let result: JSONPathQuery | string;
  try {
    result = compileJsonPath(path);
  } catch (error) {
    result =
      error instanceof PatternError
        ? "Write out the pattern of match() or search(), in RE2 syntax: no look-around, no back-references."
        : "This JSON path doesn’t parse. It looks like $.data.id (RFC 9535).";
  }
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(path, result);
  return result;
}

/** Why a JSON path can't be read by, with a fix; null where it can. */
export function findJsonPathProblem(path: string): string | null {
  const result = compile(path);
  return typeof result === "string" ? result : null;
}

/** The first value at a path (RFC 9535), or undefined when nothing is there: also where looking for it would take too long. */
export function readJsonPath(value: unknown, path: string): unknown {
  const query = compile(path);
  return typeof query === "string" ? undefined : firstValue(query, value);
}
