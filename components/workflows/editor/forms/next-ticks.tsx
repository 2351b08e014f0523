"use client";

import { findScheduleProblem, nextTick, type Schedule } from "#lib/workflows/read-schedule.ts";

const SHOWN = 3;

/** When a schedule comes next, in its own zone. Loaded when it is first looked at: it carries the reader of cron expressions. */
export function NextTicks({ cron, zone }: Schedule) {
  const now = new Date();
  if (findScheduleProblem({ cron, zone }, now)) return null;
  const ticks: Date[] = [];
  for (let after: Date | null = now; after && ticks.length < SHOWN; ) {
    after = nextTick({ cron, zone }, after);
    if (after) ticks.push(after);
  }
  const timeStyle = ticks.some((tick) => tick.getUTCSeconds() > 0) ? "medium" : "short";
  const format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, dateStyle: "full", timeStyle });
  return (
    <section aria-label="Next times">
      <h3 className="mb-1">Next</h3>
      <ol className="text-2">
        {ticks.map((tick) => (
          <li key={tick.getTime()}>
            <time dateTime={tick.toISOString()}>{format.format(tick)}</time>
          </li>
        ))}
      </ol>
      <p className="ui-hint">At each of these times it starts once for every connected user it is on for.</p>
    </section>
  );
}
