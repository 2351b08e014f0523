"use client";

import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import { addTail, type Key, mergeRows, NO_TAIL, type Page, type Tail, tailToPage } from "./merge-rows.ts";

const LOOK_MS = 2_000;
/** Pages that are asked for by themselves while few rows match: each looks at 20,000 rows. */
const PAGES_BY_ITSELF = 25;
const FEW_ROWS = 20;

export interface HistoryQuery<Filter, Row extends Key> {
  /** Names the list among others of the page. */
  name: string;
  projectId: string;
  filter: Filter;
  /** What the server sent with the page, for its filter. */
  initial: { filter: Filter; page: Page<Row> };
  /** A page: the first one, or the one after `before`. */
  load: (before: Key | null) => Promise<ActionResult<Page<Row>>>;
  /**
   * What is newer than the rows known, and how those stand now that may change; `start` is when the page was opened. Null for a list
   * that stands still. Throws when it fails.
   */
  look: ((known: readonly Row[], start: number) => Promise<{ fresh: Page<Row>; again?: readonly Row[] }>) | null;
  /** Keep newer rows back: somebody is reading. */
  hold?: boolean;
}

export type History<Row extends Key> = ReturnType<typeof useHistory<unknown, Row>>;

/**
 * What happened, newest first, page by page; and, with `look`, what happens: looked at every two seconds, not in a hidden tab, so that
 * new rows come and known ones change before the reader's eyes.
 */
export function useHistory<Filter, Row extends Key>({
  name,
  projectId,
  filter,
  initial,
  load,
  look,
  hold = false,
}: HistoryQuery<Filter, Row>) {
  const client = useQueryClient();
  const [openedAt] = useState(() => Date.now());
  const key = JSON.stringify(filter);
  const listKey = [name, projectId, key];
  const tailKey = [`${name}-tail`, projectId, key];
  const list = useInfiniteQuery({
    queryKey: listKey,
    initialPageParam: null as Key | null,
    getNextPageParam: (page: Page<Row>) => page.next,
    initialData: key === JSON.stringify(initial.filter) ? { pages: [initial.page], pageParams: [null] } : undefined,
    initialDataUpdatedAt: openedAt,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    refetchOnWindowFocus: false,
    queryFn: async ({ pageParam }) => unwrap(await load(pageParam)),
  });
  const pages = list.data?.pages ?? [];
  const listed = pages.flatMap((page) => page.rows);

  /** The tail as the list: after a gap what lies between is asked for again, from the tail's end on. */
  const restart = (page: Page<Row>) =>
    client.setQueryData<InfiniteData<Page<Row>, Key | null>>(listKey, { pages: [page], pageParams: [null] });
  const tail = useQuery({
    queryKey: tailKey,
    enabled: look !== null && list.isSuccess && !list.isPlaceholderData,
    refetchInterval: LOOK_MS,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    queryFn: async (): Promise<Tail<Row>> => {
      const before = client.getQueryData<Tail<Row>>(tailKey) ?? NO_TAIL;
      const seen = await look?.(mergeRows(before.rows, listed), openedAt);
      if (!seen) return before;
      const next = addTail(before, seen, listed);
      if (!next.isGap || hold) return next;
      restart(tailToPage(next));
      return NO_TAIL;
    },
  });

  // What was newest when reading began; what is newer waits.
  const come = tail.data ?? NO_TAIL;
  const all = mergeRows(come.rows, listed);
  const newest = all[0]?.at ?? "";
  const [mark, setMark] = useState<string | null>(hold ? newest : null);
  if (hold && mark === null) setMark(newest);
  if (!hold && mark !== null) setMark(null);
  const isHeld = ({ at }: Key) => mark !== null && at > mark;
  const held = all.filter(isHeld);

  const release = () => {
    if (come.isGap) {
      restart(tailToPage(come));
      client.setQueryData(tailKey, NO_TAIL);
    }
    if (hold) setMark(newest);
  };

  const { hasNextPage, isFetching, isError, fetchNextPage } = list;
  const isShort = pages.length < PAGES_BY_ITSELF && listed.length < FEW_ROWS;
  useEffect(() => {
    if (hasNextPage && isShort && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isShort, isFetching, isError, fetchNextPage]);

  return {
    list,
    rows: all.filter((row) => !isHeld(row)),
    next: pages.at(-1)?.next ?? null,
    unknownUser: pages[0]?.unknownUser === true,
    held: held.length > 0 ? { count: held.length, isMore: come.isGap } : null,
    release,
    lostTouch: tail.isError,
  };
}

export function unwrap<Data>(result: ActionResult<Data>): Data {
  if (!result.ok) throw new Error(result.error.message);
  return result.data;
}
