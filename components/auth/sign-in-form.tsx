"use client";

import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormFailure } from "#components/ui/form-failure.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { useActionForm } from "#components/ui/use-action-form.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { SignIn } from "#lib/projects/schema.ts";

export interface SignInFormProps {
  next: string | null;
  /** From a sign-in that was refused on another page. */
  refusal: string | null;
  signIn: (values: SignIn & { next: string | null }) => Promise<ActionResult<{ to: string }>>;
  /** Starts the single sign-on, where there is one. */
  singleSignOn?: (values: { next: string | null }) => Promise<ActionResult<{ to: string }>>;
}

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).SignIn);

export function SignInForm({ next, refusal, signIn, singleSignOn }: SignInFormProps) {
  const form = useForm({ resolver, defaultValues: { email: "", password: "" } });
  const { errors } = form.formState;
  const go = ({ to }: { to: string }) => window.location.assign(to);
  const { submit, failure, busy } = useActionForm(form, (values) => signIn({ ...values, next }), go);
  const sso = useForm();
  const other = useActionForm(sso, () => singleSignOn!({ next }), go);
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <FormFailure failure={failure ?? other.failure ?? refusal ?? undefined} />
      <Field label="Email" error={errors.email?.message}>
        <Input size="large" type="email" autoComplete="username" autoFocus {...form.register("email")} />
      </Field>
      <Field label="Password" error={errors.password?.message}>
        <PasswordInput size="large" autoComplete="current-password" {...form.register("password")} />
      </Field>
      <Button type="submit" variant="primary" size="large" className="mt-1 w-full" busy={busy} busyLabel="Signing in…">
        Sign in
      </Button>
      {singleSignOn && (
        <Button size="large" className="w-full" onClick={other.submit} busy={other.busy}>
          Sign in with single sign-on
        </Button>
      )}
      <p className="text-12 text-3">No account? An admin of your project can invite you.</p>
    </form>
  );
}
