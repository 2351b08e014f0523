"use client";

import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ActivityFilter } from "#lib/activity/schema.ts";
import type { ActionResult } from "#lib/errors.ts";
import { addTail, type Key, mergeRows, NO_TAIL, type Page, type Tail, tailFrom, tailToPage } from "./merge-rows.ts";

export type SearchActivity = (values: {
  projectId: string;
  filter: ActivityFilter;
  before?: Key;
  since?: string;
}) => Promise<ActionResult<Page>>;

const TAIL_MS = 2_000;
/** Pages that are asked for by themselves while few rows match: each looks at 20,000 rows. */
const PAGES_BY_ITSELF = 25;
const FEW_ROWS = 20;

export interface UseActivity {
  projectId: string;
  filter: ActivityFilter;
  /** What the server sent with the page, for its filter. */
  initial: { filter: ActivityFilter; page: Page };
  search: SearchActivity;
  live: boolean;
  /** Keep newer rows back: somebody is reading. */
  hold: boolean;
}

/**
 * The rows of a filter, page by page, and, when `live`, those that come: asked for every two seconds by their place (never by count),
 * not in a hidden tab, and kept back while `hold`.
 */
export function useActivity({ projectId, filter, initial, search, live, hold }: UseActivity) {
  const client = useQueryClient();
  const [openedAt] = useState(() => Date.now());
  const key = JSON.stringify(filter);
  const listKey = ["activity", projectId, key];
  const tailKey = ["activity-tail", projectId, key];
  const list = useInfiniteQuery({
    queryKey: listKey,
    initialPageParam: null as Key | null,
    getNextPageParam: (page: Page) => page.next,
    initialData: key === JSON.stringify(initial.filter) ? { pages: [initial.page], pageParams: [null] } : undefined,
    initialDataUpdatedAt: openedAt,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    refetchOnWindowFocus: false,
    queryFn: async ({ pageParam }) => unwrap(await search({ projectId, filter, ...(pageParam ? { before: pageParam } : {}) })),
  });
  const pages = list.data?.pages ?? [];
  const listed = pages.flatMap((page) => page.rows);

  /** The tail as the list: after a gap what lies between is asked for again, from the tail's end on. */
  const restart = (page: Page) => client.setQueryData<InfiniteData<Page, Key | null>>(listKey, { pages: [page], pageParams: [null] });
  const tail = useQuery({
    queryKey: tailKey,
    enabled: live && list.isSuccess && !list.isPlaceholderData,
    refetchInterval: TAIL_MS,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    queryFn: async (): Promise<Tail> => {
      const before = client.getQueryData<Tail>(tailKey) ?? NO_TAIL;
      const newest = before.rows[0]?.at ?? listed[0]?.at;
      const fresh = unwrap(await search({ projectId, filter, since: tailFrom(newest, openedAt) }));
      const next = addTail(before, fresh, { newest, listed });
      if (!next.isGap || hold) return next;
      restart(tailToPage(next));
      return NO_TAIL;
    },
  });

  // What was newest when reading began; what is newer waits.
  const come = tail.data ?? NO_TAIL;
  const newest = come.rows[0]?.at ?? listed[0]?.at ?? "";
  const [mark, setMark] = useState<string | null>(hold ? newest : null);
  if (hold && mark === null) setMark(newest);
  if (!hold && mark !== null) setMark(null);
  const isHeld = ({ at }: Key) => mark !== null && at > mark;
  const held = come.rows.filter(isHeld);
  const shown = mergeRows(
    come.rows.filter((row) => !isHeld(row)),
    listed,
  );

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
    rows: shown,
    next: pages.at(-1)?.next ?? null,
    unknownUser: pages[0]?.unknownUser === true,
    held: held.length > 0 ? { count: held.length, isMore: come.isGap } : null,
    release,
    tailFailed: tail.isError,
  };
}

function unwrap<Data>(result: ActionResult<Data>): Data {
  if (!result.ok) throw new Error(result.error.message);
  return result.data;
}
