import type { CallSummary } from "./call-words.ts";

export type Key = { at: string; id: string };
export interface Page {
  rows: readonly CallSummary[];
  /** Where to go on, or null at the end. */
  next: Key | null;
  unknownUser?: boolean;
}

/** Newest first; of one moment, by id, as the database sorts them. */
const newestFirst = (a: Key, b: Key): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? 1 : -1);

/** Rows of both, each once, newest first. */
export function mergeRows(fresh: readonly CallSummary[], known: readonly CallSummary[]): CallSummary[] {
  const ids = new Set(known.map(({ id }) => id));
  const added = fresh.filter(({ id }) => !ids.has(id));
  return added.length === 0 ? [...known] : [...added, ...known].sort(newestFirst);
}

/** What came after a list was read. `isGap`: more than was fetched, so that rows between it and the list are missing. */
export interface Tail {
  rows: readonly CallSummary[];
  isGap: boolean;
}
export const NO_TAIL: Tail = { rows: [], isGap: false };

/** Enough for whoever looks away for a while, and little enough for the browser. */
const MOST_ROWS = 500;

/** The tail with one more answer, which is full (`next`) when there was more. `newest` is the newest row known before. */
export function addTail(tail: Tail, fresh: Page, { newest, listed }: { newest: string | undefined; listed: readonly Key[] }): Tail {
  const ids = new Set(listed.map(({ id }) => id));
  const rows = mergeRows(
    fresh.rows.filter(({ id }) => !ids.has(id)),
    tail.rows,
  );
  const isTorn = fresh.next !== null && (newest === undefined || (fresh.rows.at(-1)?.at ?? "") > newest);
  return { rows: rows.slice(0, MOST_ROWS), isGap: tail.isGap || isTorn || rows.length > MOST_ROWS };
}

const PAGE = 50;

/** Its newest rows as the first page of a list. */
export function tailToPage({ rows }: Tail): Page {
  const first = rows.slice(0, PAGE);
  const last = first.at(-1);
  return { rows: first, next: last ? { at: last.at, id: last.id } : null };
}

/** Rows of a process that flushes late come with earlier times: a tail looks this far back behind the newest row. */
const OVERLAP_MS = 5_000;

/** From when on a tail asks; without rows, from `start`. */
export function tailFrom(newest: string | undefined, start: number): string {
  const millis = newest ? Date.parse(newest) : start;
  return new Date(millis - OVERLAP_MS).toISOString().replace("Z", "000Z");
}
