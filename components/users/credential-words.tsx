import { CircleCheck, CircleX, Clock } from "lucide-react";
import type { ReactNode } from "react";
import { Badge } from "#components/ui/badge.tsx";
import type { ShownStatus } from "#lib/users/schema.ts";

export const STATUS_LABELS: Record<ShownStatus, string> = { VALID: "Valid", PENDING: "Pending", INVALID: "Invalid" };

const LOOK = {
  VALID: { tone: "success", icon: CircleCheck },
  PENDING: { tone: "warning", icon: Clock },
  INVALID: { tone: "danger", icon: CircleX },
} as const;

export function StatusIcon({ status }: { status: ShownStatus }) {
  const Icon = LOOK[status].icon;
  return <Icon aria-hidden />;
}

/** For heads and the picker. */
export function CredentialBadge({ status, className }: { status: ShownStatus; className?: string }) {
  return (
    <Badge tone={LOOK[status].tone} icon={<StatusIcon status={status} />} className={className}>
      {STATUS_LABELS[status]}
    </Badge>
  );
}

/** Resource, icon and word, in a list. */
export function CredentialPill({ status, children }: { status: ShownStatus; children: ReactNode }) {
  return (
    <span className="usr-pill" data-tone={LOOK[status].tone}>
      <span className="cut">{children}</span>
      <b>
        <StatusIcon status={status} />
        {STATUS_LABELS[status]}
      </b>
    </span>
  );
}
