"use client";

import { formatFull, formatTimeOfDay } from "./format-time.ts";
import { useHydrated } from "./use-now.ts";

/** "12:31:07" in the reader's zone, for tables of calls. Its place is kept, but empty, until that zone is known. */
export function TimeOfDay({ date, seconds = true, className }: { date: string; seconds?: boolean; className?: string }) {
  const hydrated = useHydrated();
  const at = new Date(date);
  return (
    <time dateTime={date} title={hydrated ? formatFull(at) : undefined} className={`${className ?? ""} ${hydrated ? "" : "invisible"}`}>
      {formatTimeOfDay(at, hydrated ? undefined : "UTC", seconds)}
    </time>
  );
}
