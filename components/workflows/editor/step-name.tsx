"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { STEP_NAME } from "#lib/workflows/words.ts";

/** By what other steps read it. Taken on leaving the field, since templates are rewritten with it. */
export function StepName({
  name,
  taken,
  readOnly,
  onRename,
}: {
  name: string;
  /** By the other steps. */
  taken: readonly string[];
  readOnly: boolean;
  onRename: (name: string) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const value = typed ?? name;
  const error = !STEP_NAME.test(value)
    ? "Start with a small letter, then small letters, digits and _ (48 at most)."
    : taken.includes(value)
      ? "Another step has this name. Choose another."
      : undefined;
  const take = () => {
    if (error) return;
    setTyped(null);
    if (value !== name) onRename(value);
  };
  return (
    <Field
      label="Name in templates"
      error={error}
      hint={
        <>
          Later steps read its result as <code>{`{{steps.${name}…}}`}</code>
        </>
      }
    >
      <Input
        mono
        spellCheck={false}
        readOnly={readOnly}
        value={value}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={take}
        onKeyDown={(event) => event.key === "Enter" && take()}
      />
    </Field>
  );
}
