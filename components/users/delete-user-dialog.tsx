"use client";

import { KeyRound, User } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { toast } from "#components/ui/toast.tsx";
import { usersPath } from "#lib/paths.ts";
import type { UserActions } from "./user-page-types.ts";

export interface DeleteUserDialogProps {
  projectId: string;
  user: { id: string; name: string };
  /** Names of the resources that they are connected to. */
  resources: readonly string[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  remove: UserActions["remove"];
}

export function DeleteUserDialog({ projectId, user, resources, open, onOpenChange, remove }: DeleteUserDialogProps) {
  const { navigate } = useNavigation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const result = await remove({ projectId, userId: user.id }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    onOpenChange(false);
    toast.success({ title: `${user.name} deleted`, text: "Their secrets are gone." });
    navigate(usersPath(projectId));
  };
  const count = resources.length;
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        setError(null);
        onOpenChange(next);
      }}
      title={`Delete ${user.name}?`}
      text="At once and for good. Your app makes the user anew when they connect again."
      touched={[
        { key: "user", icon: <User aria-hidden />, children: "The user, with name, email and metadata" },
        {
          key: "secrets",
          icon: <KeyRound aria-hidden />,
          children:
            count === 0 ? (
              "No credential: nothing is connected"
            ) : (
              <>
                <b>
                  {count} {count === 1 ? "credential" : "credentials"}
                </b>{" "}
                with {count === 1 ? "its" : "their"} secrets: {resources.join(", ")}
              </>
            ),
        },
      ]}
      action="Delete user"
      busyAction="Deleting…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}
