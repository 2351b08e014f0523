"use client";

import { clsx } from "clsx";
import { createContext, type ReactNode, use, useId } from "react";

interface FieldWiring {
  id: string;
  labelId: string;
  describedBy?: string;
  invalid: boolean;
}

const FieldContext = createContext<FieldWiring | null>(null);

export interface FieldProps {
  label: ReactNode;
  /** A word after the label in text-3, such as "Optional". */
  mark?: ReactNode;
  hint?: ReactNode;
  /** Replaces the hint and says how to fix it. */
  error?: ReactNode;
  /** The control's id; made up where none is given. Links such as "1 thing to fix" point at it. */
  id?: string;
  /** For controls that are no single input: the label names the group instead of a control. */
  group?: boolean;
  /** The label is for screen readers only. */
  hideLabel?: boolean;
  className?: string;
  children: ReactNode;
}

/** Label above, hint below; the control inside takes its id, description and invalid state from here. */
export function Field({ label, mark, hint, error, id, group, hideLabel, className, children }: FieldProps) {
  const made = useId();
  const controlId = id ?? made;
  const labelId = `${controlId}-label`;
  const hintId = `${controlId}-hint`;
  const note = error || hint;
  const Label = group ? "span" : "label";
  return (
    <div className={clsx("ui-field", className)}>
      <Label className={clsx("ui-label", hideLabel && "sr-only")} id={labelId} htmlFor={group ? undefined : controlId}>
        {label}
        {mark && <span className="ui-label-mark">{mark}</span>}
      </Label>
      <FieldContext value={{ id: controlId, labelId, describedBy: note ? hintId : undefined, invalid: Boolean(error) }}>
        {children}
      </FieldContext>
      {note && (
        <div className="ui-hint" id={hintId} data-error={error ? "" : undefined}>
          {note}
        </div>
      )}
    </div>
  );
}

interface ControlAttributes {
  id?: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean | "true" | "false" | "grammar" | "spelling";
}

/** What a control takes from the field around it. Its own attributes win; descriptions are joined. */
export function useFieldControl(own: ControlAttributes) {
  const field = use(FieldContext);
  return {
    id: own.id ?? field?.id,
    "aria-describedby": clsx(own["aria-describedby"], field?.describedBy) || undefined,
    "aria-invalid": own["aria-invalid"] ?? (field?.invalid || undefined),
  };
}

/** For a control made of several elements: the id of the label that names the group. */
export const useFieldLabelId = () => use(FieldContext)?.labelId;
