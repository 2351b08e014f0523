import { CircleCheck, CircleDashed, CirclePause, CircleSlash } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Status, type StatusTone } from "#components/ui/status.tsx";
import { WORKFLOW_STATUS_LABELS, type WorkflowStatus } from "./workflow-list.ts";

const LOOK: Record<WorkflowStatus, { tone: StatusTone; badge: "success" | "neutral" | "warning"; icon: typeof CircleCheck }> = {
  live: { tone: "success", badge: "success", icon: CircleCheck },
  off: { tone: "idle", badge: "neutral", icon: CircleSlash },
  draft: { tone: "idle", badge: "neutral", icon: CircleDashed },
  paused: { tone: "warning", badge: "warning", icon: CirclePause },
};

export function WorkflowStatusWord({ status }: { status: WorkflowStatus }) {
  const { tone, icon: Icon } = LOOK[status];
  return (
    <Status tone={tone} icon={<Icon aria-hidden />}>
      {WORKFLOW_STATUS_LABELS[status]}
    </Status>
  );
}

/** In the editor's top bar, with the version that runs. */
export function WorkflowStatusBadge({
  status,
  version,
  className,
}: {
  status: WorkflowStatus;
  version: number | null;
  className?: string;
}) {
  const { badge, icon: Icon } = LOOK[status];
  return (
    <Badge tone={badge} icon={<Icon aria-hidden />} className={className}>
      {version === null ? "Draft" : `Version ${version} ${WORKFLOW_STATUS_LABELS[status].toLowerCase()}`}
    </Badge>
  );
}
