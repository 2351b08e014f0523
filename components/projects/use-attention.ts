"use client";

import { useEffect, useRef, useState } from "react";
import { useNavigation } from "#components/ui/navigation.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { overviewPath } from "#lib/paths.ts";

export type CountAttention = (values: { projectId: string }) => Promise<ActionResult<number>>;

const STALE_MS = 60_000;

/**
 * How many things of a project need attention; undefined while that isn't known. Asked again when somebody moves to another page or comes
 * back to the tab, at most once a minute, and whenever the Overview is opened, which says the same number: nobody is there to read it at
 * other times.
 */
export function useAttention(projectId: string, count: CountAttention): number | undefined {
  const { pathname } = useNavigation();
  const [known, setKnown] = useState<{ projectId: string; count: number } | null>(null);
  const asked = useRef({ projectId: "", at: 0 });

  useEffect(() => {
    const ask = async (isDue: boolean) => {
      const now = Date.now();
      if (!isDue && asked.current.projectId === projectId && now - asked.current.at < STALE_MS) return;
      asked.current = { projectId, at: now };
      // Without an answer the last number stays: a page that fails says so itself.
      const result = await count({ projectId }).catch(() => null);
      if (result?.ok && asked.current.at === now) setKnown({ projectId, count: result.data });
    };
    const comeBack = () => document.visibilityState === "visible" && void ask(false);
    void ask(pathname === overviewPath(projectId));
    document.addEventListener("visibilitychange", comeBack);
    return () => document.removeEventListener("visibilitychange", comeBack);
  }, [projectId, pathname, count]);

  return known?.projectId === projectId ? known.count : undefined;
}
