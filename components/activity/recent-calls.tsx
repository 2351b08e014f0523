"use client";

import { useState } from "react";
import { Card } from "#components/ui/card.tsx";
import { HttpLine } from "#components/ui/http-line.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Status } from "#components/ui/status.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import type { ReadCall } from "./call-dialog.tsx";
import { type CallSummary, formatDuration, resultOf, sourceOf, toneOf, userOf } from "./call-words.ts";

const CallDialog = lazyDialog(async () => (await import("./call-dialog.tsx")).CallDialog);

export interface RecentCallsProps {
  projectId: string;
  resourceId: string;
  /** Newest first. */
  calls: readonly CallSummary[];
  read: ReadCall;
}

export function RecentCalls({ projectId, resourceId, calls, read }: RecentCallsProps) {
  const [shown, setShown] = useState<CallSummary | null>(null);
  const [open, setOpen] = useState(false);
  const show = (call: CallSummary) => {
    setShown(call);
    setOpen(true);
  };
  return (
    <Card title="Recent calls" flush>
      {calls.length === 0 ? (
        <p className="p-4 text-2">No calls yet. Send a test request: each call then stands here within a second.</p>
      ) : (
        <Table caption="Recent calls" cards>
          <thead>
            <tr>
              <Column>Status</Column>
              <Column>Request</Column>
              <Column>User</Column>
              <Column>Source</Column>
              <Column numeric>Duration</Column>
              <Column numeric>Time</Column>
            </tr>
          </thead>
          <tbody>
            {calls.map((call) => (
              <CallRow key={call.id} call={call} onOpen={() => show(call)} />
            ))}
          </tbody>
        </Table>
      )}
      {shown && <CallDialog projectId={projectId} resourceId={resourceId} call={shown} open={open} onOpenChange={setOpen} read={read} />}
    </Card>
  );
}

function CallRow({ call, onOpen }: { call: CallSummary; onOpen: () => void }) {
  return (
    <tr>
      <Cell card="right" className="max-sm:order-2">
        <Status tone={toneOf(call)}>{resultOf(call)}</Status>
      </Cell>
      <Cell className="max-w-66 min-w-0 max-sm:order-1 max-sm:max-w-none">
        <button
          type="button"
          className="flex min-h-6 w-full min-w-0 items-center text-left hover:underline"
          aria-label={`Open ${call.method} ${call.path}, ${resultOf(call)}`}
          onClick={onOpen}
        >
          <HttpLine method={call.method ?? ""} path={call.path ?? ""} aligned className="min-w-0" />
        </button>
      </Cell>
      <Cell card="hide" className="max-w-40">
        <span className="block cut">{userOf(call)}</span>
      </Cell>
      <Cell card="line" className="max-sm:order-3 max-sm:pl-0!">
        <span className="sm:hidden">{userOf(call)} · </span>
        <span className="text-2">{sourceOf(call)}</span>
      </Cell>
      <Cell numeric card="hide" className="text-2">
        {formatDuration(call.durationMs)}
      </Cell>
      <Cell numeric card="right" className="text-3 max-sm:order-4">
        <TimeOfDay date={call.at} />
      </Cell>
    </tr>
  );
}
