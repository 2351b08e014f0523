import type { Sql } from "./client.ts";

/** Milliseconds that the database's clock is ahead of this machine's. */
let ahead = 0;

/**
 * Now, by the database's clock, in milliseconds since 1970: lifetimes of tokens are told in it, so that machines whose clocks disagree
 * agree on when a token ends (rules.md, Time and retention). This machine's own time until the clock was first read.
 */
export const databaseNow = (): number => Date.now() + ahead;

/** Asks the database for its clock. */
export async function readDatabaseClock(sql: Sql): Promise<void> {
  const asked = Date.now();
  const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  if (row) ahead = correctOffset(ahead, { asked, read: row.now.getTime(), answered: Date.now() });
}

/**
 * The clock was read between question and answer, nobody knows when. What that allows stays as it is, so that one machine's two clocks
 * agree however long an answer takes; what it rules out moves as far as it must. Pure; all in milliseconds.
 */
export function correctOffset(offset: number, { asked, read, answered }: { asked: number; read: number; answered: number }): number {
  return Math.min(Math.max(offset, read - answered), read - asked);
}
