"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ReplayActions, ReplayTask } from "./use-replay-task.ts";

export interface ReplayBarProps {
  projectId: string;
  task: ReplayTask;
  stop: ReplayActions["stop"];
  onClose: () => void;
}

/** Floats at the foot of the list: how far a bulk replay is. It goes on when the page is left. */
export function ReplayBar({ projectId, task, stop, onClose }: ReplayBarProps) {
  const [stopping, setStopping] = useState(false);
  const { state, total, done, failed } = task;
  const end = async () => {
    setStopping(true);
    const result = await stop({ projectId, taskId: task.id }).catch(() => null);
    setStopping(false);
    if (!result?.ok) {
      toast.error({
        title: "The replay wasn’t stopped",
        text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
      });
    }
  };
  const word = { running: "Replaying", done: "Replayed", stopped: "Stopped after" }[state];
  const begun = state === "done" ? done - failed : done;
  return (
    <section className="run-bulk" aria-label="Bulk replay">
      <span role="status">
        {state === "running" && total === 0 ? (
          "Counting runs…"
        ) : (
          <>
            {word}{" "}
            <b>
              {begun.toLocaleString("en")} of {total.toLocaleString("en")}
            </b>
            {failed > 0 && <span className="text-3"> · {failed.toLocaleString("en")} not started</span>}
          </>
        )}
      </span>
      <Progress label={word} value={done} max={total} failed={failed} className="w-40" />
      {task.failures[0] && <span className="run-bulk-why cut">{task.failures[0].message}</span>}
      {state === "running" ? (
        <Button size="small" busy={stopping} busyLabel="Stopping…" onClick={end}>
          Stop
        </Button>
      ) : (
        <IconButton label="Close" icon={<X aria-hidden />} size="small" variant="ghost" className="ml-auto" onClick={onClose} />
      )}
    </section>
  );
}
