"use client";

import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
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
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title="Add public key"
      text="For a pair that you have already: an RSA key of 2048 bits or more. Paste its public half only."
      size="medium"
      send={(values) => addKey({ projectId, ...values })}
      onDone={({ kid }) => {
        onOpenChange(false);
        toast.success({ title: "Signing key added", text: `Its Key ID is ${kid}.` });
      }}
      action="Add public key"
      busyAction="Adding…"
    >
      <Field label="Public key" error={errors.publicKeyPem?.message} hint="PEM, from: openssl rsa -in private.pem -pubout">
        <Textarea mono rows={8} spellCheck={false} placeholder="-----BEGIN PUBLIC KEY-----" {...form.register("publicKeyPem")} />
      </Field>
      <Field
        label="Key ID"
        mark="Optional"
        error={errors.kid?.message}
        hint="What your tokens name as kid. Left empty: the key’s thumbprint (RFC 7638)."
      >
        <Input mono {...form.register("kid")} />
      </Field>
    </FormDialog>
  );
}
