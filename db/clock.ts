import type { Sql } from "./client.ts";

/** Milliseconds that the database's clock is ahead of this machine's. */
let ahead = 0;

/**
 * Now, by the database's clock, in milliseconds since 1970: lifetimes of tokens are told in it, so that machines whose clocks disagree
 * agree on when a token ends (rules.md, Time and retention). This machine's own time until the clock was first read.
 */
export const databaseNow = (): number => Date.now() + ahead;

/** An answer that took longer says too little. */
const LONGEST_ANSWER_MS = 1_000;

/** Reads the database's clock, halfway between question and answer. */
export async function readDatabaseClock(sql: Sql): Promise<void> {
  const asked = Date.now();
  const [row] = await sql<{ now: Date }[]>`select clock_timestamp() as now`;
  const answered = Date.now();
  if (row && answered - asked <= LONGEST_ANSWER_MS) ahead = row.now.getTime() - (asked + answered) / 2;
}
