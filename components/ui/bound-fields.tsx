"use client";

import type { ReactNode } from "react";
import { Field, type FieldProps } from "./field.tsx";
import { Input, type InputProps } from "./input.tsx";
import { Select, type SelectProps } from "./select.tsx";

/** One field of a form, as a wizard's or a panel's own hook finds it by its path. */
export type Bound<Value = string> = {
  id: string;
  value: Value;
  set: (value: Value) => void;
  leave: () => void;
  error?: string;
};

export type Labels = Pick<FieldProps, "label" | "mark" | "hint" | "hideLabel" | "className">;

export interface BoundTextProps extends Labels, Omit<InputProps, "value" | "onChange" | "onBlur" | "className" | "id"> {
  bound: Bound;
}

export function BoundText({ bound, label, mark, hint, hideLabel, className, ...input }: BoundTextProps) {
  const { id, value, set, leave, error } = bound;
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Input
        spellCheck={input.mono ? false : undefined}
        {...input}
        value={value ?? ""}
        onChange={(event) => set(event.target.value)}
        onBlur={leave}
      />
    </Field>
  );
}

export interface BoundSelectProps extends Labels, Omit<SelectProps, "value" | "onChange" | "onBlur" | "className" | "id"> {
  bound: Bound;
  children: ReactNode;
}

export function BoundSelect({ bound, label, mark, hint, hideLabel, className, children, ...select }: BoundSelectProps) {
  const { id, value, set, leave, error } = bound;
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Select full {...select} value={value ?? ""} onChange={(event) => set(event.target.value)} onBlur={leave}>
        {children}
      </Select>
    </Field>
  );
}

export interface BoundNumberProps extends Labels, Pick<InputProps, "readOnly"> {
  bound: Bound<number | undefined>;
  unit?: string;
  /** Kept units in one shown unit. */
  scale?: number;
  min: number;
  max: number;
}

/** A number kept as a whole; undefined where it is empty. */
export function BoundNumber({ bound, label, mark, hint, hideLabel, className, unit, scale = 1, ...input }: BoundNumberProps) {
  const { id, value, set, leave, error } = bound;
  const change = (text: string) => {
    const number = Math.round(Number(text) * scale);
    set(text.trim() === "" || !Number.isFinite(number) ? undefined : number);
  };
  return (
    <Field id={id} label={label} mark={mark} hint={hint} hideLabel={hideLabel} className={className} error={error}>
      <Input
        type="number"
        inputMode="numeric"
        {...input}
        value={value === undefined || Number.isNaN(value) ? "" : value / scale}
        onChange={(event) => change(event.target.value)}
        onBlur={leave}
        suffix={unit}
      />
    </Field>
  );
}
