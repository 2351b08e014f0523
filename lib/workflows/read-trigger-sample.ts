import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findTriggerSample } from "#db/queries/workflows.ts";
import type { WorkflowTrigger } from "./schema.ts";

export type TriggerSample = { value: unknown; at: Date; from: "Delivery" | "Example" };

/** What a trigger brings: the last real event where there was one, else what its example or its kind says. Null: nothing is known. */
export async function readTriggerSample(
  scope: Scope,
  db: Database,
  trigger: WorkflowTrigger | undefined,
  now: Date,
): Promise<TriggerSample | null> {
  switch (trigger?.type) {
    case undefined:
      return null;
    case "resource": {
      const found = await findTriggerSample(scope, db, trigger.triggerId);
      return found && { value: found.sample, at: found.at, from: "Delivery" };
    }
    case "event":
      return example(parse(trigger.example), now);
    case "request":
      return example({ body: parse(trigger.body ?? ""), query: named(trigger.query), headers: named(trigger.headers) }, now);
    case "schedule":
      return example({ at: now.toISOString() }, now);
    case "user_connected":
      return null;
  }
}

const example = (value: unknown, at: Date): TriggerSample | null => (value === undefined ? null : { value, at, from: "Example" });

const named = (list: readonly { name: string }[] = []): Record<string, string> => Object.fromEntries(list.map(({ name }) => [name, ""]));

function parse(text: string): unknown {
  try {
    return text.trim() ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
