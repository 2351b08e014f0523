"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import { isOver } from "#lib/workflows/run-words.ts";
import type { RunKey } from "./run-list.ts";
import type { RunView } from "./run-view.ts";

export type ReadRun = (values: { projectId: string; run: RunKey }) => Promise<ActionResult<RunView>>;

const LOOK_MS = 1_000;
/** A run that waits for hours needn't be looked at each second. */
const SLOW_LOOK_MS = 5_000;

/** A run, looked at again until it is over; not in a hidden tab. `now` moves with it, for bars of what still works. */
export function useRun({ projectId, initial, read }: { projectId: string; initial: RunView; read: ReadRun }) {
  const run = { id: initial.run.id, at: initial.run.at };
  const [openedAt] = useState(() => Date.now());
  const query = useQuery({
    queryKey: ["run", projectId, run.id],
    initialData: initial,
    initialDataUpdatedAt: openedAt,
    staleTime: 0,
    retry: false,
    refetchOnMount: false,
    refetchInterval: ({ state }) => {
      const status = state.data?.run.status ?? "running";
      return isOver(status) ? false : status === "waiting" ? SLOW_LOOK_MS : LOOK_MS;
    },
    queryFn: async () => {
      const result = await read({ projectId, run });
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
  });
  const view = query.data;
  const end = view.run.finishedAt ? Date.parse(view.run.finishedAt) : null;
  const [now, setNow] = useState(end ?? openedAt);
  const isLive = !isOver(view.run.status);
  useEffect(() => {
    if (!isLive) return;
    const timer = setInterval(() => setNow(Date.now()), LOOK_MS);
    return () => clearInterval(timer);
  }, [isLive]);
  return { view, now: isLive ? now : (end ?? now), lostTouch: query.isError, look: () => void query.refetch() };
}
