"use client";

import { useState } from "react";
import { useForm } from "react-hook-form";
import { FormFailure } from "#components/auth/form-failure.tsx";
import { useActionForm } from "#components/auth/use-action-form.ts";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyResolver } from "#components/ui/lazy-resolver.ts";
import { QuietChoices } from "#components/ui/quiet-choices.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { ROLE_LABEL, ROLE_SUMMARY, ROLES, type Role } from "#lib/projects/roles.ts";

export type Invite = (values: { projectId: string; role: Role; email: string }) => Promise<ActionResult<{ url: string }>>;

export interface InviteDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  projectId: string;
  invite: Invite;
}

const CHOICES = ROLES.map((role) => ({ value: role, name: ROLE_LABEL[role], text: ROLE_SUMMARY[role] }));

const resolver = lazyResolver(async () => (await import("#lib/projects/schema.ts")).NewInvitation);

/** First for whom, then the link: it is shown this one time. */
export function InviteDialog({ open, onOpenChange, projectId, invite }: InviteDialogProps) {
  const [url, setUrl] = useState<string | null>(null);
  const form = useForm({ resolver, defaultValues: { role: "editor" as Role, email: "" } });
  const send = (values: { role: Role; email: string | null }) => invite({ projectId, role: values.role, email: values.email ?? "" });
  const { submit, failure, busy } = useActionForm(form, send, (data) => setUrl(data.url));
  const change = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setUrl(null);
    form.reset();
  };
  if (url) return <LinkReady url={url} open={open} onOpenChange={change} />;
  return (
    <Dialog
      open={open}
      onOpenChange={change}
      title="Invite a member"
      text="Makes a link that works once, within 7 days. Send it by the way you trust."
      onSubmit={submit}
      foot={
        <>
          <Button onClick={() => change(false)}>Cancel</Button>
          <Button type="submit" variant="primary" busy={busy} busyLabel="Making…">
            Make invitation link
          </Button>
        </>
      }
    >
      <div className="mt-4 grid gap-4">
        <FormFailure failure={failure} />
        <Field
          label="Email"
          mark="Optional"
          error={form.formState.errors.email?.message}
          hint="With an email, the link works for that address only."
        >
          <Input type="email" autoComplete="off" {...form.register("email")} />
        </Field>
        <QuietChoices legend="Role" choices={CHOICES} {...form.register("role")} />
      </div>
    </Dialog>
  );
}

function LinkReady({ url, open, onOpenChange }: { url: string; open: boolean; onOpenChange: (open: boolean) => void }) {
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="Invitation link"
      text="Copy it now: it isn’t shown again. It works once, for 7 days; you can take it back on this page."
      foot={
        <Button variant="primary" onClick={() => onOpenChange(false)}>
          Done
        </Button>
      }
    >
      <Field label="Link" className="mt-4">
        <Input
          readOnly
          mono
          value={url}
          suffix={<CopyButton text={url} label="Copy invitation link" />}
          onFocus={(event) => event.target.select()}
        />
      </Field>
    </Dialog>
  );
}
