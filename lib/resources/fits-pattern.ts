import { RE2JS } from "re2js";

const compiled = new Map<string, RE2JS | null>();
const MAX_COMPILED = 500;

/** Whether a pattern parses as RE2: no look-around, no back-references, so that matching takes linear time. */
export const isPattern = (pattern: string): boolean => compile(pattern) !== null;

/** Whether the whole value fits the pattern. A pattern that doesn't parse fits nothing. */
export const fitsPattern = (pattern: string, value: string): boolean => compile(pattern)?.matches(value) ?? false;

/** Whether some part of the value fits. */
export const findsPattern = (pattern: string, value: string): boolean => compile(pattern)?.test(value) ?? false;

/** How much work each character may be: the instructions that the pattern became. */
export const patternSize = (pattern: string): number => compile(pattern)?.programSize() ?? 0;

function compile(pattern: string): RE2JS | null {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  let result: RE2JS | null;
  try {
    result = RE2JS.compile(pattern);
  } catch {
    result = null;
  }
  if (compiled.size >= MAX_COMPILED) compiled.clear();
  compiled.set(pattern, result);
  return result;
}
