"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useEffect, useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import type { BulkFilter, BulkKind, BulkProgress } from "#lib/users/schema.ts";

export interface BulkActions {
  start: (values: {
    projectId: string;
    kind: Exclude<BulkKind, "delete_users">;
    filter: BulkFilter;
  }) => Promise<ActionResult<BulkProgress>>;
  deleteUsers: (values: { projectId: string; filter: BulkFilter }) => Promise<ActionResult<BulkProgress>>;
  stop: (values: { projectId: string; taskId: string }) => Promise<ActionResult<void>>;
  read: (values: { projectId: string; taskId: string }) => Promise<ActionResult<Omit<BulkProgress, "userIds">>>;
}

const POLL_MS = 700;

/** The bulk task of this page: the one that ran when it was loaded, or one begun here. Polled until it ends; then the list is read anew. */
export function useBulkTask(projectId: string, running: BulkProgress | null, actions: Pick<BulkActions, "read">) {
  const router = useRouter();
  const [begun, setBegun] = useState(running);
  const taskId = begun?.id ?? "";
  const { data } = useQuery({
    queryKey: ["bulk-task", projectId, taskId],
    queryFn: async () => {
      const result = await actions.read({ projectId, taskId });
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
    enabled: taskId !== "",
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data && state.data.state !== "running" ? false : POLL_MS),
    refetchIntervalInBackground: true,
    retry: true,
  });
  const task = begun && { ...begun, ...(data?.id === begun.id ? data : {}) };
  const hasEnded = task !== null && task.state !== "running";
  useEffect(() => {
    if (hasEnded) router.refresh();
  }, [hasEnded, router]);
  return { task, begin: setBegun, dismiss: () => setBegun(null) };
}
