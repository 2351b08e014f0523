"use client";

import { type FormEvent, type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";
import { Input } from "./input.tsx";
import { Note } from "./note.tsx";

export interface Touched {
  key: string;
  icon: ReactNode;
  /** "**215 users** lose this credential": numbers and names, not "some". */
  children: ReactNode;
}

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question that names the thing: "Delete TaskLab?" */
  title: string;
  /** What happens at once, and until when it can be undone. */
  text: ReactNode;
  /** What is touched. */
  touched?: readonly Touched[];
  /** Asks for this name to be typed. */
  typeToConfirm?: string;
  /** The verb of the act: "Delete resource". */
  action: string;
  busyAction?: string;
  busy?: boolean;
  danger?: boolean;
  error?: ReactNode;
  onConfirm: () => void;
}

export function ConfirmDialog({
  open,
  onOpenChange,
  title,
  text,
  touched = [],
  typeToConfirm,
  action,
  busyAction,
  busy,
  danger = true,
  error,
  onConfirm,
}: ConfirmDialogProps) {
  const [typed, setTyped] = useState("");
  const [missing, setMissing] = useState(false);

  const change = (next: boolean) => {
    setTyped("");
    setMissing(false);
    onOpenChange(next);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (busy) return;
    const wrong = typeToConfirm !== undefined && typed.trim() !== typeToConfirm;
    setMissing(wrong);
    if (!wrong) onConfirm();
  };

  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title={title}
      text={text}
      closable={false}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant={danger ? "danger" : "primary"} busy={busy} busyLabel={busyAction}>
            {action}
          </Button>
        </>
      }
    >
      {touched.length > 0 && (
        <ul className="ui-touched">
          {touched.map(({ key, icon, children }) => (
            <li key={key}>
              {icon}
              <span>{children}</span>
            </li>
          ))}
        </ul>
      )}
      {typeToConfirm !== undefined && (
        <Field
          className="mt-3"
          label={`Type ${typeToConfirm} to confirm`}
          error={missing && `That isn’t the name. Type ${typeToConfirm}, with the same capitals.`}
        >
          <Input spellCheck={false} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
      )}
      {error && (
        <Note tone="danger" role="alert" className="mt-3">
          {error}
        </Note>
      )}
    </Dialog>
  );
}
