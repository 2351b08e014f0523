"use client";

import { useWatch } from "react-hook-form";
import { WizardSection } from "#components/shell/wizard-shell.tsx";
import type { TriggerDraft } from "#lib/triggers/schema.ts";
import { DEDUPE_DAYS } from "#lib/triggers/words.ts";
import { SelectAt, TextAt } from "./fields.tsx";
import { useTrigger } from "./setup-context.ts";

const NEW: Record<TriggerDraft["dedupe"]["by"], TriggerDraft["dedupe"]> = {
  none: { by: "none" },
  header: { by: "header", name: "" },
  field: { by: "field", path: "$.id" },
  body: { by: "body" },
};

/** What makes two deliveries the same event. */
export function DedupeSection() {
  const { form } = useTrigger();
  const { by } = useWatch({ control: form.control, name: "body.dedupe" });
  return (
    <WizardSection title="Duplicates" text={`Within ${DEDUPE_DAYS} days`}>
      <div className="trig-two">
        <SelectAt
          path="body.dedupe.by"
          label="Two deliveries are one event when"
          onChoose={(next) => form.setValue("body.dedupe", NEW[next as keyof typeof NEW], { shouldDirty: true })}
          hint={by === "none" ? "Most APIs send an event again when an answer was late: then it runs twice." : undefined}
        >
          <option value="none">never: each starts what it starts</option>
          <option value="header">a header is the same</option>
          <option value="field">a field of the body is the same</option>
          <option value="body">the whole body is the same</option>
        </SelectAt>
        {by === "header" && <TextAt path="body.dedupe.name" label="Header" mono placeholder="X-GitHub-Delivery" />}
        {by === "field" && <TextAt path="body.dedupe.path" label="JSON path" mono placeholder="$.id" />}
      </div>
    </WizardSection>
  );
}
