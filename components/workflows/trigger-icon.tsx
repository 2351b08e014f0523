import { CalendarClock, CircleDashed, Radio, UserPlus, Webhook, Zap } from "lucide-react";
import type { TriggerWords } from "./workflow-list.ts";

const ICONS = { resource: Zap, event: Radio, request: Webhook, schedule: CalendarClock, user_connected: UserPlus };

export function TriggerIcon({ type, className }: { type: TriggerWords["type"]; className?: string }) {
  const Icon = type ? ICONS[type] : CircleDashed;
  return <Icon aria-hidden className={className} />;
}
