"use client";

import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Table } from "#components/ui/table.tsx";
import { resourceTabPath } from "#lib/paths.ts";
import { CallColumns, CallRow } from "./call-row.tsx";
import type { CallSummary } from "./call-words.ts";
import type { ReadActivity } from "./story-of.tsx";

const CallDialog = lazyDialog(async () => (await import("./call-dialog.tsx")).CallDialog);

export interface RecentCallsProps {
  projectId: string;
  resourceId: string;
  /** Newest first. */
  calls: readonly CallSummary[];
  read: ReadActivity;
}

export function RecentCalls({ projectId, resourceId, calls, read }: RecentCallsProps) {
  const [shown, setShown] = useState<CallSummary | null>(null);
  const [open, setOpen] = useState(false);
  const show = (call: CallSummary) => {
    setShown(call);
    setOpen(true);
  };
  return (
    <Card
      title="Recent calls"
      flush
      actions={calls.length > 0 && <Link href={resourceTabPath(projectId, resourceId, "activity")}>All activity</Link>}
    >
      {calls.length === 0 ? (
        <p className="p-4 text-2">No calls yet. Send a test request: each call then stands here within a second.</p>
      ) : (
        <Table caption="Recent calls" cards>
          <thead>
            <CallColumns of="resource" />
          </thead>
          <tbody>
            {calls.map((call) => (
              <CallRow key={call.id} call={call} of="resource" onOpen={() => show(call)} />
            ))}
          </tbody>
        </Table>
      )}
      {shown && <CallDialog projectId={projectId} call={shown} open={open} onOpenChange={setOpen} read={read} />}
    </Card>
  );
}
