"use client";

import { type InfiniteData, keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import { isOver, type RunFilter } from "#lib/workflows/run-words.ts";
import { freshen, isTorn, type RunKey, type RunPage, type RunSummary } from "./run-list.ts";

export type SearchRuns = (values: { projectId: string; filter: RunFilter; before?: RunKey }) => Promise<ActionResult<RunPage>>;
/** How some runs stand now; those that are gone are left out. */
export type ReadRuns = (values: { projectId: string; runs: RunKey[] }) => Promise<ActionResult<readonly RunSummary[]>>;

const LOOK_MS = 2_000;
/** Open runs further down the list that are looked at again. */
const MOST_WATCHED = 100;

export interface UseRuns {
  projectId: string;
  filter: RunFilter;
  /** What the server sent with the page, for its filter. */
  initial: { filter: RunFilter; page: RunPage };
  search: SearchRuns;
  read: ReadRuns;
}

/**
 * The runs of a filter, page by page. Every two seconds, not in a hidden tab, the head of the list is read again, and how those stand
 * that aren't over: so new runs come and old ones end before the reader's eyes.
 */
export function useRuns({ projectId, filter, initial, search, read }: UseRuns) {
  const [openedAt] = useState(() => Date.now());
  const key = JSON.stringify(filter);
  const listKey = ["runs", projectId, key];
  const list = useInfiniteQuery({
    queryKey: listKey,
    initialPageParam: null as RunKey | null,
    getNextPageParam: (page: RunPage) => page.next,
    initialData: key === JSON.stringify(initial.filter) ? { pages: [initial.page], pageParams: [null] } : undefined,
    initialDataUpdatedAt: openedAt,
    placeholderData: keepPreviousData,
    staleTime: 15_000,
    refetchOnWindowFocus: false,
    queryFn: async ({ pageParam }) => unwrap(await search({ projectId, filter, ...(pageParam ? { before: pageParam } : {}) })),
  });
  const pages = list.data?.pages ?? [];
  const listed = pages.flatMap((page) => page.rows);

  const seen = useQuery({
    queryKey: ["runs-seen", projectId, key],
    enabled: list.isSuccess && !list.isPlaceholderData && filter.to === null,
    refetchInterval: LOOK_MS,
    retry: false,
    staleTime: 0,
    gcTime: 0,
    queryFn: async ({ client }): Promise<readonly RunSummary[]> => {
      const known = freshen(listed, client.getQueryData<readonly RunSummary[]>(["runs-seen", projectId, key]) ?? []);
      const head = unwrap(await search({ projectId, filter }));
      if (isTorn(known, head)) {
        client.setQueryData<InfiniteData<RunPage, RunKey | null>>(listKey, { pages: [head], pageParams: [null] });
        return [];
      }
      const inHead = new Set(head.rows.map(({ id }) => id));
      const open = known.filter(({ id, status }) => !inHead.has(id) && !isOver(status)).slice(0, MOST_WATCHED);
      const watched = open.length > 0 ? unwrap(await read({ projectId, runs: open.map(({ id, at }) => ({ id, at })) })) : [];
      return freshen(known, [...head.rows, ...watched]).filter((row) => inHead.has(row.id) || known.some(({ id }) => id === row.id));
    },
  });

  return {
    list,
    rows: freshen(listed, seen.data ?? []),
    next: pages.at(-1)?.next ?? null,
    unknownUser: pages[0]?.unknownUser === true,
    lostTouch: seen.isError,
  };
}

function unwrap<Data>(result: ActionResult<Data>): Data {
  if (!result.ok) throw new Error(result.error.message);
  return result.data;
}
