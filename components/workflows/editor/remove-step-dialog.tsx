"use client";

import { Repeat2 } from "lucide-react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";

export interface RemoveStepDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  name: string;
  /** How many steps stand in it. */
  inside: number;
  onConfirm: () => void;
}

export function RemoveStepDialog({ open, onOpenChange, name, inside, onConfirm }: RemoveStepDialogProps) {
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title="Delete this step?"
      text={`“${name}” leaves the draft. The live version keeps it until you publish, and Undo brings it back.`}
      touched={
        inside > 0
          ? [
              {
                key: "inside",
                icon: <Repeat2 aria-hidden />,
                children: <b>{inside === 1 ? "The step" : `The ${inside} steps`} in it too</b>,
              },
            ]
          : []
      }
      action="Delete step"
      onConfirm={onConfirm}
    />
  );
}
