"use client";

import { clsx } from "clsx";
import type { InputHTMLAttributes, ReactNode, Ref } from "react";
import { useEarlyInput } from "./early-input.ts";
import { useFieldControl } from "./field.tsx";

export interface InputProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "size" | "prefix"> {
  ref?: Ref<HTMLInputElement>;
  /** Before the text: an icon, or a word such as "https://". */
  prefix?: ReactNode;
  /** After the text: a unit, a status, or a small ghost button. */
  suffix?: ReactNode;
  /** For anything a machine reads: paths, ids, templates. */
  mono?: boolean;
  size?: "medium" | "large";
}

export function Input({ prefix, suffix, mono, size, className, ref, ...rest }: InputProps) {
  const wiring = useFieldControl(rest);
  const place = useEarlyInput(ref);
  return (
    <div className={clsx("ui-input", className)} data-size={size}>
      <Affix>{prefix}</Affix>
      <input type="text" autoComplete="off" {...rest} {...wiring} ref={place} data-mono={mono || undefined} />
      <Affix>{suffix}</Affix>
    </div>
  );
}

const Affix = ({ children }: { children: ReactNode }) =>
  typeof children === "string" ? <span className="ui-affix">{children}</span> : children;
