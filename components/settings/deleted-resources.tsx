"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { RestoreNameDialog } from "./restore-name-dialog.tsx";

export interface DeletedResourcesProps {
  projectId: string;
  resources: readonly { id: string; name: string; deletedAt: string }[];
  /** Left out for those who may not. */
  restore?: (values: { projectId: string; resourceId: string; name?: string }) => Promise<ActionResult<unknown>>;
  /** Which one is asked for at once: an Undo found its name taken. */
  asked?: string;
}

/** Resources deleted less than 7 days ago. Renders nothing where there are none. */
export function DeletedResources({ projectId, resources, restore, asked }: DeletedResourcesProps) {
  if (resources.length === 0) return null;
  return (
    <Card title="Deleted resources" note="Kept for 7 days, then their secrets are destroyed." flush>
      <Table caption="Deleted resources">
        <thead>
          <tr>
            <Column>Name</Column>
            <Column>Deleted</Column>
            <Column numeric>
              <span className="sr-only">Actions</span>
            </Column>
          </tr>
        </thead>
        <tbody>
          {resources.map(({ id, name, deletedAt }) => (
            <tr key={id}>
              <Cell>{name}</Cell>
              <Cell>
                <RelativeTime date={deletedAt} />
              </Cell>
              <Cell numeric>
                {restore && (
                  <Restore name={name} isAsked={id === asked} send={(given) => restore({ projectId, resourceId: id, ...given })} />
                )}
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

interface RestoreProps {
  name: string;
  isAsked: boolean;
  send: (given: { name?: string }) => Promise<ActionResult<unknown>>;
}

function Restore({ name, isAsked, send }: RestoreProps) {
  const [busy, setBusy] = useState(false);
  const [naming, setNaming] = useState(isAsked);
  const restore = async () => {
    setBusy(true);
    const result = await send({}).catch(() => null);
    setBusy(false);
    if (result?.ok) toast.success({ title: `${name} is back` });
    else if (result?.error.code === "conflict") setNaming(true);
    else toast.error({ title: `${name} wasn’t restored`, text: result?.error.message ?? "The server can’t be reached." });
  };
  return (
    <>
      <Button variant="ghost" size="small" onClick={restore} busy={busy} aria-label={`Restore ${name}`}>
        Restore
      </Button>
      <RestoreNameDialog name={name} open={naming} onOpenChange={setNaming} send={send} />
    </>
  );
}
