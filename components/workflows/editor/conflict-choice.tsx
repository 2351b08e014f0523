"use client";

import type { FoundConflict } from "#components/drafts/draft-saver.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import type { WorkflowDraft } from "#lib/workflows/schema.ts";

export interface ConflictChoiceProps {
  open: boolean;
  conflict: FoundConflict<WorkflowDraft> | null;
  onResolve: (body: WorkflowDraft) => void;
}

/** Two people changed the same part: whose stays. Steps hang together, so that they are taken as a whole. */
export function ConflictChoice({ open, conflict, onResolve }: ConflictChoiceProps) {
  if (!conflict) return null;
  const { merged, conflicts, by, at } = conflict;
  const withTheirs = (): WorkflowDraft =>
    conflicts.reduce<unknown>((body, { path, theirs }) => writeInto(body, path, theirs), merged) as WorkflowDraft;
  const parts = [...new Set(conflicts.map(({ path }) => (path.startsWith("trigger") ? "the trigger" : "the steps")))].join(" and ");
  return (
    <Dialog
      open={open}
      onOpenChange={() => {}}
      closable={false}
      title="Two people changed this draft"
      text={
        <>
          {by ?? "Another tab"} changed {parts} <RelativeTime date={at} />, and so did you. Nothing is saved until you choose.
        </>
      }
      foot={
        <>
          <Button onClick={() => onResolve(withTheirs())}>Take theirs</Button>
          <Button variant="primary" onClick={() => onResolve(merged)}>
            Keep mine
          </Button>
        </>
      }
    />
  );
}

function writeInto(value: unknown, path: string, next: unknown): unknown {
  const [key, ...rest] = path.split(".");
  const holder = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  return { ...holder, [key!]: rest.length > 0 ? writeInto(holder[key!], rest.join("."), next) : next };
}
