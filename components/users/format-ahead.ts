import { formatDay, formatRelative, formatTimeOfDay } from "#components/ui/format-time.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** "4 min ago", "in 43 min", "in 3 h", "tomorrow", "on 18 Nov": told from now, on either side of it. */
export function formatAhead(date: Date, now: Date, timeZone?: string): string {
  const ahead = date.getTime() - now.getTime();
  if (ahead <= 0) return formatRelative(date, now, timeZone).replace(/^[JY]/, (letter) => letter.toLowerCase());
  if (ahead < MINUTE) return "in less than a minute";
  if (ahead < HOUR) return `in ${Math.floor(ahead / MINUTE)} min`;
  const day = formatDay(date, now, timeZone);
  if (day === formatDay(now, now, timeZone)) return `in ${Math.floor(ahead / HOUR)} h`;
  return day === formatDay(new Date(now.getTime() + 24 * HOUR), now, timeZone) ? "tomorrow" : `on ${day}`;
}

/** "13:14, in 43 min" today; "18 Nov, 09:14" on another day. */
export function formatMoment(date: Date, now: Date, timeZone?: string): string {
  const day = formatDay(date, now, timeZone);
  const time = formatTimeOfDay(date, timeZone, false);
  return day === formatDay(now, now, timeZone) ? `${time}, ${formatAhead(date, now, timeZone)}` : `${day}, ${time}`;
}

/** "Today", "Yesterday", "Saturday, 21 November": a day of a timeline. */
export function formatTimelineDay(date: Date, now: Date, timeZone?: string): string {
  const day = formatDay(date, now, timeZone);
  if (day === formatDay(now, now, timeZone)) return "Today";
  if (day === formatDay(new Date(now.getTime() - 24 * HOUR), now, timeZone)) return "Yesterday";
  const isThisYear = !/\d{4}$/.test(day);
  const text = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    year: isThisYear ? undefined : "numeric",
    timeZone,
  }).format(date);
  return text.replace(/^(\w+) /, "$1, ");
}
