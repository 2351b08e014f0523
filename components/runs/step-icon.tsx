import {
  CalendarClock,
  ListChecks,
  Radio,
  Repeat2,
  RotateCcw,
  Split,
  SquareFunction,
  Timer,
  Undo2,
  UserPlus,
  Webhook,
  Zap,
} from "lucide-react";
import type { StepType } from "./run-view.ts";

const STEP_ICONS = { request: ListChecks, condition: Split, fan_out: Repeat2, delay: Timer, function: SquareFunction, response: Undo2 };
const TRIGGER_ICONS: Record<string, typeof Zap> = {
  resource: Zap,
  event: Radio,
  request: Webhook,
  schedule: CalendarClock,
  user_connected: UserPlus,
  replay: RotateCcw,
};

export function StepIcon({ type, className }: { type: StepType; className?: string }) {
  const Icon = STEP_ICONS[type];
  return <Icon aria-hidden className={className} />;
}

export function TriggerKindIcon({ type, className }: { type: string; className?: string }) {
  const Icon = TRIGGER_ICONS[type] ?? Zap;
  return <Icon aria-hidden className={className} />;
}
