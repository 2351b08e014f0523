"use client";

import { useController } from "react-hook-form";
import { TemplateInput, type TemplateInputProps } from "#components/requests/template-input.tsx";
import { BoundSelect, type BoundSelectProps, BoundText, type BoundTextProps, type Labels } from "#components/ui/bound-fields.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
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

export function TextAt({ path, ...rest }: Omit<BoundTextProps, "bound"> & { path: string }) {
  return <BoundText bound={useTriggerField(path)} {...rest} />;
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

type SelectAtProps = Omit<BoundSelectProps, "bound"> & { path: string; onChoose?: (value: string) => void };

/** `onChoose`: what a choice does in place of being set. */
export function SelectAt({ path, onChoose, ...rest }: SelectAtProps) {
  const bound = useTriggerField(path);
  return <BoundSelect bound={{ ...bound, set: onChoose ?? bound.set }} {...rest} />;
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
