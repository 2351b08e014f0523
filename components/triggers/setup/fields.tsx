"use client";

import type { ReactNode } from "react";
import { useController } from "react-hook-form";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import type { VariableCatalog } from "#lib/template/variables.ts";
import { fieldId, type TriggerPath, useTrigger } from "./setup-context.ts";

/** One field of the trigger by its dotted path: its value, and what is wrong with it. */
export function useTriggerField<Value = string>(path: string) {
  const { form, problemAt } = useTrigger();
  const { field, fieldState } = useController({ control: form.control, name: path as TriggerPath });
  const below = path.startsWith("body.") ? path.slice("body.".length) : path;
  return {
    id: fieldId(below),
    value: field.value as unknown as Value,
    set: field.onChange as (value: Value) => void,
    leave: field.onBlur,
    error: fieldState.error?.message ?? problemAt(below)?.message,
  };
}

type Labels = Pick<FieldProps, "label" | "mark" | "hint" | "hideLabel" | "className">;

export interface TextAtProps extends Labels, Pick<InputProps, "mono" | "placeholder" | "prefix" | "suffix" | "maxLength"> {
  path: string;
}

export function TextAt({ path, label, mark, hint, hideLabel, className, ...input }: TextAtProps) {
  const { id, value, set, leave, error } = useTriggerField(path);
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Input
        autoComplete="off"
        spellCheck={input.mono ? false : undefined}
        {...input}
        value={value ?? ""}
        onChange={(event) => set(event.target.value)}
        onBlur={leave}
      />
    </Field>
  );
}

export function NumberAt({ path, label, hint, unit, min, max }: Labels & { path: string; unit?: string; min: number; max: number }) {
  const { id, value, set, leave, error } = useTriggerField<number>(path);
  return (
    <Field id={id} label={label} hint={hint} error={error}>
      <Input
        type="number"
        inputMode="numeric"
        min={min}
        max={max}
        value={Number.isNaN(value) ? "" : (value ?? "")}
        onChange={(event) => set(event.target.value === "" ? Number.NaN : Math.round(Number(event.target.value)))}
        onBlur={leave}
        suffix={unit && <span className="ui-affix">{unit}</span>}
      />
    </Field>
  );
}

export function SelectAt({
  path,
  label,
  hint,
  hideLabel,
  className,
  onChoose,
  children,
}: Labels & { path: string; onChoose?: (value: string) => void; children: ReactNode }) {
  const { id, value, set, leave, error } = useTriggerField(path);
  const choose = onChoose ?? set;
  return (
    <Field id={id} label={label} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Select full value={value ?? ""} onChange={(event) => choose(event.target.value)} onBlur={leave}>
        {children}
      </Select>
    </Field>
  );
}

export interface TemplateAtProps extends Labels, Pick<TemplateInputProps, "format" | "rows" | "placeholder"> {
  path: string;
  label: string;
  known: VariableCatalog;
}

export function TemplateAt({ path, label, mark, hint, hideLabel, className, known, ...input }: TemplateAtProps) {
  const { id, value, set, leave, error } = useTriggerField(path);
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <TemplateInput
        {...input}
        label={label}
        value={value ?? ""}
        onChange={set}
        onBlur={leave}
        known={known}
        sampleOf={() => undefined}
        invalid={Boolean(error)}
      />
    </Field>
  );
}
