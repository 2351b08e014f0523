import { randomUUID } from "node:crypto";
import { bodyVersion } from "#db/bodies.ts";
import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { workflow, workflowVersion } from "#db/schema/workflows.ts";
import type { Step, WorkflowTrigger } from "./schema.ts";

/** A live workflow, as publishing leaves it. */
export async function makeWorkflow(
  scope: Scope,
  db: Database,
  {
    steps,
    trigger = { type: "event", name: "task.done", example: "" },
    ...limits
  }: { steps: Step[]; trigger?: WorkflowTrigger; maxRuns?: number; maxRunsPerUser?: number },
): Promise<string> {
  const id = randomUUID();
  const triggerKey = trigger.type === "event" ? trigger.name : trigger.type === "resource" ? trigger.triggerId : null;
  await db.insert(workflow).values({
    ...scope,
    id,
    name: `Test ${id.slice(0, 8)}`,
    liveVersion: 1,
    isEnabled: true,
    triggerType: trigger.type,
    triggerKey,
    ...limits,
  });
  await db
    .insert(workflowVersion)
    .values({ ...scope, workflowId: id, number: 1, schemaVersion: bodyVersion("workflow"), body: { trigger, steps } });
  return id;
}

type Given<Type extends Step["type"]> = Partial<Omit<Extract<Step, { type: Type }>, "type">>;
let named = 0;
const base = () => ({ id: randomUUID(), name: `step_${++named}` });

export const functionStep = (code: string, given: Given<"function"> = {}): Step => ({ ...base(), type: "function", code, ...given });
export const delayStep = (amount: number, given: Given<"delay"> = {}): Step => ({
  ...base(),
  type: "delay",
  amount,
  unit: "seconds",
  ...given,
});
export const conditionStep = (left: string, right: string, then: Step[], otherwise: Step[] = [], given: Given<"condition"> = {}): Step => ({
  ...base(),
  type: "condition",
  groups: [{ rules: [{ left, operator: "equals", right }] }],
  then,
  else: otherwise,
  ...given,
});
export const fanOutStep = (items: string, concurrency: number, steps: Step[], given: Given<"fan_out"> = {}): Step => ({
  ...base(),
  type: "fan_out",
  items,
  concurrency,
  steps,
  ...given,
});
export const requestStep = (
  resourceId: string,
  request: Partial<Extract<Step, { type: "request" }>["request"]>,
  given: Given<"request"> = {},
): Step => ({
  ...base(),
  type: "request",
  resourceId,
  request: { method: "GET", path: "/", query: [], headers: [], body: { kind: "none" }, ...request },
  attempts: 5,
  continueOnFailure: false,
  ...given,
});
