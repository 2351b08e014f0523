import type { AskedValue, WorkflowTrigger } from "./schema.ts";
import { connectedPayload, scheduledPayload } from "./trigger-payload.ts";

const USER = { id: "the-user", metadata: {} };

/** What a trigger would bring, as its own fields say. Undefined where only a real event can tell. Pure. */
export function triggerExample(trigger: WorkflowTrigger | undefined, now: Date): unknown {
  switch (trigger?.type) {
    case "event":
      return parse(trigger.example);
    case "request":
      return { body: parse(trigger.body ?? "") ?? null, query: named(trigger.query), headers: named(trigger.headers, lower) };
    case "schedule":
      return scheduledPayload(now.toISOString(), { id: USER.id });
    case "user_connected":
      return connectedPayload(USER, { id: trigger.resourceId || "00000000-0000-4000-8000-000000000000", name: "The resource" }, null);
    default:
      return undefined;
  }
}

const lower = (name: string): string => name.toLowerCase();
const named = (list: readonly AskedValue[] = [], spell = (name: string) => name): Record<string, string> =>
  Object.fromEntries(list.flatMap(({ name, example }) => (name ? [[spell(name), example ?? ""]] : [])));

function parse(text: string): unknown {
  try {
    return text.trim() ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
