"use client";

import { Fragment, type KeyboardEvent, type ReactNode } from "react";
import { Table } from "#components/ui/table.tsx";
import { useHydrated } from "#components/ui/use-now.ts";
import type { Key } from "./merge-rows.ts";

export interface HistoryTableProps<Row extends Key> {
  caption: string;
  head: ReactNode;
  /** How many the head has. */
  columns: number;
  rows: readonly Row[];
  /** A `<tr>` with the row's id as `data-row`, and in it one link or button marked `data-opens`. */
  children: (row: Row) => ReactNode;
  /** Other rows are on their way in place of these. */
  isStale: boolean;
  /** Where the arrow keys have gone. */
  onMove?: (row: Row) => void;
}

/** Newest first, a line between days. Arrow keys, Home and End go from row to row. */
export function HistoryTable<Row extends Key>({ caption, head, columns, rows, children, isStale, onMove }: HistoryTableProps<Row>) {
  const dayOf = useDays();
  const move = (event: KeyboardEvent<HTMLTableSectionElement>) => {
    const target = event.target as HTMLElement;
    const id = target.closest("[data-opens]") && target.closest<HTMLElement>("[data-row]")?.dataset.row;
    const at = rows.findIndex((row) => row.id === id);
    const to = { ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: rows.length - 1 }[event.key];
    const row = to === undefined || at < 0 ? undefined : rows[to];
    if (!row) return;
    event.preventDefault();
    event.currentTarget.querySelector<HTMLElement>(`[data-row="${row.id}"] [data-opens]`)?.focus();
    onMove?.(row);
  };
  return (
    <Table caption={caption} cards aria-busy={isStale || undefined}>
      <thead>{head}</thead>
      <tbody onKeyDown={move}>
        {rows.map((row, index) => {
          const day = dayOf(row.at);
          return (
            <Fragment key={row.id}>
              {index > 0 && day !== dayOf(rows[index - 1]?.at ?? row.at) && (
                <tr className="ui-table-day">
                  <th scope="rowgroup" colSpan={columns}>
                    {day}
                  </th>
                </tr>
              )}
              {children(row)}
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
