"use client";

import { useState } from "react";
import { Note } from "#components/ui/note.tsx";
import type { SaverState } from "./draft-saver.ts";

/** Why what is typed isn't saved, from the failure until a save works. For WizardShell's `notice`. */
export function NotSaved({ state }: { state: SaverState }) {
  const [why, setWhy] = useState<string | null>(null);
  const now = state.kind === "failed" ? state.message : state.kind === "saving" ? why : null;
  if (now !== why) setWhy(now);
  if (!now) return null;
  return (
    <Note tone="danger" title="Not saved.">
      {now} What you typed stays on this page.
    </Note>
  );
}
