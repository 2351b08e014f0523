"use client";

import type { ReactNode } from "react";
import { useController } from "react-hook-form";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
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

type Labels = Pick<FieldProps, "label" | "mark" | "hint" | "hideLabel" | "className">;

export function StepText({
  path,
  label,
  mark,
  hint,
  hideLabel,
  className,
  ...input
}: { path: string } & Labels & Omit<InputProps, "value" | "onChange" | "onBlur" | "className" | "id">) {
  const { readOnly } = useStepForm();
  const { id, value, set, leave, error } = useStepField(path);
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Input
        autoComplete="off"
        spellCheck={input.mono ? false : undefined}
        readOnly={readOnly}
        {...input}
        value={value ?? ""}
        onChange={(event) => set(event.target.value)}
        onBlur={leave}
      />
    </Field>
  );
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

export function StepSelect({ path, label, hideLabel, hint, className, children }: { path: string; children: ReactNode } & Labels) {
  const { readOnly } = useStepForm();
  const { id, value, set, leave, error } = useStepField(path);
  return (
    <Field id={id} label={label} hideLabel={hideLabel} hint={hint} className={className} error={error}>
      <Select full disabled={readOnly} value={value ?? ""} onChange={(event) => set(event.target.value)} onBlur={leave}>
        {children}
      </Select>
    </Field>
  );
}

/** A whole number; empty where the step allows it. */
export function StepNumber({
  path,
  label,
  mark,
  hint,
  hideLabel,
  className,
  unit,
  ...range
}: { path: string; unit?: string; min: number; max: number } & Labels) {
  const { readOnly } = useStepForm();
  const { id, value, set, leave, error } = useStepField<number | undefined>(path);
  const change = (text: string) => {
    const number = Math.round(Number(text));
    set(text.trim() === "" || !Number.isFinite(number) ? undefined : number);
  };
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Input
        type="number"
        inputMode="numeric"
        readOnly={readOnly}
        {...range}
        value={value === undefined || Number.isNaN(value) ? "" : value}
        onChange={(event) => change(event.target.value)}
        onBlur={leave}
        suffix={unit}
      />
    </Field>
  );
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
