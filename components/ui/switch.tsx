"use client";

import { clsx } from "clsx";
import type { ButtonHTMLAttributes, Ref } from "react";
import { useFieldLabelId } from "./field.tsx";

export interface SwitchProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, "onChange" | "value" | "type" | "role"> {
  ref?: Ref<HTMLButtonElement>;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
  /** Its name, unless a `Field group` around it gives one. */
  label?: string;
}

/** Only for what applies at once. With `name` it takes part in a form as "true" or "false". */
export function Switch({ checked, onCheckedChange, label, name, className, ...rest }: SwitchProps) {
  const labelId = useFieldLabelId();
  return (
    <>
      <button
        {...rest}
        type="button"
        role="switch"
        aria-checked={checked}
        aria-label={label}
        aria-labelledby={label ? undefined : labelId}
        className={clsx("ui-switch", className)}
        onClick={(event) => {
          rest.onClick?.(event);
          onCheckedChange(!checked);
        }}
      />
      {name && <input type="hidden" name={name} value={String(checked)} />}
    </>
  );
}
