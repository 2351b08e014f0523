/** How triggers and steps are called wherever they are shown. Pure. */
import { describeCron } from "./describe-cron.ts";
import type { WorkflowTrigger } from "./schema.ts";

export const TRIGGER_LABELS = {
  event: "App Event",
  request: "Request",
  schedule: "Scheduler",
  user_connected: "User Connected",
} as const;

export const STEP_LABELS = {
  request: "Request",
  condition: "Conditional",
  fan_out: "Fan Out",
  delay: "Delay",
  function: "Function",
  response: "Response",
} as const;

export type Names = { resource: (id: string) => string | undefined; trigger: (id: string) => string | undefined };

type Named = { id: string; name: string };

export function nameFinder(resources: readonly Named[], triggers: readonly Named[]): Names {
  const [resourceNames, triggerNames] = [resources, triggers].map((list) => new Map(list.map(({ id, name }) => [id, name])));
  return { resource: (id) => resourceNames?.get(id), trigger: (id) => triggerNames?.get(id) };
}

/** "Weekdays at 09:00, Europe/Berlin". */
export const scheduleWords = ({ cron, zone }: { cron: string; zone: string }): string =>
  cron.trim() && `${describeCron(cron) ?? cron.trim()}, ${zone}`;

/** `kind` is what the trigger menu calls it, `label` which one. */
export function triggerWords(
  trigger: WorkflowTrigger | undefined,
  names: Names,
): { type: WorkflowTrigger["type"] | null; kind: string; label: string } {
  if (!trigger) return { type: null, kind: "Not chosen", label: "" };
  const { type } = trigger;
  switch (type) {
    case "resource": {
      const resource = names.resource(trigger.resourceId);
      return { type, kind: `${resource ?? "Deleted resource"} Triggers`, label: names.trigger(trigger.triggerId) ?? "" };
    }
    case "event":
      return { type, kind: TRIGGER_LABELS.event, label: trigger.name };
    case "schedule":
      return { type, kind: TRIGGER_LABELS.schedule, label: scheduleWords(trigger) };
    case "user_connected":
      return { type, kind: TRIGGER_LABELS.user_connected, label: names.resource(trigger.resourceId ?? "") ?? "" };
    case "request":
      return { type, kind: TRIGGER_LABELS.request, label: "" };
  }
}
