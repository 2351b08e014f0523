import { Cron } from "croner";

/** A cron expression of five fields, or six with seconds first, and the IANA zone that it is meant in. */
export type Schedule = { cron: string; zone: string };

/** Five or six fields, or a nickname. Croner also takes a date, and `?` for "now": neither comes again. */
const SHAPE = /^(@(hourly|daily|weekly|monthly|yearly|annually|midnight)|[^\s?@]+(\s+[^\s?@]+){4,5})$/i;

/**
 * The first tick after a moment, or null when none comes any more. Where clocks go forward, a time that is left out counts as the
 * moment after; where they go back, a fixed time counts once, and "every ten minutes" goes on through both hours. Pure.
 */
export function nextTick({ cron, zone }: Schedule, after: Date): Date | null {
  return new Cron(cron.trim(), { timezone: zone, mode: "5-or-6-parts" }).nextRun(after);
}

/** The latest tick up to a moment: which of several missed ones is made up for. */
export function latestTick({ cron, zone }: Schedule, until: Date): Date | null {
  const after = new Date(until.getTime() + 1);
  return new Cron(cron.trim(), { timezone: zone, mode: "5-or-6-parts" }).previousRuns(1, after)[0] ?? null;
}

/** What is wrong with a schedule, as a sentence with a fix; null when it will tick. */
export function findScheduleProblem({ cron, zone }: Schedule, now: Date): { field: "cron" | "zone"; message: string } | null {
  if (!isZone(zone)) return { field: "zone", message: `“${zone}” is no time zone. Choose one such as Europe/Berlin or UTC.` };
  if (!SHAPE.test(cron.trim()))
    return {
      field: "cron",
      message: "Write five fields (minute hour day month weekday), or six with seconds first: 0 9 * * 1-5 is nine o’clock on weekdays.",
    };
  try {
    if (nextTick({ cron, zone }, now)) return null;
    return { field: "cron", message: "This time never comes. Change the day or the month." };
  } catch (error) {
    const reason = error instanceof Error ? error.message.replace(/^\w+: /, "").replace(/\.$/, "") : "it can’t be read";
    return { field: "cron", message: `${reason}. 0 9 * * 1-5 is nine o’clock on weekdays.` };
  }
}

function isZone(zone: string): boolean {
  // An offset is taken by newer engines, but doesn't know summer time.
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}
