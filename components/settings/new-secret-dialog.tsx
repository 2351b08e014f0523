"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { SecretInput } from "#components/ui/secret-field.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SecretActions } from "./secrets-page.tsx";

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).NewSecret);

export interface NewSecretDialogProps {
  projectId: string;
  /** Filled in already, where a template asked for it. */
  name: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  create: SecretActions["create"];
}

export function NewSecretDialog({ projectId, name, open, onOpenChange, create }: NewSecretDialogProps) {
  const form = useForm({ resolver, values: { name, value: "", description: "" } });
  const { errors } = form.formState;
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title="New Secret"
      text="The value is sealed when you save and never shown again. Its name stays: templates read it by that."
      size="medium"
      send={(values) => create({ projectId, ...values })}
      onDone={(_, added) => {
        onOpenChange(false);
        toast.success({ title: "Secret added", text: `Templates read it as {{secrets.${added.name}}}.` });
      }}
      action="Add Secret"
      busyAction="Adding…"
    >
      <Field label="Name" error={errors.name?.message} hint="Letters, digits and _. Read as {{secrets.NAME}}.">
        <Input mono spellCheck={false} placeholder="ACME_KEY" {...form.register("name")} />
      </Field>
      <Field label="Value" error={errors.value?.message} hint="At most 8 KiB.">
        <SecretInput {...form.register("value")} />
      </Field>
      <Field label="Description" mark="Optional" error={errors.description?.message} hint="Whose it is, and where to get a new one.">
        <Input {...form.register("description")} />
      </Field>
    </FormDialog>
  );
}
