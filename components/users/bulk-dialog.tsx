"use client";

import { KeyRound, Trash2, Users } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog, type Touched } from "#components/ui/confirm-dialog.tsx";
import type { ActionResult } from "#lib/errors.ts";
import type { BulkFilter, BulkKind, BulkProgress } from "#lib/users/schema.ts";
import type { BulkActions } from "./use-bulk-task.ts";
import { BULK_WORDS, countOf, credentialsOf } from "./user-list.ts";

export interface BulkDialogProps {
  projectId: string;
  kind: BulkKind;
  filter: BulkFilter;
  /** Null: more than a thousand. */
  users: number | null;
  /** Credentials that are touched, where all of them are on the page. */
  credentials: number | null;
  /** The resource that the list is filtered by. */
  resource: string | null;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  actions: Pick<BulkActions, "start" | "deleteUsers">;
  onBegun: (task: BulkProgress) => void;
}

export function BulkDialog({
  projectId,
  kind,
  filter,
  users,
  credentials,
  resource,
  open,
  onOpenChange,
  actions,
  onBegun,
}: BulkDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const many = countOf(users);
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const begin = (): Promise<ActionResult<BulkProgress>> =>
      kind === "delete_users" ? actions.deleteUsers({ projectId, filter }) : actions.start({ projectId, kind, filter });
    const result = await begin().catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    onOpenChange(false);
    onBegun(result.data);
  };
  const isDanger = kind === "disconnect" || kind === "delete_users";
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        setError(null);
        onOpenChange(next);
      }}
      title={`${BULK_WORDS[kind].verb.replace(/ users$/, "")} ${many.replace("More", "more")}?`}
      text={TEXT[kind]}
      touched={touchedBy(kind, { filter, many, credentials, resource })}
      typeToConfirm={kind === "delete_users" && users !== 1 ? (users === null ? "all" : String(users)) : undefined}
      action={BULK_WORDS[kind].verb}
      busyAction="Starting…"
      busy={busy}
      danger={isDanger}
      error={error}
      onConfirm={confirm}
    />
  );
}

const TEXT: Record<BulkKind, string> = {
  refresh: "Gets a new access token for each. It goes on when you leave this page, and can be stopped.",
  verify: "Sends the saved test request for each. It goes on when you leave this page, and can be stopped.",
  disconnect: "Their secrets are destroyed at once. The users stay, and have to connect again in your app.",
  delete_users: "They and their secrets are gone at once and for good. Your app makes them anew when they connect again.",
};

function touchedBy(
  kind: BulkKind,
  { filter, many, credentials, resource }: { filter: BulkFilter; many: string; credentials: number | null; resource: string | null },
): Touched[] {
  const which = kind === "delete_users" ? "credentials" : credentialsOf(filter, resource);
  return [
    {
      key: "users",
      icon: kind === "delete_users" ? <Trash2 aria-hidden /> : <Users aria-hidden />,
      children: (
        <>
          <b>{many}</b>
          {filter.userIds === null && filter.q && <> whose id, name or email begins with “{filter.q}”</>}
        </>
      ),
    },
    {
      key: "credentials",
      icon: <KeyRound aria-hidden />,
      children:
        credentials === null ? (
          <>All of their {which}</>
        ) : (
          <>
            <b>{credentials.toLocaleString("en")}</b> {credentials === 1 ? which.replace(/s$/, "") : which}
          </>
        ),
    },
  ];
}
