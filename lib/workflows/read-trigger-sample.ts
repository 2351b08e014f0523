import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTriggerSample } from "#db/queries/workflows.ts";
import type { WorkflowTrigger } from "./schema.ts";
import { triggerExample } from "./trigger-example.ts";

export type TriggerSample = { value: unknown; at: Date; from: "Delivery" | "Example" };

/** What a trigger brings: the last real event of a resource's, else what its own fields say. Null: nothing is known. */
export async function readTriggerSample(
  scope: Scope,
  db: Database,
  trigger: WorkflowTrigger | undefined,
  now: Date,
): Promise<TriggerSample | null> {
  if (trigger?.type === "resource") {
    const found = await findTriggerSample(scope, db, trigger.triggerId);
    return found && { value: found.sample, at: found.at, from: "Delivery" };
  }
  const value = triggerExample(trigger, now);
  return value === undefined ? null : { value, at: now, from: "Example" };
}
