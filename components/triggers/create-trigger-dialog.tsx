"use client";

import { useForm } from "react-hook-form";
import { FormFailure } from "#components/auth/form-failure.tsx";
import { useActionForm } from "#components/auth/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { useNavigation } from "#components/ui/navigation.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { triggerStepPath } from "#lib/paths.ts";

export type CreateTrigger = (values: { projectId: string; resourceId: string; name: string }) => Promise<ActionResult<{ id: string }>>;

const resolver = lazyResolver(async () => (await import("#lib/triggers/schema.ts")).NamedTrigger);

export interface CreateTriggerDialogProps {
  projectId: string;
  resource: { id: string; name: string };
  open: boolean;
  onOpenChange: (open: boolean) => void;
  create: CreateTrigger;
}

/** Names a trigger; its URL exists from then on, and its wizard takes over. */
export function CreateTriggerDialog({ projectId, resource, open, onOpenChange, create }: CreateTriggerDialogProps) {
  const { navigate } = useNavigation();
  const form = useForm({ resolver, defaultValues: { name: "" } });
  const { submit, failure, busy } = useActionForm(
    form,
    (values) => create({ projectId, resourceId: resource.id, ...values }),
    ({ id }) => navigate(triggerStepPath(projectId, id, "basics")),
  );
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => {
        if (!next) form.reset();
        onOpenChange(next);
      }}
      title="Create Trigger"
      text={`It stands under “${resource.name} Triggers” in the workflow editor once it is set up.`}
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Creating…">
            Create Trigger
          </Button>
        </>
      }
    >
      <div className="mt-4">
        <FormFailure failure={failure} />
        <Field label="Name" error={form.formState.errors.name?.message} hint="What happened at the API, such as “Task completed”.">
          <Input autoComplete="off" placeholder="Task completed" maxLength={64} {...form.register("name")} />
        </Field>
      </div>
    </Dialog>
  );
}
