"use client";

import { KeyRound, User } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { CredentialDetail, UserActions } from "./user-page-types.ts";

export interface DisconnectDialogProps {
  projectId: string;
  user: { id: string; name: string };
  credential: Pick<CredentialDetail, "id" | "resource">;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  disconnect: UserActions["disconnect"];
}

export function DisconnectDialog({ projectId, user, credential, open, onOpenChange, disconnect }: DisconnectDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const result = await disconnect({ projectId, userId: user.id, credentialId: credential.id }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    onOpenChange(false);
    toast.success({ title: `${user.name} disconnected`, text: `${credential.resource} has no credential of this user any more.` });
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        setError(null);
        onOpenChange(next);
      }}
      title={`Disconnect ${user.name} from ${credential.resource}?`}
      text="Calls for this user stop at once. To undo it, they connect again in your app."
      touched={[
        {
          key: "secrets",
          icon: <KeyRound aria-hidden />,
          children: (
            <>
              The <b>{credential.resource}</b> credential is destroyed with its secrets
            </>
          ),
        },
        { key: "user", icon: <User aria-hidden />, children: "The user and their other credentials stay" },
      ]}
      action="Disconnect"
      busyAction="Disconnecting…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}
