"use client";

import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Table } from "#components/ui/table.tsx";
import { CallColumns, CallRow } from "./call-row.tsx";
import type { CallSummary } from "./call-words.ts";
import type { ReadActivity } from "./story-of.tsx";

const CallDialog = lazyDialog(async () => (await import("./call-dialog.tsx")).CallDialog);

export interface RecentCallsProps {
  projectId: string;
  title: string;
  /** What they share. */
  of: "resource" | "user";
  /** Newest first. */
  calls: readonly CallSummary[];
  /** Where all of them are. */
  href: string;
  empty: string;
  read: ReadActivity;
}

/** The newest calls of one resource or user; each opens over the page. */
export function RecentCalls({ projectId, title, of, calls, href, empty, read }: RecentCallsProps) {
  const [shown, setShown] = useState<CallSummary | null>(null);
  const [open, setOpen] = useState(false);
  const show = (call: CallSummary) => {
    setShown(call);
    setOpen(true);
  };
  return (
    <Card title={title} flush actions={calls.length > 0 && <Link href={href}>All activity</Link>}>
      {calls.length === 0 ? (
        <p className="p-4 text-2">{empty}</p>
      ) : (
        <Table caption={title} cards>
          <thead>
            <CallColumns of={of} />
          </thead>
          <tbody>
            {calls.map((call) => (
              <CallRow key={call.id} call={call} of={of} onOpen={() => show(call)} />
            ))}
          </tbody>
        </Table>
      )}
      {shown && <CallDialog projectId={projectId} call={shown} open={open} onOpenChange={setOpen} read={read} />}
    </Card>
  );
}
