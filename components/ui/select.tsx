"use client";

import { clsx } from "clsx";
import { ChevronDown } from "lucide-react";
import type { Ref, SelectHTMLAttributes } from "react";
import { useEarlyInput } from "./early-input.ts";
import { useFieldControl } from "./field.tsx";

export interface SelectProps extends Omit<SelectHTMLAttributes<HTMLSelectElement>, "size"> {
  ref?: Ref<HTMLSelectElement>;
  size?: "small" | "medium";
  /** As wide as its place instead of its longest option. */
  full?: boolean;
}

/** The browser's own select: light, and right on every device. Children are `<option>`s. */
export function Select({ size = "medium", full, className, ref, ...rest }: SelectProps) {
  const wiring = useFieldControl(rest);
  const place = useEarlyInput(ref);
  return (
    <span className={clsx("ui-select", className)} data-size={size} data-full={full || undefined}>
      <select autoComplete="off" {...rest} {...wiring} ref={place} className="ui-select-field" />
      <ChevronDown aria-hidden />
    </span>
  );
}
