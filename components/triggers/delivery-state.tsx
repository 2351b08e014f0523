import { CircleCheck, Copy, Filter, ShieldX, UserX } from "lucide-react";
import type { ReactNode } from "react";
import { Status, type StatusTone } from "#components/ui/status.tsx";
import { DELIVERY_STATUS_LABELS, type DeliveryStatus } from "#lib/triggers/words.ts";

const LOOK: Record<DeliveryStatus, [tone: StatusTone, icon: ReactNode]> = {
  accepted: ["success", <CircleCheck key="i" aria-hidden />],
  filtered: ["idle", <Filter key="i" aria-hidden />],
  duplicate: ["idle", <Copy key="i" aria-hidden />],
  refused: ["danger", <ShieldX key="i" aria-hidden />],
  unattributed: ["warning", <UserX key="i" aria-hidden />],
};

export const deliveryIcon = (status: DeliveryStatus): ReactNode => LOOK[status][1];

/** What became of a delivery: icon and word. */
export function DeliveryState({ status }: { status: DeliveryStatus }) {
  const [tone, icon] = LOOK[status];
  return (
    <Status tone={tone} icon={icon}>
      {DELIVERY_STATUS_LABELS[status]}
    </Status>
  );
}
