"use client";

import { Dialog } from "#components/ui/dialog.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Status } from "#components/ui/status.tsx";
import { writeActivityKey } from "#lib/activity/words.ts";
import { activityPath } from "#lib/paths.ts";
import { type CallSummary, resultOf, toneOf } from "./call-words.ts";
import { type ReadActivity, StoryOf } from "./story-of.tsx";

export interface CallDialogProps {
  projectId: string;
  call: CallSummary;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  read: ReadActivity;
}

/** One call over a page that has no panel for it. */
export function CallDialog({ projectId, call, open, onOpenChange, read }: CallDialogProps) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="large"
      title={
        <span className="flex items-center gap-3">
          <Status tone={toneOf(call)}>{resultOf(call)}</Status>
          <code className="min-w-0 break-all">
            {call.method} {call.path}
          </code>
        </span>
      }
    >
      <div className="activity-in-dialog">
        <StoryOf
          projectId={projectId}
          at={call.at}
          id={call.id}
          read={read}
          renderRow={(row, children) => <Link href={activityPath(projectId, { open: writeActivityKey(row) })}>{children}</Link>}
        />
      </div>
    </Dialog>
  );
}
