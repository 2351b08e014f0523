"use client";

import { useForm, useWatch } from "react-hook-form";
import { PasswordHint } from "#components/auth/password-hint.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormFailure } from "#components/ui/form-failure.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { Crumbs } from "#components/ui/page-head.tsx";
import { PasswordInput } from "#components/ui/password-input.tsx";
import { toast } from "#components/ui/toast.tsx";
import { useActionForm } from "#components/ui/use-action-form.ts";
import type { ActionResult } from "#lib/errors.ts";
import { projectsPath } from "#lib/paths.ts";
import { useSignOut } from "./use-sign-out.ts";

export interface AccountPageProps {
  account: { name: string; email: string; hasPassword: boolean };
  changeName: (values: { name: string }) => Promise<ActionResult<null>>;
  changePassword: (values: { current: string; next: string }) => Promise<ActionResult<null>>;
  signOutEverywhere: () => Promise<unknown>;
}

export function AccountPage({ account, changeName, changePassword, signOutEverywhere }: AccountPageProps) {
  return (
    <>
      <Crumbs crumbs={[{ label: "Projects", href: projectsPath() }, { label: "Your account" }]} className="mb-2.5" />
      <div className="ui-page-head">
        <h1>Your account</h1>
      </div>
      <div className="stack">
        <NameCard account={account} change={changeName} />
        {account.hasPassword && <PasswordCard change={changePassword} />}
        <SessionsCard signOutEverywhere={signOutEverywhere} />
      </div>
    </>
  );
}

const nameResolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).RenamedMember);

function NameCard({ account, change }: { account: AccountPageProps["account"]; change: AccountPageProps["changeName"] }) {
  const form = useForm({ resolver: nameResolver, defaultValues: { name: account.name } });
  const { submit, failure, busy } = useActionForm(form, change, () => toast.success({ title: "Name saved" }));
  return (
    <Card title="You">
      <form onSubmit={submit} noValidate className="grid max-w-90 gap-4">
        <FormFailure failure={failure} />
        <Field label="Your name" error={form.formState.errors.name?.message}>
          <Input autoComplete="name" {...form.register("name")} />
        </Field>
        <Field label="Email" hint={account.hasPassword ? "You sign in with it." : "You sign in by single sign-on."}>
          <Input readOnly value={account.email} />
        </Field>
        <Button type="submit" className="justify-self-start" busy={busy} busyLabel="Saving…">
          Save
        </Button>
      </form>
    </Card>
  );
}

const passwordResolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).ChangedPassword);

function PasswordCard({ change }: { change: AccountPageProps["changePassword"] }) {
  const form = useForm({ resolver: passwordResolver, defaultValues: { current: "", next: "" } });
  const typed = useWatch({ control: form.control, name: "next" });
  const { errors } = form.formState;
  const { submit, failure, busy } = useActionForm(form, change, () => {
    form.reset();
    toast.success({ title: "Password changed", text: "Every other browser is signed out." });
  });
  return (
    <Card title="Password" note="Changing it signs you out everywhere else.">
      <form onSubmit={submit} noValidate className="grid max-w-90 gap-4">
        <FormFailure failure={failure} />
        <Field label="Current password" error={errors.current?.message}>
          <PasswordInput autoComplete="current-password" {...form.register("current")} />
        </Field>
        <Field label="New password" error={errors.next?.message} hint={<PasswordHint password={typed} />}>
          <PasswordInput autoComplete="new-password" {...form.register("next")} />
        </Field>
        <Button type="submit" className="justify-self-start" busy={busy} busyLabel="Changing…">
          Change password
        </Button>
      </form>
    </Card>
  );
}

function SessionsCard({ signOutEverywhere }: { signOutEverywhere: AccountPageProps["signOutEverywhere"] }) {
  const leave = useSignOut(signOutEverywhere);
  return (
    <Card title="Sessions">
      <p className="mb-3 text-2">Ends every session of your account, in this browser and in all others, at once.</p>
      <Button onClick={leave}>Sign out everywhere</Button>
    </Card>
  );
}
