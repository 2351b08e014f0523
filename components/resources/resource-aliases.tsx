"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

export interface Alias {
  name: string;
  /** ISO; null when nothing has used it since it became an alias. */
  lastUsedAt: string | null;
}

export interface ResourceAliasesProps {
  projectId: string;
  resource: { id: string; name: string };
  aliases: readonly Alias[];
  mayEdit: boolean;
  remove: (values: { projectId: string; resourceId: string; name: string }) => Promise<ActionResult<void>>;
}

/** Old names, which code may still use, until each is removed. */
export function ResourceAliases({ projectId, resource, aliases, mayEdit, remove }: ResourceAliasesProps) {
  const [removing, setRemoving] = useState<string | null>(null);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const ask = (name: string) => {
    setRemoving(name);
    setError(null);
    setOpen(true);
  };
  const confirm = async () => {
    if (!removing) return;
    setBusy(true);
    const result = await remove({ projectId, resourceId: resource.id, name: removing }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    setOpen(false);
    toast.success({ title: `“${removing}” removed`, text: "The name is free." });
  };

  return (
    <Card title="Names">
      <p>
        <b>{resource.name}</b> <span className="text-3">is what new code uses.</span>
      </p>
      {aliases.length === 0 ? (
        <p className="mt-1 text-3">No old names. After a rename the old one stays here as an alias.</p>
      ) : (
        <ul className="mt-2">
          {aliases.map(({ name, lastUsedAt }) => (
            <li key={name} className="flex min-h-10 items-center gap-2 border-t">
              <span className="cut">{name}</span>
              <span className="ml-auto flex-none text-12 text-3">
                {lastUsedAt ? (
                  <>
                    Last used <RelativeTime date={lastUsedAt} />
                  </>
                ) : (
                  "Not used since"
                )}
              </span>
              {mayEdit && (
                <Button size="small" aria-label={`Remove the old name ${name}`} onClick={() => ask(name)}>
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <LateConfirmDialog
        open={open}
        onOpenChange={setOpen}
        title={`Remove the old name “${removing}”?`}
        text={`Code that still says “${removing}” gets 404 from then on. ${resource.name} itself goes on working, and the name is free for others.`}
        action="Remove name"
        busyAction="Removing…"
        busy={busy}
        error={error}
        onConfirm={confirm}
      />
    </Card>
  );
}
