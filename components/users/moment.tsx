"use client";

import { formatFull } from "#components/ui/format-time.ts";
import { useHydrated, useNow } from "#components/ui/use-now.ts";
import { formatAhead, formatMoment } from "./format-ahead.ts";

export interface MomentProps {
  /** ISO. */
  date: string;
  form?: "moment" | "ahead";
  /** It has been: a clock that is a little behind doesn't make it one to come. */
  past?: boolean;
}

/** A moment on either side of now, in the reader's zone; its place is kept, but empty, until that zone is known. */
export function Moment({ date, form = "moment", past }: MomentProps) {
  const now = useNow();
  const hydrated = useHydrated();
  const at = new Date(date);
  const format = form === "moment" ? formatMoment : formatAhead;
  return (
    <time
      dateTime={date}
      title={hydrated ? formatFull(at) : undefined}
      className={hydrated ? undefined : "invisible"}
      suppressHydrationWarning
    >
      {format(at, new Date(past ? Math.max(now, at.getTime()) : now), hydrated ? undefined : "UTC")}
    </time>
  );
}
