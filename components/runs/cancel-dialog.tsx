"use client";

import { CircleStop, Undo2 } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { type RunSummary, runName } from "./run-list.ts";
import type { RunActions } from "./run-page.tsx";

export interface CancelDialogProps {
  projectId: string;
  run: RunSummary;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  cancel: RunActions["cancel"];
  onCancelled: () => void;
}

export function CancelDialog({ projectId, run, open, onOpenChange, cancel, onCancelled }: CancelDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const result = await cancel({ projectId, run: { id: run.id, at: run.at } }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    onOpenChange(false);
    onCancelled();
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        setError(null);
        onOpenChange(next);
      }}
      title={`Cancel ${runName(run).toLowerCase()}?`}
      text="It can’t be taken up again, but replayed from its beginning."
      touched={[
        { key: "next", icon: <CircleStop aria-hidden />, children: "No further step begins" },
        {
          key: "done",
          icon: <Undo2 aria-hidden />,
          children: "What it has sent already stays sent; a call that is under way may still arrive",
        },
      ]}
      action="Cancel run"
      busyAction="Cancelling…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}
