"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
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
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title="Create project"
      text="A project owns its resources, users and keys, apart from every other project. You become its admin."
      send={create}
      onDone={({ to }) => {
        onOpenChange(false);
        navigate(to);
      }}
      action="Create project"
      busyAction="Creating…"
    >
      <Field label="Name" error={form.formState.errors.name?.message}>
        <Input placeholder="Corvid staging" {...form.register("name")} />
      </Field>
    </FormDialog>
  );
}
