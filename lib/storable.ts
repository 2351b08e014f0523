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
  // Nearly everything is kept as it came: copying it costs many times as much as looking.
  if (depth === 0 && holdsAsItIs(value, 0, { left: Number.POSITIVE_INFINITY })) return value;
  if (typeof value === "string") return storableText(value) as T;
  if (typeof value !== "object" || value === null) return value;
  if (depth >= MAX_DEPTH) return undefined;
  const children = Array.isArray(value) ? value.map((item, index) => [index, item] as const) : Object.entries(value);
  const kept = children.map(([key, item]) => [typeof key === "string" ? storableText(key) : key, storableJson(item, depth + 1)] as const);
  if (kept.some(([, item], index) => item === undefined && children[index]![1] !== undefined)) return undefined;
  return (Array.isArray(value) ? kept.map(([, item]) => item) : Object.fromEntries(kept)) as T;
}

/** More values in one are refused: a megabyte may hold 350,000 empty objects, and each is looked at again by whatever reads it. */
export const MOST_VALUES = 200_000;

/** What isStorable refuses, for sentences. */
export const UNSTORABLE = "U+0000, half a character, a number beyond range, more than 60 levels or more than 200,000 values";

/** Whether a JSON value can be kept as it is. */
export const isStorable = (value: unknown): boolean => holdsAsItIs(value, 0, { left: MOST_VALUES });

function holdsAsItIs(value: unknown, depth: number, count: { left: number }): boolean {
  if (typeof value === "string") return isStorableText(value);
  // JSON.parse reads 1e999 as Infinity, which would come back as null.
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null) return true;
  if (depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    count.left -= value.length;
    if (count.left < 0) return false;
    for (let at = 0; at < value.length; at++) if (!holdsAsItIs(value[at], depth + 1, count)) return false;
    return true;
  }
  for (const key in value) {
    if (--count.left < 0) return false;
    if (!isStorableText(key) || !holdsAsItIs((value as Record<string, unknown>)[key], depth + 1, count)) return false;
  }
  return true;
}

const isStorableText = (text: string): boolean => text.isWellFormed() && !text.includes("\u0000");
