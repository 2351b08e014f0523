"use client";

import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";

const RestoreNameDialog = lazyDialog(async () => (await import("./restore-name-dialog.tsx")).RestoreNameDialog);

export type Deleted = { id: string; name: string; deletedAt: string };

export interface DeletedListProps {
  title: string;
  note: string;
  items: readonly Deleted[];
  /** Left out for those who may not. Where it is a conflict the name was taken meanwhile, and another is asked for. */
  restore?: (id: string, given: { name?: string }) => Promise<ActionResult<unknown>>;
  /** Which one is asked for at once: an Undo found its name taken. */
  asked?: string;
}

/** What was deleted less than 7 days ago. Renders nothing where that is nothing. */
export function DeletedList({ title, note, items, restore, asked }: DeletedListProps) {
  if (items.length === 0) return null;
  return (
    <Card title={title} note={note} flush>
      <Table caption={title}>
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
          {items.map(({ id, name, deletedAt }) => (
            // Asked for while the page is open, too: its dialog begins open.
            <tr key={id === asked ? `${id} asked` : id}>
              <Cell>{name}</Cell>
              <Cell>
                <RelativeTime date={deletedAt} />
              </Cell>
              <Cell numeric>{restore && <Restore name={name} isAsked={id === asked} send={(given) => restore(id, given)} />}</Cell>
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
