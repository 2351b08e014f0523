"use client";

import { useEffect, useRef, useState } from "react";
import { SavedIndicator, type SaveState } from "#components/shell/saved-indicator.tsx";
import type { SaverState } from "./draft-saver.ts";

/** Says in the top bar how the draft stands. */
export function DraftSaved({ state }: { state: SaverState }) {
  const seconds = useSecondsUntil(state.kind === "failed" ? state.retryAt : null);
  const shown: SaveState =
    state.kind === "failed" ? { kind: "failed", retryInSeconds: seconds } : state.kind === "conflict" ? { kind: "failed" } : state;
  return <SavedIndicator state={shown} />;
}

/** Whole seconds until a moment, counted down; undefined without one. */
export function useSecondsUntil(at: number | null): number | undefined {
  const [now, setNow] = useState(() => Date.now());
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);
  useEffect(() => {
    if (at === null) return;
    setNow(Date.now());
    timer.current = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer.current);
  }, [at]);
  return at === null ? undefined : Math.max(1, Math.ceil((at - now) / 1_000));
}
