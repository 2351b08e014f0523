"use client";

import { CircleCheck, Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { PASSWORD_MIN } from "#lib/projects/schema.ts";

/** A password that can be looked at while it is typed. */
export function PasswordInput(props: Omit<InputProps, "type" | "suffix">) {
  const [shown, setShown] = useState(false);
  return (
    <Input
      spellCheck={false}
      autoCapitalize="none"
      {...props}
      type={shown ? "text" : "password"}
      suffix={
        <IconButton
          size="small"
          label="Show password"
          aria-pressed={shown}
          icon={shown ? <EyeOff aria-hidden className="icon-s" /> : <Eye aria-hidden className="icon-s" />}
          onClick={() => setShown(!shown)}
        />
      }
    />
  );
}

/** Under a new password: how far it is. */
export function PasswordHint({ password }: { password: string }) {
  if (password.length < PASSWORD_MIN) return <>Use {PASSWORD_MIN} characters or more.</>;
  return (
    <span className="inline-flex items-center gap-1.5 text-2">
      <CircleCheck aria-hidden className="icon-s text-success" />
      {password.length} characters. {PASSWORD_MIN} or more is enough.
    </span>
  );
}
