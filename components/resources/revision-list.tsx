"use client";

import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Badge } from "#components/ui/badge.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { useNavigation } from "#components/ui/navigation.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { setupStepPath } from "#lib/paths.ts";

export interface RevisionRow {
  number: number;
  /** ISO. */
  at: string;
  by: string | null;
  isLive: boolean;
  /** With the one before it; null for the first. */
  compareHref: string | null;
}

export interface RevisionListProps {
  projectId: string;
  resource: { id: string; name: string };
  revisions: readonly RevisionRow[];
  /** Fields in which the draft differs from the live revision. */
  draftChanges: number;
  mayEdit: boolean;
  restore: (values: { projectId: string; resourceId: string; number: number }) => Promise<ActionResult<{ version: number }>>;
}

export function RevisionList({ projectId, resource, revisions, draftChanges, mayEdit, restore }: RevisionListProps) {
  const { navigate } = useNavigation();
  const [chosen, setChosen] = useState(0);
  const [open, setOpen] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const ask = (number: number) => {
    setChosen(number);
    setError(null);
    setOpen(true);
  };
  const confirm = async () => {
    setBusy(true);
    const result = await restore({ projectId, resourceId: resource.id, number: chosen }).catch(() => null);
    setBusy(false);
    if (!result?.ok) return setError(result ? result.error.message : "The server can’t be reached. Check the connection and try again.");
    setOpen(false);
    toast.success({ title: `The draft now holds revision ${chosen}`, text: "Test it, then choose Finish to make it live." });
    navigate(setupStepPath(projectId, resource.id, "test-and-publish"));
  };

  return (
    <Card title="Revisions" note="What calls used, and use. A revision never changes." flush>
      <Table caption={`Revisions of ${resource.name}`} cards>
        <thead>
          <tr>
            <Column>Revision</Column>
            <Column>Published</Column>
            <Column>By</Column>
            <Column>
              <span className="sr-only">Actions</span>
            </Column>
          </tr>
        </thead>
        <tbody>
          {revisions.map((revision) => (
            <tr key={revision.number}>
              <Cell>
                <span className="flex items-center gap-2">
                  <b>Revision {revision.number}</b>
                  {revision.isLive && <Badge tone="success">Live</Badge>}
                </span>
              </Cell>
              <Cell card="right" className="text-2">
                <RelativeTime date={revision.at} />
              </Cell>
              <Cell card="line" className="text-2 max-sm:pl-0!">
                {revision.by ?? "A former member"}
              </Cell>
              <Cell numeric card="right">
                <span className="inline-flex gap-1">
                  {revision.compareHref && (
                    <ButtonLink
                      size="small"
                      variant="ghost"
                      href={revision.compareHref}
                      aria-label={`See what revision ${revision.number} changed`}
                    >
                      Changes
                    </ButtonLink>
                  )}
                  {mayEdit && (
                    <Button size="small" aria-label={`Restore revision ${revision.number}`} onClick={() => ask(revision.number)}>
                      <RotateCcw aria-hidden />
                      Restore
                    </Button>
                  )}
                </span>
              </Cell>
            </tr>
          ))}
        </tbody>
      </Table>
      <LateConfirmDialog
        open={open}
        onOpenChange={setOpen}
        danger={false}
        title={`Restore revision ${chosen}?`}
        text={
          <>
            Its fields replace those of the draft
            {draftChanges > 0 && `, whose ${draftChanges} unpublished ${draftChanges === 1 ? "change is" : "changes are"} lost`}. Secrets
            stay those of today. Calls go on with the live revision until you choose Finish.
          </>
        }
        action="Restore into the draft"
        busyAction="Restoring…"
        busy={busy}
        error={error}
        onConfirm={confirm}
      />
    </Card>
  );
}
