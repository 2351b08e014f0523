"use client";

import { CodeBlock } from "#components/ui/code-block.tsx";
import { eventExamples, requestExamples } from "#lib/requests/start-examples.ts";
import type { WorkflowTrigger } from "#lib/workflows/schema.ts";
import { triggerExample } from "#lib/workflows/trigger-example.ts";

export interface StartCodeProps {
  ids: { projectId: string; workflowId: string };
  apiUrl: string;
  trigger: Extract<WorkflowTrigger, { type: "event" | "request" }>;
  isLive: boolean;
}

/** Code that starts the workflow, with the values of the trigger's own example: copied, it runs. */
export function StartCode({ ids, apiUrl, trigger, isLive }: StartCodeProps) {
  const tabs = examplesOf({ ids, apiUrl, trigger }).map(({ language, title, code }) => ({ value: language, label: title, code }));
  return (
    <section aria-label="Start it from your app">
      <h3 className="mb-2">Start it from your app</h3>
      <CodeBlock label="Language" tabs={tabs} className="flow-start-code" />
      <p className="ui-hint">
        It runs for the connected user that <code>USER_TOKEN</code> names.
        {!isLive && " It is answered once the workflow is published."}
      </p>
    </section>
  );
}

function examplesOf({ ids: { projectId, workflowId }, apiUrl, trigger }: Omit<StartCodeProps, "isLive">) {
  const place = { projectId, apiUrl };
  const example = triggerExample(trigger, new Date(0));
  if (trigger.type === "event") return eventExamples({ ...place, name: trigger.name || "task.completed", payload: example ?? {} });
  const { body, query, headers } = example as { body: unknown; query: Record<string, string>; headers: Record<string, string> };
  return requestExamples({ ...place, workflowId, body: body ?? undefined, query, headers });
}
