"use client";

import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { IconButton } from "./icon-button.tsx";
import { Input, type InputProps } from "./input.tsx";

/** A password being typed by its owner: hidden, with an eye to look at it. For stored secrets use `SecretField`. */
export function PasswordInput(props: Omit<InputProps, "type" | "suffix">) {
  const [shown, setShown] = useState(false);
  return (
    <Input
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
