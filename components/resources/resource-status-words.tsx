import { CircleCheck, CircleDashed, CircleX, TriangleAlert } from "lucide-react";
import { Badge } from "#components/ui/badge.tsx";
import { Status, type StatusTone } from "#components/ui/status.tsx";
import { RESOURCE_STATUS_LABELS, type ResourceStatus } from "#lib/resources/resource-status.ts";

const LOOK: Record<ResourceStatus, { tone: StatusTone; badge: "success" | "neutral" | "warning" | "danger"; icon: typeof CircleCheck }> = {
  live: { tone: "success", badge: "success", icon: CircleCheck },
  draft: { tone: "idle", badge: "neutral", icon: CircleDashed },
  degraded: { tone: "warning", badge: "warning", icon: TriangleAlert },
  failing: { tone: "danger", badge: "danger", icon: CircleX },
};

/** Icon and word, for tables. */
export function ResourceStatusWord({ status }: { status: ResourceStatus }) {
  return <Status tone={LOOK[status].tone}>{RESOURCE_STATUS_LABELS[status]}</Status>;
}

/** For heads. */
export function ResourceStatusBadge({ status }: { status: ResourceStatus }) {
  const { badge, icon: Icon } = LOOK[status];
  return (
    <Badge tone={badge} icon={<Icon aria-hidden />}>
      {RESOURCE_STATUS_LABELS[status]}
    </Badge>
  );
}
