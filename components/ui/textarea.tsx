"use client";

import { clsx } from "clsx";
import type { Ref, TextareaHTMLAttributes } from "react";
import { useEarlyInput } from "./early-input.ts";
import { useFieldControl } from "./field.tsx";

export interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  ref?: Ref<HTMLTextAreaElement>;
  mono?: boolean;
}

export function Textarea({ mono, className, ref, ...rest }: TextareaProps) {
  const wiring = useFieldControl(rest);
  const place = useEarlyInput(ref);
  return (
    <textarea
      autoComplete="off"
      {...rest}
      {...wiring}
      ref={place}
      data-mono={mono || undefined}
      className={clsx("ui-textarea", className)}
    />
  );
}
