"use client";

import { useWatch } from "react-hook-form";
import { Note } from "#components/ui/note.tsx";
import { looksLikeJson } from "#lib/workflows/words.ts";
import { StepNumber, StepSelect, StepTemplate } from "../step-fields.tsx";
import { useStepForm } from "../step-form-context.ts";
import { StepPairs } from "../step-pairs.tsx";

export function FanOutForm() {
  return (
    <>
      <StepTemplate
        path="items"
        label="List"
        placeholder="{{trigger.body.watchers}}"
        hint="One expression that is a list. Inside the frame each item is {{item}}."
      />
      <StepNumber path="concurrency" label="At once, at most" min={1} max={100} hint="How many items are worked on at the same time." />
    </>
  );
}

export const DELAY_UNITS = [
  ["seconds", "seconds"],
  ["minutes", "minutes"],
  ["hours", "hours"],
  ["days", "days"],
] as const;

export function DelayForm() {
  return (
    <>
      <div className="grid grid-cols-2 gap-2">
        <StepNumber path="amount" label="Wait" min={1} max={1_000_000} />
        <StepSelect path="unit" label="Unit">
          {DELAY_UNITS.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </StepSelect>
      </div>
      <p className="ui-hint">A run that waits costs nothing and survives restarts. A test skips the wait.</p>
    </>
  );
}

export function ResponseForm({ isRequest }: { isRequest: boolean }) {
  const { control } = useStepForm();
  const isJson = looksLikeJson((useWatch({ control, name: "body" }) as string | undefined) ?? "");
  return (
    <>
      {!isRequest && (
        <Note tone="warning" title="Nobody waits for this answer.">
          It is given where the trigger is Request and the caller is still there, within 55 s.
        </Note>
      )}
      <StepNumber path="status" label="Status" min={200} max={599} className="max-w-32" />
      <section>
        <h3 className="mb-2">Headers</h3>
        <StepPairs path="headers" title="Headers" add="Add header" noun="Header" />
      </section>
      <StepTemplate
        path="body"
        label="Body"
        format={isJson ? "json" : "text"}
        rows={8}
        hint={
          isJson ? "Read as JSON: values keep their type and can’t break out of it." : "Read as text. One that begins with { or [ is JSON."
        }
      />
    </>
  );
}
