"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { SecretInput } from "#components/ui/secret-field.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SecretActions, SecretView } from "./secrets-page.tsx";

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).ChangedSecret);

export interface ReplaceSecretDialogProps {
  projectId: string;
  secret: SecretView | null;
  open: boolean;
  onClose: () => void;
  change: SecretActions["change"];
}

export function ReplaceSecretDialog({ projectId, secret, open, onClose, change }: ReplaceSecretDialogProps) {
  const form = useForm({ resolver, values: { name: secret?.name ?? "", value: "", description: secret?.description ?? "" } });
  const { errors } = form.formState;
  const live = secret?.uses.filter(({ isLive, isDeleted }) => isLive && !isDeleted).length ?? 0;
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={(next) => !next && onClose()}
      title={
        <>
          Replace <code>{secret?.name}</code>
        </>
      }
      text={
        live === 0
          ? "No live resource uses it yet."
          : `${live === 1 ? "1 live resource uses" : `${live} live resources use`} the new value from the next call on. The old one is gone.`
      }
      size="medium"
      send={(values) => change({ projectId, ...values })}
      onDone={(_, { value }) => {
        onClose();
        toast.success(
          value ? { title: "Secret replaced", text: "Calls use the new value from the next one on." } : { title: "Description saved" },
        );
      }}
      action="Save"
      busyAction="Saving…"
    >
      <Field label="Value" error={errors.value?.message} hint="Leave it blank to keep the one that is stored.">
        <SecretInput {...form.register("value")} />
      </Field>
      <Field label="Description" mark="Optional" error={errors.description?.message} hint="Whose it is, and where to get a new one.">
        <Input {...form.register("description")} />
      </Field>
    </FormDialog>
  );
}
