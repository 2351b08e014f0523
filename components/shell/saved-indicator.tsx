"use client";

import { Check, CircleAlert } from "lucide-react";
import { formatTimeOfDay } from "#components/ui/format-time.ts";
import { useHydrated } from "#components/ui/use-now.ts";

export type SaveState =
  | { kind: "idle" }
  | { kind: "saving" }
  /** `at`: ISO time of the last save. */
  | { kind: "saved"; at: string }
  /** `retryInSeconds`: left out when it is not tried again by itself. */
  | { kind: "failed"; retryInSeconds?: number };

/** Says how the draft stands: politely, and with force only when it is not saved. */
export function SavedIndicator({ state }: { state: SaveState }) {
  return (
    <>
      <span className="shell-saved" data-state={state.kind} role="status">
        <Words state={state} />
      </span>
      <span className="sr-only" role="alert">
        {state.kind === "failed" && "Not saved. What you typed is kept here."}
      </span>
    </>
  );
}

function Words({ state }: { state: SaveState }) {
  const hydrated = useHydrated();
  switch (state.kind) {
    case "idle":
      return null;
    case "saving":
      return "Saving…";
    case "saved":
      return (
        <>
          <Check aria-hidden />
          Saved{hydrated && ` ${formatTimeOfDay(new Date(state.at), undefined, false)}`}
        </>
      );
    case "failed":
      return (
        <>
          <CircleAlert aria-hidden />
          {/* A count read aloud each second would drown the page: it is for the eye. */}
          <span aria-hidden>
            Not saved
            {state.retryInSeconds !== undefined && <span className="max-sm:hidden">, trying again in {state.retryInSeconds} s</span>}
          </span>
        </>
      );
  }
}
