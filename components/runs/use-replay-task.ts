"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import type { ReplayVersion, RunFilter } from "#lib/workflows/run-words.ts";

/** How far a bulk replay is. */
export interface ReplayTask {
  id: string;
  state: "running" | "done" | "stopped";
  /** 0 while they are counted. */
  total: number;
  done: number;
  failed: number;
  /** The first few that couldn't be replayed, as words. */
  failures: readonly { id: string; message: string }[];
}

export interface ReplayActions {
  /** Failed runs of the filter, at most 1,001. */
  count: (values: { projectId: string; filter: RunFilter }) => Promise<ActionResult<number>>;
  start: (values: { projectId: string; filter: RunFilter; version: ReplayVersion }) => Promise<ActionResult<ReplayTask>>;
  stop: (values: { projectId: string; taskId: string }) => Promise<ActionResult<void>>;
  readTask: (values: { projectId: string; taskId: string }) => Promise<ActionResult<ReplayTask>>;
}

const LOOK_MS = 700;

/** The bulk replay of this page: the one that ran when it was loaded, or one begun here. Looked at until it ends. */
export function useReplayTask(projectId: string, running: ReplayTask | null, { readTask }: ReplayActions) {
  const [begun, setBegun] = useState(running);
  const taskId = begun?.id ?? "";
  const { data } = useQuery({
    queryKey: ["replay-task", projectId, taskId],
    queryFn: async () => {
      const result = await readTask({ projectId, taskId });
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
    enabled: taskId !== "",
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && state.data.state !== "running" ? false : LOOK_MS),
    refetchIntervalInBackground: true,
    retry: true,
  });
  const task = begun && data?.id === begun.id ? data : begun;
  return { task, begin: setBegun, dismiss: () => setBegun(null) };
}
