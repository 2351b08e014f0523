"use client";

import { CirclePause, Play } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

export type DeleteWorkflow = (values: { projectId: string; workflowId: string; listed: boolean }) => Promise<ActionResult<void>>;
export type UndeleteWorkflow = (values: { projectId: string; workflowId: string }) => Promise<ActionResult<void>>;

export interface DeleteWorkflowDialogProps {
  projectId: string;
  workflow: { id: string; name: string; isLive: boolean };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The page at hand lists it and stays. */
  listed: boolean;
  remove: DeleteWorkflow;
  undelete: UndeleteWorkflow;
  onDeleted?: () => void;
}

const UNREACHABLE = "The server can’t be reached. Check the connection and try again.";

export function DeleteWorkflowDialog({ projectId, workflow, listed, remove, undelete, onDeleted, ...dialog }: DeleteWorkflowDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const ids = { projectId, workflowId: workflow.id };

  const undo = async () => {
    const result = await undelete(ids).catch(() => null);
    if (result?.ok) toast.success({ title: `${workflow.name} is back`, text: "With its draft and versions." });
    else toast.error({ title: `${workflow.name} isn’t back`, text: result ? result.error.message : UNREACHABLE });
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const result = await remove({ ...ids, listed }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : UNREACHABLE);
    dialog.onOpenChange(false);
    onDeleted?.();
    toast.undo({ title: `${workflow.name} deleted`, onUndo: undo });
  };
  return (
    <ConfirmDialog
      open={dialog.open}
      onOpenChange={(next) => {
        setError(null);
        dialog.onOpenChange(next);
      }}
      title={`Delete ${workflow.name}?`}
      text="For 7 days it can be restored in Settings, with its draft and versions. Its runs stay on the list of runs until their time is over."
      touched={[
        workflow.isLive
          ? { key: "live", icon: <CirclePause aria-hidden />, children: <b>Nothing starts it any more, from this moment on</b> }
          : { key: "draft", icon: <CirclePause aria-hidden />, children: "It isn’t running for anybody" },
        { key: "runs", icon: <Play aria-hidden />, children: "Runs that have begun go on to their end" },
      ]}
      action="Delete workflow"
      busyAction="Deleting…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}
