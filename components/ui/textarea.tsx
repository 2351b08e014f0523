"use client";

import { clsx } from "clsx";
import type { Ref, TextareaHTMLAttributes } from "react";
import { useFieldControl } from "./field.tsx";

export interface TextareaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  ref?: Ref<HTMLTextAreaElement>;
  mono?: boolean;
}

export function Textarea({ mono, className, ...rest }: TextareaProps) {
  const wiring = useFieldControl(rest);
  return <textarea {...rest} {...wiring} data-mono={mono || undefined} className={clsx("ui-textarea", className)} />;
}
