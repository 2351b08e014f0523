"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

const resolver = lazyResolver(async () => (await import("#lib/resources/schema.ts")).NamedResource);

export interface RestoreNameDialogProps {
  /** Its own, which another resource has by now. */
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  send: (values: { name: string }) => Promise<ActionResult<unknown>>;
}

/** Under which name a deleted resource comes back. */
export function RestoreNameDialog({ name, open, onOpenChange, send }: RestoreNameDialogProps) {
  const form = useForm({ resolver, values: { name: `${name} restored`.slice(0, 64) } });
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title={`Restore ${name}`}
      text="Its name was taken meanwhile. Code that says the old name reaches the other resource."
      send={send}
      onDone={(_, sent) => {
        onOpenChange(false);
        toast.success({ title: `${sent.name} is back` });
      }}
      action="Restore"
      busyAction="Restoring…"
    >
      <Field label="Name" error={form.formState.errors.name?.message}>
        <Input {...form.register("name")} />
      </Field>
    </FormDialog>
  );
}
