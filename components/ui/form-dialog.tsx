"use client";

import { useEffect } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import type { ActionResult } from "#lib/errors.ts";
import { Button } from "./button.tsx";
import { Dialog, type DialogProps } from "./dialog.tsx";
import { FormFailure } from "./form-failure.tsx";
import { useActionForm } from "./use-action-form.ts";

export interface FormDialogProps<Values extends FieldValues, Output, Data>
  extends Pick<DialogProps, "open" | "onOpenChange" | "title" | "text" | "size" | "children"> {
  form: UseFormReturn<Values, unknown, Output>;
  send: (values: Output) => Promise<ActionResult<Data>>;
  /** Closes the dialog or leads on: until one of both it stays as it is. */
  onDone: (data: Data, sent: Output) => void;
  /** The button that sends, and what it says meanwhile: "Rename", "Renaming…". */
  action: string;
  busyAction: string;
}

/** Asks for a few values and hands them to a server action. However it is closed, what was typed doesn't wait for the next time. */
export function FormDialog<Values extends FieldValues, Output, Data>({
  form,
  send,
  onDone,
  action,
  busyAction,
  children,
  ...dialog
}: FormDialogProps<Values, Output, Data>) {
  const { submit, failure, busy } = useActionForm(form, send, onDone);
  const { open, onOpenChange } = dialog;
  useEffect(() => {
    if (!open) form.reset();
  }, [open, form]);
  return (
    <Dialog
      {...dialog}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel={busyAction}>
            {action}
          </Button>
        </>
      }
    >
      <div className="mt-4 grid gap-4">
        <FormFailure failure={failure} />
        {children}
      </div>
    </Dialog>
  );
}
