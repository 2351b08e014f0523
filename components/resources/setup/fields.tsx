"use client";

import type { ReactNode } from "react";
import { Field, type FieldProps } from "#components/ui/field.tsx";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { Select, type SelectProps } from "#components/ui/select.tsx";
import { useDraftField, useEarlyTyping } from "./draft-field.ts";

type Labels = Pick<FieldProps, "label" | "mark" | "hint" | "hideLabel" | "className">;

export interface DraftTextProps extends Labels, Omit<InputProps, "value" | "onChange" | "onBlur" | "className" | "id"> {
  path: string;
}

export function DraftText({ path, label, mark, hint, hideLabel, className, ...input }: DraftTextProps) {
  const { id, value, set, leave, error } = useDraftField(path);
  useEarlyTyping(id, value, set);
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

export function DraftSelect({
  path,
  label,
  hideLabel,
  className,
  children,
  ...select
}: { path: string; children: ReactNode } & Labels & Omit<SelectProps, "className">) {
  const { id, value, set, leave, error } = useDraftField(path);
  return (
    <Field id={id} label={label} hideLabel={hideLabel} className={className} error={error}>
      <Select full {...select} value={value ?? ""} onChange={(event) => set(event.target.value)} onBlur={leave}>
        {children}
      </Select>
    </Field>
  );
}

/** A number kept as a whole; empty where the draft allows it. `scale`: kept units in one shown unit. */
export function DraftNumber({
  path,
  label,
  mark,
  hint,
  unit,
  scale = 1,
  ...range
}: { path: string; unit: string; scale?: number; min: number; max: number } & Labels) {
  const { id, value, set, leave, error } = useDraftField<number | undefined>(path);
  const change = (text: string) => {
    const number = Math.round(Number(text) * scale);
    set(text.trim() === "" || !Number.isFinite(number) ? undefined : number);
  };
  return (
    <Field id={id} label={label} mark={mark} hint={hint} error={error}>
      <Input
        type="number"
        inputMode="numeric"
        {...range}
        value={value === undefined || Number.isNaN(value) ? "" : value / scale}
        onChange={(event) => change(event.target.value)}
        onBlur={leave}
        suffix={unit}
      />
    </Field>
  );
}
