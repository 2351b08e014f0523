import type { WorkflowDefinition } from "./schema.ts";
import { listSteps } from "./step-tree.ts";

/** The ids of the resources that a workflow's steps call, and of the one whose webhook starts it. Pure. */
export function neededResources({ trigger, steps }: WorkflowDefinition): string[] {
  const called = listSteps(steps).flatMap((step) => (step.type === "request" ? [step.resourceId] : []));
  return [...new Set([...(trigger.type === "resource" ? [trigger.resourceId] : []), ...called])];
}
