"use client";

import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
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
  const change = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setUrl(null);
    form.reset();
  };
  if (url) return <LinkReady url={url} open={open} onOpenChange={change} />;
  return (
    <FormDialog
      form={form}
      open={open}
      onOpenChange={onOpenChange}
      title="Invite a member"
      text="Makes a link that works once, within 7 days. Send it by the way you trust."
      send={({ role, email }) => invite({ projectId, role, email: email ?? "" })}
      onDone={(data) => setUrl(data.url)}
      action="Make invitation link"
      busyAction="Making…"
    >
      <Field
        label="Email"
        mark="Optional"
        error={form.formState.errors.email?.message}
        hint="With an email, the link works for that address only."
      >
        <Input type="email" {...form.register("email")} />
      </Field>
      <QuietChoices legend="Role" choices={CHOICES} {...form.register("role")} />
    </FormDialog>
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
