"use client";

import { clsx } from "clsx";
import type { InputHTMLAttributes, ReactNode, Ref } from "react";
import { useFieldControl } from "./field.tsx";

export interface CheckboxProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "type"> {
  ref?: Ref<HTMLInputElement>;
  /** Beside the box; without it give `aria-label`. */
  label?: ReactNode;
}

export function Checkbox({ label, className, ...rest }: CheckboxProps) {
  const wiring = useFieldControl(rest);
  const box = <input {...rest} {...wiring} type="checkbox" className="ui-checkbox" />;
  if (!label) return box;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control lies inside; the linter can't see into the component.
    <label className={clsx("ui-check", className)}>
      {box}
      <span>{label}</span>
    </label>
  );
}
