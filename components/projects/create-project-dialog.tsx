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

export type CreateProject = (values: { name: string }) => Promise<ActionResult<{ to: string }>>;

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).RenamedProject);

export interface CreateProjectDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  create: CreateProject;
}

export function CreateProjectDialog({ open, onOpenChange, create }: CreateProjectDialogProps) {
  const { navigate } = useNavigation();
  const form = useForm({ resolver, defaultValues: { name: "" } });
  const { submit, failure, busy } = useActionForm(form, create, ({ to }) => {
    onOpenChange(false);
    form.reset();
    navigate(to);
  });
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Create project"
      text="A project owns its resources, users and keys, apart from every other project. You become its admin."
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Creating…">
            Create project
          </Button>
        </>
      }
    >
      <div className="mt-4 grid gap-4">
        <FormFailure failure={failure} />
        <Field label="Name" error={form.formState.errors.name?.message}>
          <Input autoComplete="off" placeholder="Corvid staging" {...form.register("name")} />
        </Field>
      </div>
    </Dialog>
  );
}
