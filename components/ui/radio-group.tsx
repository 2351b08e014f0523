"use client";

import type { InputHTMLAttributes, ReactNode, Ref } from "react";
import { useEarlyInput } from "./early-input.ts";
import { useFieldControl } from "./field.tsx";

export interface RadioOption<Value extends string = string> {
  value: Value;
  label: ReactNode;
  disabled?: boolean;
}

export interface RadioInputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type" | "value" | "defaultValue"> {
  ref?: Ref<HTMLInputElement>;
  name: string;
  /** The chosen value; leave out where a form library holds it. */
  value?: string;
  defaultValue?: string;
}

/** One radio of a group, wired alike in rows, cards and quiet choices. `register("name")` spreads over it. */
export function Radio({ option, value, defaultValue, ref, ...rest }: RadioInputProps & { option: { value: string; disabled?: boolean } }) {
  const place = useEarlyInput(ref);
  const { id: _one, ...wiring } = useFieldControl({ "aria-describedby": rest["aria-describedby"] });
  const chosen = value !== undefined ? { checked: value === option.value } : { defaultChecked: defaultValue === option.value };
  const held = value === undefined && defaultValue === undefined ? {} : chosen;
  return (
    <input
      autoComplete="off"
      {...rest}
      {...wiring}
      {...held}
      ref={place}
      type="radio"
      className="ui-radio"
      value={option.value}
      disabled={rest.disabled || option.disabled}
      onChange={rest.onChange ?? (value === undefined ? undefined : () => {})}
    />
  );
}
