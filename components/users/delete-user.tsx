"use client";

import { Trash2 } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import type { DeleteUserDialogProps } from "./delete-user-dialog.tsx";

const DeleteUserDialog = lazyDialog(async () => (await import("./delete-user-dialog.tsx")).DeleteUserDialog);

/** Asks first, naming what goes with the user. */
export function DeleteUser(props: Omit<DeleteUserDialogProps, "open" | "onOpenChange">) {
  const [isAsking, setAsking] = useState(false);
  return (
    <>
      <Button onClick={() => setAsking(true)}>
        <Trash2 aria-hidden />
        Delete user
      </Button>
      <DeleteUserDialog {...props} open={isAsking} onOpenChange={setAsking} />
    </>
  );
}
