"use client";

import { Lock } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Field, type FieldProps, useFieldControl, useFieldLabelId } from "./field.tsx";
import { Input, type InputProps } from "./input.tsx";

/** What may be shown of a secret that is kept: never its value. */
export interface StoredSecret {
  lastFour?: string;
  /** "Set by Mara Lindqvist, 18 Nov", ready to read; shown as the hint. */
  setBy?: ReactNode;
}

export interface SecretFieldProps
  extends Omit<FieldProps, "children" | "group" | "label">,
    Omit<InputProps, "prefix" | "suffix" | "type" | "id" | "size" | "className"> {
  label: string;
  /** Present when a secret is kept: shows dots and Replace. A blank answer keeps it. */
  stored?: StoredSecret | null;
  /** Shows Save beside what was typed. Secrets are never saved while typing. */
  onSave?: () => void;
  saving?: boolean;
  /** The typed replacement was given up: the caller drops its value. */
  onKeep?: () => void;
}

/** A password that is kept for someone else: set it, or replace it; it is never shown again. The value lives with the caller only. */
export function SecretField({
  label,
  mark,
  hint,
  error,
  id,
  hideLabel,
  className,
  stored,
  onSave,
  saving,
  onKeep,
  ...input
}: SecretFieldProps) {
  const [replacing, setReplacing] = useState(false);
  const field = { label, mark, error, id, hideLabel, className };
  if (stored && !replacing) {
    return (
      <Field {...field} group hint={stored.setBy ?? hint}>
        <KeptSecret label={label} lastFour={stored.lastFour} onReplace={() => setReplacing(true)} disabled={input.disabled} />
      </Field>
    );
  }
  const keep = () => {
    setReplacing(false);
    onKeep?.();
  };
  const save = () => {
    setReplacing(false);
    onSave?.();
  };
  return (
    <Field {...field} hint={stored ? "Leave it blank to keep the one that is stored." : hint}>
      <SecretInput
        autoFocus={replacing}
        {...input}
        suffix={
          <>
            {stored && (
              <Button variant="ghost" size="small" onClick={keep} aria-label={`Keep the stored ${label}`}>
                Keep
              </Button>
            )}
            {onSave && (
              <Button variant="ghost" size="small" onClick={save} busy={saving} aria-label={`Save ${label}`}>
                Save
              </Button>
            )}
          </>
        }
      />
    </Field>
  );
}

/** A password that no browser offers to keep. */
export function SecretInput(input: Omit<InputProps, "type" | "prefix">) {
  return <Input spellCheck={false} data-1p-ignore {...input} type="password" prefix={<Lock aria-hidden />} />;
}

function KeptSecret({
  label,
  lastFour,
  onReplace,
  disabled,
}: {
  label: string;
  lastFour?: string;
  onReplace: () => void;
  disabled?: boolean;
}) {
  const labelId = useFieldLabelId();
  const { id, "aria-describedby": describedBy } = useFieldControl({});
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset can't lie in one line inside a field.
    <div className="ui-input" role="group" aria-labelledby={labelId} aria-describedby={describedBy}>
      <Lock aria-hidden />
      <span className="ui-dots" aria-hidden>
        ••••••••
      </span>
      <span className="sr-only">{lastFour ? "Set, ends in" : "Set"}</span>
      {lastFour && <code>{lastFour}</code>}
      <Button
        id={id}
        variant="ghost"
        size="small"
        className="ml-auto"
        onClick={onReplace}
        disabled={disabled}
        aria-label={`Replace ${label}`}
      >
        Replace
      </Button>
    </div>
  );
}
