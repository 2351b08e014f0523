"use client";

import { KeyRound, Plug, UserRound, Users } from "lucide-react";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import type { ActionResult } from "#lib/errors.ts";

export interface DeleteProjectProps {
  project: { id: string; name: string };
  /** How many of each it would touch; 1,001 means more than a thousand. */
  contents: { resources: number; connectedUsers: number; members: number; signingKeys: number };
  remove: (values: { projectId: string; typedName: string }) => Promise<ActionResult<{ to: string }>>;
}

export function DeleteProject({ project, contents, remove }: DeleteProjectProps) {
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const confirm = async () => {
    setBusy(true);
    setError(undefined);
    const result = await remove({ projectId: project.id, typedName: project.name }).catch(() => null);
    if (result?.ok) return window.location.assign(result.data.to);
    setBusy(false);
    setError(result?.error.message ?? "The server can’t be reached. Check the connection and try again.");
  };

  return (
    <Card title="Delete project">
      <div className="flex flex-wrap items-center gap-4">
        <p className="min-w-60 flex-1 text-2">Ends every call for this project at once, in the dashboard, the SDK and the REST API.</p>
        <Button onClick={() => setOpen(true)}>Delete project</Button>
      </div>
      <LateConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`Delete ${project.name}?`}
        text="Calls with its Project ID are refused from now on. This can’t be undone here."
        touched={TOUCHED.filter(({ key }) => contents[key] > 0).map(({ key, icon, ...words }) => ({
          key,
          icon,
          children: <Touched n={contents[key]} {...words} />,
        }))}
        typeToConfirm={project.name}
        action="Delete project"
        busyAction="Deleting…"
        busy={busy}
        error={error}
        onConfirm={confirm}
      />
    </Card>
  );
}

const TOUCHED = [
  { key: "resources", icon: <Plug aria-hidden />, one: "resource stops", many: "resources stop" },
  { key: "connectedUsers", icon: <Users aria-hidden />, one: "connected user loses access", many: "connected users lose access" },
  { key: "signingKeys", icon: <KeyRound aria-hidden />, one: "signing key stops counting", many: "signing keys stop counting" },
  { key: "members", icon: <UserRound aria-hidden />, one: "member loses the project", many: "members lose the project" },
] as const;

function Touched({ n, one, many }: { n: number; one: string; many: string }) {
  return (
    <>
      <b>{n > 1000 ? "1,000+" : n.toLocaleString("en")}</b> {n === 1 ? one : many}
    </>
  );
}
