import { compile, type JSONPathQuery, type JSONValue } from "json-p3";

const compiled = new Map<string, JSONPathQuery | null>();
const MAX_COMPILED = 500;

function query(path: string): JSONPathQuery | null {
  const known = compiled.get(path);
  if (known !== undefined) return known;
  let result: JSONPathQuery | null;
  try {
    result = compile(path);
  } catch {
    result = null;
  }
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(path, result);
  return result;
}

/** Whether a JSON path parses (RFC 9535). */
export const isJsonPath = (path: string): boolean => query(path) !== null;

/** The first value at a path (RFC 9535), or undefined when nothing is there. */
export function readJsonPath(value: unknown, path: string): unknown {
  try {
    return query(path)
      ?.query(value as JSONValue)
      .values()[0];
  } catch {
    // The engine goes down by recursion: in a document nested without end, nothing is found.
    return undefined;
  }
}
