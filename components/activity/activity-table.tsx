"use client";

import { Fragment, type KeyboardEvent } from "react";
import { Table } from "#components/ui/table.tsx";
import { useHydrated } from "#components/ui/use-now.ts";
import { CallColumns, CallRow } from "./call-row.tsx";
import type { CallSummary } from "./call-words.ts";

export interface ActivityTableProps {
  caption: string;
  rows: readonly CallSummary[];
  showsResource: boolean;
  openId: string | null;
  onOpen: (call: CallSummary) => void;
  /** Older rows are on their way in place of these. */
  isStale: boolean;
}

/** Newest first, a line between days. Arrow keys go from row to row, and take the open panel along. */
export function ActivityTable({ caption, rows, showsResource, openId, onOpen, isStale }: ActivityTableProps) {
  const dayOf = useDays();
  const move = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const at = rows.findIndex(({ id }) => id === (event.target as HTMLElement).closest<HTMLElement>("[data-call]")?.dataset.call);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = to === undefined || at < 0 ? undefined : rows[to];
    if (!row) return;
    event.preventDefault();
    event.currentTarget.querySelector<HTMLElement>(`[data-call="${row.id}"]`)?.focus();
    if (openId) onOpen(row);
  };
  return (
    <Table caption={caption} cards aria-busy={isStale || undefined} className={isStale ? "activity-stale" : undefined}>
      <thead>
        <CallColumns showsResource={showsResource} />
      </thead>
      <tbody onKeyDown={move}>
        {rows.map((row, index) => {
          const day = dayOf(row.at);
          const isNewDay = index > 0 && day !== dayOf(rows[index - 1]!.at);
          return (
            <Fragment key={row.id}>
              {isNewDay && (
                <tr className="activity-day">
                  <th scope="rowgroup" colSpan={6}>
                    {day}
                  </th>
                </tr>
              )}
              <CallRow call={row} showsResource={showsResource} isOpen={row.id === openId} onOpen={() => onOpen(row)} />
            </Fragment>
          );
        })}
      </tbody>
    </Table>
  );
}

/** "Tuesday 24 November", in the reader's zone as soon as it is known. */
function useDays(): (at: string) => string {
  const hydrated = useHydrated();
  const format = new Intl.DateTimeFormat("en-GB", {
    weekday: "long",
    day: "numeric",
    month: "long",
    timeZone: hydrated ? undefined : "UTC",
  });
  return (at) => format.format(new Date(at));
}
