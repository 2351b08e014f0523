"use client";

import { useForm } from "react-hook-form";
import { FormFailure } from "#components/auth/form-failure.tsx";
import { useActionForm } from "#components/auth/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
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
  const { submit, failure, busy } = useActionForm(form, props.send, props.onDone);
  const change = (next: boolean) => {
    if (!next) form.reset();
    props.onOpenChange(next);
  };
  return (
    <Dialog
      open={props.open}
      onOpenChange={change}
      title={props.title}
      text={props.text}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel={props.busyAction}>
            {props.action}
          </Button>
        </>
      }
    >
      <div className="mt-4">
        <FormFailure failure={failure} />
        <Field label="Name" error={form.formState.errors.name?.message}>
          <Input autoComplete="off" placeholder="Notify watchers" {...form.register("name")} />
        </Field>
      </div>
    </Dialog>
  );
}
