"use client";

import { useForm, useWatch } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormFailure } from "#components/ui/form-failure.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { Link } from "#components/ui/navigation.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { useActionForm } from "#components/ui/use-action-form.ts";
import type { ActionResult } from "#lib/errors.ts";
import type { JoinAsNew } from "#lib/projects/schema.ts";
import { PasswordHint } from "./password-hint.tsx";

type Joined = Promise<ActionResult<{ to: string }>>;
const go = ({ to }: { to: string }) => window.location.assign(to);

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).JoinAsNew);

/** For someone without an account. */
export function JoinAsNewForm(props: {
  token: string;
  email: string | null;
  signInHref: string;
  join: (values: JoinAsNew) => Joined;
  /** Where there is one: it makes the account, too. */
  singleSignOn?: (values: { token: string }) => Joined;
}) {
  const { token, email, signInHref, join, singleSignOn } = props;
  const form = useForm({ resolver, defaultValues: { token, name: "", email: email ?? "", password: "" } });
  const typed = useWatch({ control: form.control, name: "password" });
  const { errors } = form.formState;
  const { submit, failure, busy } = useActionForm(form, join, go);
  const other = useActionForm(useForm(), () => singleSignOn!({ token }), go);
  return (
    <form onSubmit={submit} noValidate className="grid gap-4">
      <FormFailure failure={failure ?? other.failure} />
      <Field label="Your name" error={errors.name?.message}>
        <Input size="large" autoComplete="name" autoFocus {...form.register("name")} />
      </Field>
      <Field label="Email" error={errors.email?.message} hint={email ? "This invitation is for this address." : undefined}>
        <Input size="large" type="email" autoComplete="username" readOnly={email !== null} {...form.register("email")} />
      </Field>
      <Field label="Password" error={errors.password?.message} hint={<PasswordHint password={typed} />}>
        <PasswordInput size="large" autoComplete="new-password" {...form.register("password")} />
      </Field>
      <Button type="submit" variant="primary" size="large" className="mt-1 w-full" busy={busy} busyLabel="Joining…">
        Create account and join
      </Button>
      {singleSignOn && (
        <Button size="large" className="w-full" onClick={other.submit} busy={other.busy}>
          Join with single sign-on
        </Button>
      )}
      <p className="text-12 text-3">
        Have an account? <Link href={signInHref}>Sign in</Link> and come back here.
      </p>
    </form>
  );
}

/** For someone who is signed in. */
export function JoinForm(props: {
  token: string;
  email: string;
  join: (values: { token: string }) => Joined;
  signOut: () => Promise<unknown>;
}) {
  const { token, email, join, signOut } = props;
  const form = useForm();
  const { submit, failure, busy } = useActionForm(form, () => join({ token }), go);
  return (
    <form onSubmit={submit} className="grid gap-4">
      <FormFailure failure={failure} />
      <Button type="submit" variant="primary" size="large" className="w-full" busy={busy} busyLabel="Joining…">
        Join as {email}
      </Button>
      <p className="text-12 text-3">
        Not you?{" "}
        <Button variant="link" className="text-12" onClick={() => signOut().then(() => window.location.reload())}>
          Sign out
        </Button>
      </p>
    </form>
  );
}
