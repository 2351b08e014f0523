"use client";

import { ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import type { Key } from "./merge-rows.ts";
import type { History } from "./use-history.ts";

export interface HistoryListProps<Row extends Key> {
  history: History<Row>;
  /** What its rows are, as in "The runs didn’t load." */
  noun: string;
  /** What stands in place of a table without rows. */
  empty: ReactNode;
  /** The table. */
  children: ReactNode;
}

/** A history's states, its table, and how far back it has looked. */
export function HistoryList<Row extends Key>({ history, noun, empty, children }: HistoryListProps<Row>) {
  const { list, rows, next, held, release, lostTouch } = history;
  return (
    <>
      <Card flush>
        {held && (
          <button type="button" className="ui-table-newer" onClick={release}>
            <ArrowUp aria-hidden className="icon-s" />
            {held.count}
            {held.isMore && "+"} newer, held while a row is open
          </button>
        )}
        <span className="sr-only" role="status">
          {lostTouch ? "The list lost its connection and tries again." : ""}
        </span>
        {list.isPending && <SkeletonRows rows={10} label={`Loading ${noun}`} />}
        {list.isError && rows.length === 0 && (
          <TableFailed title={`The ${noun} didn’t load.`} onRetry={() => void list.refetch()}>
            {list.error.message}
          </TableFailed>
        )}
        {list.isSuccess && rows.length === 0 && next === null && empty}
        {rows.length > 0 && children}
      </Card>
      <Foot history={history} noun={noun} />
    </>
  );
}

function Foot<Row extends Key>({ history: { list, rows, next }, noun }: Pick<HistoryListProps<Row>, "history" | "noun">) {
  if (list.isFetchingNextPage)
    return (
      <p className="ui-table-foot" role="status">
        Looking further back…
      </p>
    );
  if (list.isError && rows.length > 0) {
    return (
      <div className="ui-table-foot">
        Older {noun} didn’t load. {list.error.message}
        <Button size="small" onClick={() => void list.fetchNextPage()}>
          Try again
        </Button>
      </div>
    );
  }
  if (next) {
    return (
      <div className="ui-table-foot">
        <span>
          Looked back to <TimeOfDay date={next.at} />
        </span>
        <Button size="small" onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      </div>
    );
  }
  return rows.length > 0 && list.isSuccess ? <p className="ui-table-foot">Nothing older in this range.</p> : null;
}

/** "50+ runs". */
export const countRows = ({ rows, next }: Pick<History<Key>, "rows" | "next">, one: string): string =>
  `${rows.length.toLocaleString("en")}${next ? "+" : ""} ${rows.length === 1 && !next ? one : `${one}s`}`;
