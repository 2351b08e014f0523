import type { WorkflowTrigger } from "./schema.ts";

/** What a trigger would bring, as its own fields say. Undefined where only a real event can tell. Pure. */
export function triggerExample(trigger: WorkflowTrigger | undefined, now: Date): unknown {
  switch (trigger?.type) {
    case "event":
      return parse(trigger.example);
    case "request":
      return { body: parse(trigger.body ?? "") ?? null, query: named(trigger.query), headers: named(trigger.headers) };
    case "schedule":
      return { at: now.toISOString() };
    default:
      return undefined;
  }
}

const named = (list: readonly { name: string }[] = []): Record<string, string> => Object.fromEntries(list.map(({ name }) => [name, ""]));

function parse(text: string): unknown {
  try {
    return text.trim() ? (JSON.parse(text) as unknown) : undefined;
  } catch {
    return undefined;
  }
}
