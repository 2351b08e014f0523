import type { ReactNode } from "react";
import { RESOURCE_ICONS } from "#components/resources/resource-tile.tsx";
import type { Hue } from "#components/ui/tile.tsx";
import type { Step, WorkflowTrigger } from "#lib/workflows/schema.ts";
import { scheduleWords } from "#lib/workflows/trigger-words.ts";
import { TriggerIcon } from "../trigger-icon.tsx";
import { STEP_KINDS } from "./add-step-menu.tsx";
import type { EditorResource } from "./editor-types.ts";
import { OPERATORS } from "./forms/condition-form.tsx";
import { TRIGGER_KINDS } from "./trigger-menu.tsx";

export type StepLook = { kind: string; label: string; icon: ReactNode; hue?: Hue };

export function resourceIcon({ appearance }: Pick<EditorResource, "appearance">): { icon: ReactNode; hue?: Hue } {
  const Icon = (RESOURCE_ICONS[appearance.icon] ?? RESOURCE_ICONS.plug!).icon;
  return { icon: <Icon aria-hidden />, ...(appearance.colour > 0 ? { hue: appearance.colour as Hue } : {}) };
}

/** How a step is called and drawn: its kind, and in a few words what it does. */
export function describeStep(step: Step, resources: readonly EditorResource[]): StepLook {
  const { label, icon: Icon } = STEP_KINDS[step.type];
  const look = { kind: label, icon: <Icon aria-hidden /> };
  switch (step.type) {
    case "request": {
      const resource = resources.find(({ id }) => id === step.resourceId);
      return {
        ...look,
        kind: `${resource?.name ?? "Deleted resource"} Request`,
        label: `${step.request.method} ${plain(step.request.path)}`,
        ...(resource ? resourceIcon(resource) : {}),
      };
    }
    case "condition":
      return { ...look, label: `If ${step.groups.map(describeGroup).join(" or ")}` };
    case "fan_out":
      return { ...look, kind: `Fan Out, up to ${step.concurrency} at once`, label: `For each ${plain(step.items) || "item of a list"}` };
    case "delay":
      return { ...look, label: `Wait ${step.amount} ${step.amount === 1 ? step.unit.replace(/s$/, "") : step.unit}` };
    case "function":
      return {
        ...look,
        label:
          step.code
            .split("\n")
            .find((line) => line.trim() && !line.trim().startsWith("//"))
            ?.trim() || "Nothing written yet",
      };
    case "response":
      return { ...look, label: `Answer ${step.status}` };
  }
}

export function describeTrigger(trigger: WorkflowTrigger, resources: readonly EditorResource[]): StepLook {
  const icon = <TriggerIcon type={trigger.type} />;
  if (trigger.type === "resource") {
    const resource = resources.find(({ id }) => id === trigger.resourceId);
    const found = resource?.triggers.find(({ id }) => id === trigger.triggerId);
    return { kind: `${resource?.name ?? "Deleted resource"} Triggers`, label: found?.name ?? "Deleted trigger", icon, hue: 1 };
  }
  const kind = TRIGGER_KINDS[trigger.type].label;
  switch (trigger.type) {
    case "event":
      return { kind, label: trigger.name || "No name yet", icon };
    case "request":
      return { kind, label: "When your app asks", icon };
    case "schedule":
      return { kind, label: scheduleWords(trigger) || "No time yet", icon };
    case "user_connected": {
      const resource = resources.find(({ id }) => id === trigger.resourceId);
      return { kind, label: resource ? `To ${resource.name}` : "To any resource", icon };
    }
  }
}

/** Templates as words: braces say nothing on a card. */
export const plain = (template: string): string => template.replace(/\{\{\s*([^}|]*?)\s*(\|[^}]*)?(\}\}|$)/g, "$1");

function describeGroup({ rules }: { rules: { left: string; operator: string; right: string }[] }): string {
  return rules
    .map(({ left, operator, right }) => {
      const word = OPERATORS.find(([value]) => value === operator)?.[1] ?? operator;
      return [plain(left) || "…", word, /exists$/.test(operator) ? "" : plain(right)].filter(Boolean).join(" ");
    })
    .join(" and ");
}
