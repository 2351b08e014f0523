"use client";

import { useForm, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormFailure } from "#components/ui/form-failure.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { useActionForm } from "#components/ui/use-action-form.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { FirstSetup } from "#lib/projects/schema.ts";
import { PasswordHint } from "./password-hint.tsx";

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).FirstSetup);

export function SetupForm({ token, setUp }: { token: string; setUp: (values: FirstSetup) => Promise<ActionResult<{ to: string }>> }) {
  const form = useForm({ resolver, defaultValues: { token, name: "", email: "", password: "", projectName: "" } });
  const typed = useWatch({ control: form.control, name: "password" });
  const { errors } = form.formState;
  const { submit, failure, busy } = useActionForm(form, setUp, ({ to }) => window.location.assign(to));
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <FormFailure failure={failure} />
      <Field label="Your name" error={errors.name?.message}>
        <Input size="large" autoComplete="name" autoFocus {...form.register("name")} />
      </Field>
      <Field label="Email" error={errors.email?.message}>
        <Input size="large" type="email" autoComplete="username" {...form.register("email")} />
      </Field>
      <Field label="Password" error={errors.password?.message} hint={<PasswordHint password={typed} />}>
        <PasswordInput size="large" autoComplete="new-password" {...form.register("password")} />
      </Field>
      <Field label="First project" error={errors.projectName?.message} hint="Owns its resources, users and keys. You can add more.">
        <Input size="large" {...form.register("projectName")} />
      </Field>
      <Button type="submit" variant="primary" size="large" className="mt-1 w-full" busy={busy} busyLabel="Creating…">
        Create account and project
      </Button>
    </form>
  );
}
