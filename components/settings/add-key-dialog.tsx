"use client";

import { useForm } from "react-hook-form";
import { FormFailure } from "#components/auth/form-failure.tsx";
import { useActionForm } from "#components/auth/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { Textarea } from "#components/ui/textarea.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { SdkSetupActions } from "./sdk-setup-page.tsx";

export interface AddKeyDialogProps {
  projectId: string;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  addKey: SdkSetupActions["addKey"];
}

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).NewSigningKey);

/** For those who have a pair already. A pasted private key is refused here, before anything is sent. */
export function AddKeyDialog({ projectId, open, onOpenChange, addKey }: AddKeyDialogProps) {
  const form = useForm({ resolver, defaultValues: { publicKeyPem: "", kid: "" } });
  const { errors } = form.formState;
  const change = (next: boolean) => {
    onOpenChange(next);
    if (!next) form.reset();
  };
  const { submit, failure, busy } = useActionForm(
    form,
    (values) => addKey({ projectId, ...values }),
    ({ kid }) => {
      change(false);
      toast.success({ title: "Signing key added", text: `Its Key ID is ${kid}.` });
    },
  );
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="Add public key"
      text="For a pair that you have already: an RSA key of 2048 bits or more. Paste its public half only."
      size="medium"
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Adding…">
            Add public key
          </Button>
        </>
      }
    >
      <div className="mt-4 grid gap-4">
        <FormFailure failure={failure} />
        <Field label="Public key" error={errors.publicKeyPem?.message} hint="PEM, from: openssl rsa -in private.pem -pubout">
          <Textarea mono rows={8} spellCheck={false} placeholder="-----BEGIN PUBLIC KEY-----" {...form.register("publicKeyPem")} />
        </Field>
        <Field
          label="Key ID"
          mark="Optional"
          error={errors.kid?.message}
          hint="What your tokens name as kid. Left empty: the key’s thumbprint (RFC 7638)."
        >
          <Input mono autoComplete="off" {...form.register("kid")} />
        </Field>
      </div>
    </Dialog>
  );
}
