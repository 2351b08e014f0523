/** A row's place in a list of what happened: its time to the microsecond (ISO), as several share a millisecond, and its id. */
export type Key = { at: string; id: string };

export interface Page<Row extends Key> {
  rows: readonly Row[];
  /** Where to go on, or null at the end. */
  next: Key | null;
  /** Nobody is known by the id that the filter names. */
  unknownUser?: boolean;
}

/** Newest first; of one moment, by id, as the database sorts them. */
const newestFirst = (a: Key, b: Key): number => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.id < b.id ? 1 : -1);

/** Rows of both, each once and as `fresh` has it, newest first. */
export function mergeRows<Row extends Key>(fresh: readonly Row[], known: readonly Row[]): Row[] {
  if (fresh.length === 0) return [...known];
  return [...new Map([...known, ...fresh].map((row) => [row.id, row])).values()].sort(newestFirst);
}

/**
 * What was seen after a list was read: rows that came, and how listed ones stand now. `isGap`: more came than was fetched, so that rows
 * between it and the list are missing.
 */
export interface Tail<Row extends Key> {
  rows: readonly Row[];
  isGap: boolean;
}
export const NO_TAIL = { rows: [], isGap: false } as const;

/** Enough for whoever looks away for a while, and little enough for the browser. */
const MOST_ROWS = 500;

/** The tail with one more look: `fresh` is the newest part of the list, with a `next` when there is more; `again` are rows that were known. */
export function addTail<Row extends Key>(
  tail: Tail<Row>,
  { fresh, again = [] }: { fresh: Page<Row>; again?: readonly Row[] },
  listed: readonly Row[],
): Tail<Row> {
  const newest = mergeRows(tail.rows, listed)[0]?.at;
  const isTorn = fresh.next !== null && (newest === undefined || (fresh.rows.at(-1)?.at ?? "") > newest);
  const inList = new Set(listed.map(({ id }) => id));
  const rows = mergeRows([...fresh.rows, ...again], tail.rows);
  const come = rows.filter(({ id }) => !inList.has(id));
  const kept =
    come.length > MOST_ROWS
      ? mergeRows(
          come.slice(0, MOST_ROWS),
          rows.filter(({ id }) => inList.has(id)),
        )
      : rows;
  return { rows: kept, isGap: tail.isGap || isTorn || come.length > MOST_ROWS };
}

const PAGE = 50;

/** Its newest rows as the first page of a list. */
export function tailToPage<Row extends Key>({ rows }: Tail<Row>): Page<Row> {
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
