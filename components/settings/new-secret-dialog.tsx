"use client";

import { Lock } from "lucide-react";
import { useEffect } from "react";
import { useForm } from "react-hook-form";
import { FormFailure } from "#components/auth/form-failure.tsx";
import { useActionForm } from "#components/auth/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
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
  const form = useForm({ resolver, defaultValues: { name, value: "", description: "" } });
  const { errors } = form.formState;
  useEffect(() => {
    if (open) form.reset({ name, value: "", description: "" });
  }, [open, name, form]);
  const change = (next: boolean) => {
    // What was typed doesn't wait in memory for the next time.
    if (!next) form.reset({ name: "", value: "", description: "" });
    onOpenChange(next);
  };
  const { submit, failure, busy } = useActionForm(
    form,
    (values) => create({ projectId, ...values }),
    () => {
      const added = form.getValues("name").trim();
      change(false);
      toast.success({ title: "Secret added", text: `Templates read it as {{secrets.${added}}}.` });
    },
  );
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="New Secret"
      text="The value is sealed when you save and never shown again. Its name stays: templates read it by that."
      size="medium"
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Adding…">
            Add Secret
          </Button>
        </>
      }
    >
      <div className="mt-4 grid gap-4">
        <FormFailure failure={failure} />
        <Field label="Name" error={errors.name?.message} hint="Letters, digits and _. Read as {{secrets.NAME}}.">
          <Input mono autoComplete="off" spellCheck={false} placeholder="ACME_KEY" {...form.register("name")} />
        </Field>
        <Field label="Value" error={errors.value?.message} hint="At most 8 KiB.">
          <Input
            type="password"
            autoComplete="off"
            spellCheck={false}
            data-1p-ignore
            prefix={<Lock aria-hidden />}
            {...form.register("value")}
          />
        </Field>
        <Field label="Description" mark="Optional" error={errors.description?.message} hint="Whose it is, and where to get a new one.">
          <Input autoComplete="off" {...form.register("description")} />
        </Field>
      </div>
    </Dialog>
  );
}
