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
  const form = useForm({ resolver, defaultValues: { name: "", value: "", description: "" } });
  const { errors } = form.formState;
  useEffect(() => {
    if (secret) form.reset({ name: secret.name, value: "", description: secret.description });
  }, [secret, form]);
  const close = () => {
    form.reset({ name: "", value: "", description: "" });
    onClose();
  };
  const { submit, failure, busy } = useActionForm(
    form,
    (values) => change({ projectId, ...values }),
    () => {
      const { value } = form.getValues();
      close();
      toast.success(
        value ? { title: "Secret replaced", text: "Calls use the new value from the next one on." } : { title: "Description saved" },
      );
    },
  );
  const live = secret?.uses.filter(({ isLive, isDeleted }) => isLive && !isDeleted).length ?? 0;
  return (
    <Dialog
      open={open}
      onOpenChange={(next) => !next && close()}
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
      onSubmit={submit}
      foot={
        <>
          <Button onClick={close}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Saving…">
            Save
          </Button>
        </>
      }
    >
      <div className="mt-4 grid gap-4">
        <FormFailure failure={failure} />
        <Field label="Value" error={errors.value?.message} hint="Leave it blank to keep the one that is stored.">
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
