"use client";

import { useEffect, useState } from "react";
import { Input, type InputProps } from "./input.tsx";

const PAUSE_MS = 350;

/** Tells its value when typing pauses, on Enter and on leaving: each value asks the database. */
export function LateInput({
  value,
  onValue,
  ...rest
}: Omit<InputProps, "value" | "onChange"> & { value: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== told) {
    // Changed from outside: Clear filters, or the browser's Back.
    setTold(value);
    setText(value);
  }
  const tell = () => {
    if (text.trim() === told) return;
    setTold(text.trim());
    onValue(text.trim());
  };
  useEffect(() => {
    const timer = setTimeout(tell, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      {...rest}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={tell}
      onKeyDown={(event) => event.key === "Enter" && tell()}
    />
  );
}
