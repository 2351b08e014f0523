"use client";

import { Plug, Users, Workflow } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog, type Touched } from "#components/ui/confirm-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { restoreResourcePath } from "#lib/paths.ts";
import { formatCount } from "./format-count.ts";

export type DeleteResource = (values: { projectId: string; resourceId: string; listed: boolean }) => Promise<ActionResult<void>>;
export type RestoreResource = (values: { projectId: string; resourceId: string; name?: string }) => Promise<ActionResult<void>>;

export interface DeletableResource {
  id: string;
  name: string;
  level: "user" | "app" | null;
  isLive: boolean;
  /** At most 1,001. */
  connectedUsers: number;
  /** Names of the live workflows that need it. */
  workflows: readonly string[];
}

export interface DeleteResourceDialogProps {
  projectId: string;
  resource: DeletableResource;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** The page at hand lists the resource and stays. */
  listed: boolean;
  remove: DeleteResource;
  restore: RestoreResource;
  onDeleted?: () => void;
}

export function DeleteResourceDialog({
  projectId,
  resource,
  open,
  onOpenChange,
  listed,
  remove,
  restore,
  onDeleted,
}: DeleteResourceDialogProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const ids = { projectId, resourceId: resource.id };
  const { navigate } = useNavigation();

  const undo = async () => {
    const result = await restore(ids).catch(() => null);
    if (result?.ok) return toast.success({ title: `${resource.name} is back`, text: "With its users, revisions and secrets." });
    const title = `${resource.name} isn’t back`;
    if (!result) return toast.error({ title, text: "The server can’t be reached. Settings can bring it back." });
    // By now this dialog may be gone with its page: Settings asks for the other name.
    const action = { label: "Choose a name", onSelect: () => navigate(restoreResourcePath(projectId, resource.id)) };
    toast.error({ title, text: result.error.message, ...(result.error.code === "conflict" ? { action } : {}) });
  };
  const confirm = async () => {
    setBusy(true);
    setError(null);
    const result = await remove({ ...ids, listed }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    onOpenChange(false);
    onDeleted?.();
    toast.undo({ title: `${resource.name} deleted`, text: "Settings can bring it back for 7 days.", onUndo: undo });
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={(next) => {
        setError(null);
        onOpenChange(next);
      }}
      title={`Delete ${resource.name}?`}
      text="Calls stop at once. Undo is open for 7 days; then its secrets are destroyed."
      touched={touchedBy(resource)}
      typeToConfirm={resource.name}
      action="Delete resource"
      busyAction="Deleting…"
      busy={busy}
      error={error}
      onConfirm={confirm}
    />
  );
}

function touchedBy(resource: DeletableResource): Touched[] {
  const { workflows } = resource;
  if (workflows.length === 0) return [touchedUsers(resource)];
  const [names, more] = [workflows.slice(0, MOST_NAMED).join(", "), workflows.length - MOST_NAMED];
  return [
    {
      key: "workflows",
      icon: <Workflow aria-hidden />,
      children: (
        <>
          <b>
            {formatCount(workflows.length)} {workflows.length === 1 ? "workflow" : "workflows"}
          </b>{" "}
          {workflows.length === 1 ? "pauses" : "pause"}: {more > 0 ? `${names} and ${more} more` : names}
        </>
      ),
    },
    touchedUsers(resource),
  ];
}

/** Of the workflows: the rest is a number. */
const MOST_NAMED = 5;

function touchedUsers({ level, isLive, connectedUsers }: DeletableResource): Touched {
  if (level === "app" && isLive) {
    return { key: "app", icon: <Plug aria-hidden />, children: <b>The one credential of all users stops working</b> };
  }
  if (connectedUsers === 0) return { key: "none", icon: <Users aria-hidden />, children: "No connected user has a credential here" };
  return {
    key: "users",
    icon: <Users aria-hidden />,
    children: (
      <>
        <b>
          {formatCount(connectedUsers)} {connectedUsers === 1 ? "user" : "users"}
        </b>{" "}
        {connectedUsers === 1 ? "loses" : "lose"} this credential
      </>
    ),
  };
}
