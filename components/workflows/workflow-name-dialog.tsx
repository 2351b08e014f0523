"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import type { ActionResult } from "#lib/errors.ts";

const resolver = lazyResolver(async () => (await import("#lib/workflows/schema.ts")).NamedWorkflow);

export interface WorkflowNameDialogProps<Done> {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  text?: string;
  /** What it is called now; empty for a new one. */
  name: string;
  action: string;
  busyAction: string;
  send: (values: { name: string }) => Promise<ActionResult<Done>>;
  onDone: (done: Done) => void;
}

/** Asks for a name: for a new workflow, or another one for an old. Names need not be unique, since code holds ids. */
export function WorkflowNameDialog<Done>(props: WorkflowNameDialogProps<Done>) {
  const form = useForm({ resolver, values: { name: props.name } });
  return (
    <FormDialog
      form={form}
      open={props.open}
      onOpenChange={props.onOpenChange}
      title={props.title}
      text={props.text}
      send={props.send}
      onDone={props.onDone}
      action={props.action}
      busyAction={props.busyAction}
    >
      <Field label="Name" error={form.formState.errors.name?.message}>
        <Input placeholder="Notify watchers" {...form.register("name")} />
      </Field>
    </FormDialog>
  );
}
