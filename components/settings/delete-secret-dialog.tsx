"use client";

import { Pencil, Plug } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import { type SecretActions, SecretUser, type SecretUseView, type SecretView } from "./secrets-page.tsx";

export interface DeleteSecretDialogProps {
  projectId: string;
  secret: SecretView | null;
  open: boolean;
  onClose: () => void;
  onReplace: () => void;
  remove: SecretActions["remove"];
}

const isInCalls = ({ isLive, isDeleted }: SecretUseView) => isLive && !isDeleted;

/** Names what uses the secret. While calls do, it can't be deleted, and Replace is what helps. */
export function DeleteSecretDialog({ projectId, secret, open, onClose, onReplace, remove }: DeleteSecretDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const close = () => {
    setError(undefined);
    onClose();
  };
  const uses = secret?.uses ?? [];
  const live = uses.filter(isInCalls);
  if (live.length > 0) {
    return (
      <Dialog
        open={open}
        onOpenChange={(next) => !next && close()}
        title={`${secret?.name} is in use`}
        text="Calls would fail from the next one on, so it can’t be deleted. Publish these without it first; a leaked value is replaced, not deleted."
        foot={
          <>
            <Button onClick={close}>Close</Button>
            <Button variant="primary" onClick={onReplace}>
              Replace value
            </Button>
          </>
        }
      >
        <ul className="ui-touched">
          {uses.map((use) => (
            <li key={use.id}>
              <Plug aria-hidden />
              <SecretUser projectId={projectId} use={use} />
            </li>
          ))}
        </ul>
      </Dialog>
    );
  }
  const confirm = async () => {
    if (!secret) return;
    setBusy(true);
    const result = await remove({ projectId, name: secret.name }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result?.error.message ?? "The server can’t be reached. Check the connection and try again.");
    toast.success({ title: "Secret deleted", text: `${secret.name} is gone.` });
    close();
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => !next && close()}
      title={`Delete ${secret?.name}?`}
      text={
        uses.length === 0
          ? "Nothing uses it. Its value is shredded at once; this can’t be undone."
          : "No call uses it now, but what names it can’t be published any more. Its value is shredded at once; this can’t be undone."
      }
      touched={uses.map((use) => ({
        key: use.id,
        icon: <Pencil aria-hidden />,
        children: <SecretUser projectId={projectId} use={use} />,
      }))}
      action="Delete secret"
      busyAction="Deleting…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}
