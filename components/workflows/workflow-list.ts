import type { HourOfCalls } from "#components/ui/sparkline.tsx";

/** What the list shows of a workflow, and how it is searched. Pure. */
export const WORKFLOW_STATUSES = ["live", "off", "draft", "paused"] as const;
/** `off`: published and switched off. `paused`: a resource that it needs was deleted. */
export type WorkflowStatus = (typeof WORKFLOW_STATUSES)[number];
export const WORKFLOW_STATUS_LABELS: Record<WorkflowStatus, string> = { live: "Live", off: "Off", draft: "Draft", paused: "Paused" };

export type TriggerWords = {
  type: "resource" | "event" | "request" | "schedule" | "user_connected" | null;
  /** "TaskLab Triggers". */
  kind: string;
  /** "Task completed". */
  label: string;
};

export interface WorkflowListRow {
  id: string;
  name: string;
  status: WorkflowStatus;
  trigger: TriggerWords;
  steps: number;
  /** Runs that ended in each of the last 24 hours, oldest first; null without any. */
  hours: readonly HourOfCalls[] | null;
  /** Their sum. */
  runs: { ended: number; failed: number };
  /** The version that runs; null while there is none. */
  version: number | null;
  /** The draft differs from it. */
  isChanged: boolean;
  /** ISO. */
  updatedAt: string;
}

/** By name or trigger, in any case and any order of words. */
export function filterWorkflows(
  rows: readonly WorkflowListRow[],
  { q, status }: { q: string; status: WorkflowStatus | null },
): WorkflowListRow[] {
  const words = q.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const text = `${row.name}\n${row.trigger.kind}\n${row.trigger.label}`.normalize("NFKC").toLowerCase();
    return words.every((word) => text.includes(word)) && (!status || row.status === status);
  });
}
