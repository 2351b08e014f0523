"use client";

import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useSetup } from "./setup-context.ts";
import type { TestRun } from "./use-test-run.ts";

export interface ClearDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  clear: TestRun["clear"];
}

/** What was pasted can't be brought back from here: a rotated refresh token stands nowhere else. */
export function ClearDialog({ open, onOpenChange, clear }: ClearDialogProps) {
  const { draft, name } = useSetup();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isApp = draft.level === "app";
  const confirm = async () => {
    setBusy(true);
    const problem = await clear();
    setBusy(false);
    setError(problem);
    if (!problem) onOpenChange(false);
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={isApp ? "Clear the app credentials?" : "Clear the test credentials?"}
      text={
        isApp
          ? `What was typed for ${name} since it was last published is forgotten. The live credential stays, and Finish replaces it.`
          : `The test user’s values for ${name} are forgotten at once, the newest refresh token too. Tests need them typed again.`
      }
      action="Clear"
      busyAction="Clearing…"
      busy={busy}
      error={error}
      onConfirm={() => void confirm()}
    />
  );
}
