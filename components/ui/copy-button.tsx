"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { Button, type ButtonLook } from "./button.tsx";

export interface CopyButtonProps extends Pick<ButtonLook, "variant" | "size"> {
  /** The text, or a function for text that is made when asked for. */
  text: string | (() => string | Promise<string>);
  /** What is copied, for the button's name: "Copy Resource ID". */
  label: string;
  /** Shows these words beside the icon. */
  children?: string;
  className?: string;
}

const TICK_MS = 1500;

/** Copies, shows a tick for 1.5 s and says "Copied". Where the browser forbids it, says so. */
export function CopyButton({ text, label, children, variant = "ghost", size = "small", className }: CopyButtonProps) {
  const [result, setResult] = useState<"copied" | "failed" | null>(null);

  useEffect(() => {
    if (!result) return;
    const timer = setTimeout(() => setResult(null), TICK_MS);
    return () => clearTimeout(timer);
  }, [result]);

  const read = async () => (typeof text === "string" ? text : await text());
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(await read());
      setResult("copied");
    } catch {
      setResult("failed");
    }
  };

  return (
    <>
      <Button
        variant={variant}
        size={size}
        iconOnly={!children}
        className={className}
        data-copied={result === "copied" || undefined}
        aria-label={label}
        title={label}
        onClick={copy}
      >
        {result === "copied" ? <Check aria-hidden className="icon-s" /> : <Copy aria-hidden className="icon-s" />}
        {children}
      </Button>
      <span className="sr-only" role="status">
        {result === "copied" && "Copied"}
        {result === "failed" && "Not copied: the browser doesn’t allow it. Select the text and copy it by keyboard."}
      </span>
    </>
  );
}
