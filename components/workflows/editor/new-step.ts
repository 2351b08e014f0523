import type { Step, WorkflowTrigger } from "#lib/workflows/schema.ts";
import { freeName, listSteps } from "#lib/workflows/step-tree.ts";
import type { NewStep } from "./add-step-menu.tsx";
import type { NewTrigger } from "./trigger-menu.tsx";

/** It runs as it stands, and shows where values come from. */
const FIRST_CODE = `// What this returns is the step's result.
return {
  started: trigger,
};
`;

/** A step as it is when it is added: what most people want, and no more. */
export function makeStep(wanted: NewStep, steps: readonly Step[], resourceName: string | undefined): Step {
  const taken = listSteps(steps).map(({ name }) => name);
  const base = { id: crypto.randomUUID(), name: freeName(taken, nameFor(wanted, resourceName)) };
  switch (wanted.type) {
    case "request":
      return {
        ...base,
        type: "request",
        resourceId: wanted.resourceId,
        request: { method: "GET", path: "/", query: [], headers: [], body: { kind: "none" } },
        attempts: 5,
        continueOnFailure: false,
      };
    case "condition":
      return {
        ...base,
        type: "condition",
        groups: [{ rules: [{ left: "", operator: "equals", right: "" }] }],
        // biome-ignore lint/suspicious/noThenProperty: a list of steps, nothing that could be called
        then: [],
        else: [],
      };
    case "fan_out":
      return { ...base, type: "fan_out", items: "", concurrency: 5, steps: [] };
    case "delay":
      return { ...base, type: "delay", amount: 10, unit: "minutes" };
    case "function":
      return { ...base, type: "function", code: FIRST_CODE };
    case "response":
      return { ...base, type: "response", status: 200, headers: [], body: "{}" };
  }
}

/** "TaskLab" makes `tasklab`, as templates can write it. */
function nameFor({ type }: NewStep, resourceName = ""): string {
  if (type !== "request") return { condition: "condition", fan_out: "each", delay: "wait", function: "compute", response: "answer" }[type];
  const word = resourceName
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .slice(0, 40);
  return /^[a-z]/.test(word) ? word : "request";
}

export function makeTrigger(wanted: NewTrigger): WorkflowTrigger {
  switch (wanted.type) {
    case "resource":
      return wanted;
    case "event":
      return { type: "event", name: "", example: "{}" };
    case "request":
      return { type: "request" };
    case "schedule":
      return { type: "schedule", cron: "0 9 * * 1-5", zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    case "user_connected":
      return { type: "user_connected" };
  }
}
