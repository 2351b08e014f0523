"use client";

import { useWatch } from "react-hook-form";
import { CodeBlock } from "#components/ui/code-block.tsx";
import { StepArea, StepSelect, StepText } from "../step-fields.tsx";
import { useStepForm } from "../step-form-context.ts";

export function EventForm() {
  const { control } = useStepForm();
  const name = (useWatch({ control, name: "name" }) as string) || "task.completed";
  return (
    <>
      <StepText path="name" label="Event name" mono placeholder="task.completed" />
      <StepArea
        path="example"
        label="Example of its payload"
        mono
        rows={8}
        hint="Events must have these fields, with values of the same kind. null fits everything."
      />
      <CodeBlock label="In your app" code={`await patchbay.event(${JSON.stringify(name)}, { … });`} />
    </>
  );
}

export function RequestTriggerForm({ workflowId }: { workflowId: string }) {
  return (
    <>
      <CodeBlock label="In your app" code={`await patchbay.workflow("${workflowId}", { body: { … } });`} />
      <p className="ui-hint">The answer is 202, or that of a Response step within 55 s.</p>
      <StepArea
        path="body"
        label="Example of its body"
        mono
        rows={6}
        hint="Requests must have these fields, with values of the same kind. Left empty, any body is taken."
      />
    </>
  );
}

export function ScheduleForm({ zones }: { zones: readonly string[] }) {
  return (
    <>
      <StepText
        path="cron"
        label="Cron expression"
        mono
        placeholder="0 9 * * 1-5"
        hint="Minute, hour, day, month, weekday; a sixth field in front is seconds."
      />
      <StepSelect path="zone" label="Time zone">
        {zones.map((zone) => (
          <option key={zone}>{zone}</option>
        ))}
      </StepSelect>
      <p className="ui-hint">It runs for each connected user that has the workflow enabled.</p>
    </>
  );
}

export function UserConnectedForm({ resources }: { resources: readonly { id: string; name: string }[] }) {
  return (
    <StepSelect path="resourceId" label="Resource" hint="Runs for the user who connects, at the first connect and after a disconnect.">
      <option value="">Any resource</option>
      {resources.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </StepSelect>
  );
}
