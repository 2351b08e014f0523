const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** "18 Nov", or "18 Nov 2025" in another year than `now`'s. */
export function formatDay(date: Date, now: Date, timeZone?: string): string {
  const year = formatter("year", timeZone);
  const isThisYear = year.format(date) === year.format(now);
  return formatter(isThisYear ? "day" : "dayAndYear", timeZone).format(date);
}

const DAY_FORMATS = {
  year: { year: "numeric" },
  day: { day: "numeric", month: "short" },
  dayAndYear: { day: "numeric", month: "short", year: "numeric" },
} as const;
const made = new Map<string, Intl.DateTimeFormat>();

/** Making one costs fifty times its use, and a list needs hundreds. Kept for a zone that is named; the reader's own may change. */
function formatter(format: keyof typeof DAY_FORMATS, timeZone?: string): Intl.DateTimeFormat {
  if (!timeZone) return new Intl.DateTimeFormat("en-GB", DAY_FORMATS[format]);
  const key = `${format} ${timeZone}`;
  const kept = made.get(key) ?? new Intl.DateTimeFormat("en-GB", { ...DAY_FORMATS[format], timeZone });
  made.set(key, kept);
  return kept;
}

/** "Just now", "4 min ago", "2 h ago", "Yesterday", "18 Nov". A time a little ahead, as clocks differ, is "Just now". */
export function formatRelative(date: Date, now: Date, timeZone?: string): string {
  const age = now.getTime() - date.getTime();
  if (age < MINUTE && age > -5 * MINUTE) return "Just now";
  if (age >= MINUTE && age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  const day = formatDay(date, now, timeZone);
  if (age >= HOUR && day === formatDay(now, now, timeZone)) return `${Math.floor(age / HOUR)} h ago`;
  if (day === formatDay(new Date(now.getTime() - DAY), now, timeZone)) return "Yesterday";
  return day;
}

/** "12:31:07", or "12:31" without seconds. */
export const formatTimeOfDay = (date: Date, timeZone?: string, seconds = true): string =>
  new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: seconds ? "2-digit" : undefined,
    timeZone,
  }).format(date);

/** "Wednesday 18 November 2026, 12:31:07 CET": what a time shows on hover. */
export const formatFull = (date: Date, timeZone?: string): string =>
  new Intl.DateTimeFormat("en-GB", { dateStyle: "full", timeStyle: "long", timeZone }).format(date);
