"use client";

import { formatFull, formatRelative } from "./format-time.ts";
import { useHydrated, useNow } from "./use-now.ts";

/** "4 min ago", with the full date and zone on hover. Follows the clock. The server says days in UTC; the reader's own zone takes over. */
export function RelativeTime({ date, className }: { date: string; className?: string }) {
  const now = useNow();
  const hydrated = useHydrated();
  const at = new Date(date);
  return (
    <time dateTime={date} title={hydrated ? formatFull(at) : undefined} className={className} suppressHydrationWarning>
      {formatRelative(at, new Date(now), hydrated ? undefined : "UTC")}
    </time>
  );
}
