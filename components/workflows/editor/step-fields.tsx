"use client";

import type { ReactNode } from "react";
import { useController } from "react-hook-form";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import {
  BoundNumber,
  type BoundNumberProps,
  BoundSelect,
  type BoundSelectProps,
  BoundText,
  type BoundTextProps,
} from "#components/ui/bound-fields.tsx";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { findUnknownVariables } from "#lib/template/variables.ts";
import { stepFieldId, useStepForm } from "./step-form-context.ts";

/** One field of a step by its dotted path: its value, and what is wrong with it. */
export function useStepField<Value = string>(path: string) {
  const { id, control, problemAt } = useStepForm();
  const { field, fieldState } = useController({ control, name: path });
  return {
    id: stepFieldId(id, path),
    value: field.value as Value,
    set: field.onChange as (value: Value) => void,
    leave: field.onBlur,
    error: fieldState.error?.message ?? problemAt(path),
  };
}

export function StepText({ path, ...rest }: Omit<BoundTextProps, "bound"> & { path: string }) {
  const { readOnly } = useStepForm();
  return <BoundText bound={useStepField(path)} readOnly={readOnly} {...rest} />;
}

export function StepArea({
  path,
  label,
  hint,
  rows,
  mono,
  className,
}: {
  path: string;
  label: string;
  hint?: ReactNode;
  rows: number;
  mono?: boolean;
  className?: string;
}) {
  const { readOnly } = useStepForm();
  const { id, value, set, leave, error } = useStepField(path);
  return (
    <Field id={id} label={label} hint={hint} className={className} error={error}>
      <Textarea
        mono={mono}
        rows={rows}
        spellCheck={!mono}
        readOnly={readOnly}
        value={value ?? ""}
        onChange={(event) => set(event.target.value)}
        onBlur={leave}
      />
    </Field>
  );
}

export function StepSelect({ path, ...rest }: Omit<BoundSelectProps, "bound"> & { path: string }) {
  const { readOnly } = useStepForm();
  return <BoundSelect bound={useStepField(path)} disabled={readOnly} {...rest} />;
}

export function StepNumber({ path, ...rest }: Omit<BoundNumberProps, "bound"> & { path: string }) {
  const { readOnly } = useStepForm();
  return <BoundNumber bound={useStepField<number | undefined>(path)} readOnly={readOnly} {...rest} />;
}

/** A switch with its sentence beside it. */
export function StepSwitch({ path, label, hint }: { path: string; label: string; hint?: string }) {
  const { readOnly } = useStepForm();
  const { id, value, set } = useStepField<boolean>(path);
  return (
    <div className="flex items-start gap-3">
      <Switch id={id} label={label} checked={Boolean(value)} disabled={readOnly} onCheckedChange={set} aria-describedby={`${id}-hint`} />
      <div>
        <b>{label}</b>
        {hint && (
          <p className="ui-hint mt-0!" id={`${id}-hint`}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}

/** A box to tick, named for those who don't see the column that it stands in. */
export function StepCheck({ path, label }: { path: string; label: string }) {
  const { readOnly } = useStepForm();
  const { id, value, set } = useStepField<boolean>(path);
  return (
    <input
      id={id}
      type="checkbox"
      className="ui-checkbox"
      aria-label={label}
      disabled={readOnly}
      checked={Boolean(value)}
      onChange={(event) => set(event.target.checked)}
    />
  );
}

export interface StepTemplateProps
  extends Pick<FieldProps, "mark" | "hint" | "hideLabel" | "className">,
    Pick<TemplateInputProps, "format" | "rows" | "prefix" | "placeholder"> {
  path: string;
  label: string;
}

/** A template of the step: it reads the trigger, the steps before, and what its resource knows. */
export function StepTemplate({ path, label, mark, hint, hideLabel, className, ...input }: StepTemplateProps) {
  const { known, sampleOf, readOnly } = useStepForm();
  const { id, value, set, leave, error } = useStepField(path);
  const text = value ?? "";
  const isTyping = /\{\{\s*[\w.[\]-]*$/.test(text);
  const [unknown] = isTyping ? [] : findUnknownVariables(text, known, input.format ?? "text");
  const said = isTyping ? undefined : (unknown?.fix ?? error);
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={said}>
      <TemplateInput
        {...input}
        label={label}
        value={text}
        onChange={readOnly ? () => {} : set}
        onBlur={leave}
        known={known}
        sampleOf={sampleOf}
        menuNote="Values of the samples"
        invalid={Boolean(said)}
      />
    </Field>
  );
}
