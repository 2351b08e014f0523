"use client";

import { X } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Progress } from "#components/ui/progress.tsx";
import type { BulkKind, BulkProgress } from "#lib/users/schema.ts";
import { BULK_KINDS } from "#lib/users/words.ts";
import { BULK_WORDS, countOf } from "./user-list.ts";

export interface BulkBarProps {
  /** How many are selected: null for all that match, who are too many to count. */
  selected: number | null;
  isAllMatching: boolean;
  /** Everybody that matches, where that is more than what the page shows. */
  matching: { total: number | null } | null;
  task: BulkProgress | null;
  mayDelete: boolean;
  onSelectAll: () => void;
  onAct: (kind: BulkKind) => void;
  onStop: () => Promise<void>;
  onClear: () => void;
}

/** Floats at the foot of a list: what is selected and what can be done with it, or how far it is. */
export function BulkBar({ selected, isAllMatching, matching, task, mayDelete, onSelectAll, onAct, onStop, onClear }: BulkBarProps) {
  const isRunning = task?.state === "running";
  const kinds = BULK_KINDS.filter((kind) => kind !== "delete_users" || mayDelete);
  return (
    <section className="usr-bulk" aria-label="Bulk action">
      {task ? (
        <TaskProgress task={task} onStop={onStop} />
      ) : (
        <b role="status">{selected === null ? `${countOf(null)} selected` : `${selected.toLocaleString("en")} selected`}</b>
      )}
      {!task && matching && !isAllMatching && (
        <Button variant="link" onClick={onSelectAll}>
          {matching.total === null ? "Select all that match" : `Select all ${matching.total.toLocaleString("en")} matching`}
        </Button>
      )}
      {!task && (
        <>
          <span className="usr-bulk-rule" aria-hidden />
          {kinds.map((kind) => (
            <Button key={kind} variant="ghost" size="small" onClick={() => onAct(kind)}>
              {BULK_WORDS[kind].verb}
            </Button>
          ))}
        </>
      )}
      {!isRunning && (
        <IconButton
          label={task ? "Close" : "Clear selection"}
          icon={<X aria-hidden />}
          size="small"
          variant="ghost"
          className="ml-auto"
          onClick={onClear}
        />
      )}
    </section>
  );
}

function TaskProgress({ task, onStop }: { task: BulkProgress; onStop: () => Promise<void> }) {
  const [stopping, setStopping] = useState(false);
  const { doing, done } = BULK_WORDS[task.kind];
  const word = task.state === "running" ? doing : task.state === "stopped" ? "Stopped after" : done;
  const isCounting = task.state === "running" && task.total === 0;
  const succeeded = task.state === "done" ? task.done - task.failed : task.done;
  const stop = async () => {
    setStopping(true);
    await onStop();
    setStopping(false);
  };
  return (
    <>
      <span role="status">
        {isCounting ? (
          "Counting users…"
        ) : (
          <>
            {word}{" "}
            <b>
              {succeeded.toLocaleString("en")} of {task.total.toLocaleString("en")}
            </b>
            {task.failed > 0 && <span className="text-3"> · {task.failed.toLocaleString("en")} failed</span>}
          </>
        )}
      </span>
      <Progress label={word} value={task.done} max={task.total} failed={task.failed} className="w-40" />
      {task.state === "running" && (
        <Button size="small" busy={stopping} busyLabel="Stopping…" onClick={stop}>
          Stop
        </Button>
      )}
    </>
  );
}
