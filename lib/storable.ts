/**
 * What Postgres can keep. Its text and jsonb hold neither U+0000 nor half a character (a lone surrogate), and refuse the whole
 * statement; JavaScript and JSON know both. So what comes from outside passes here before it is stored.
 */

/** The text as it can be kept: U+0000 and lone surrogates become U+FFFD, the replacement character. */
export const storableText = (text: string): string => (text.isWellFormed() ? text : text.toWellFormed()).replaceAll("\u0000", "\ufffd");

/** The first `length` UTF-16 units at most; a character that the cut would halve is left out. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}

/** Deeper JSON is refused: Postgres, zod and JSON.stringify each go down by recursion. */
const MAX_DEPTH = 64;

/** A JSON value as it can be kept, keys included; undefined when it is nested deeper than anything people mean. */
export function storableJson<T>(value: T, depth = 0): T | undefined {
  if (typeof value === "string") return storableText(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return undefined;
  const children = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  const kept = children.map(([key, item]) => [typeof key === "string" ? storableText(key) : key, storableJson(item, depth + 1)] as const);
  if (kept.some(([, item], index) => item === undefined && children[index]![1] !== undefined)) return undefined;
  return (Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept)) as T;
}

/** Whether a JSON value can be kept as it is. */
export function isStorable(value: unknown, depth = 0): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\u0000");
  if (typeof value !== "object" || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item, depth + 1));
}
