"use client";

import { useQuery } from "@tanstack/react-query";
import { Dialog } from "#components/ui/dialog.tsx";
import { formatFull } from "#components/ui/format-time.ts";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Note } from "#components/ui/note.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ActivityDetail } from "#lib/activity/schema.ts";
import type { ActionResult } from "#lib/errors.ts";
import { type CallSummary, formatDuration, prettyBody, resultOf, sourceOf, toneOf, userOf } from "./call-words.ts";

export interface CallDetail {
  requestId: string | null;
  /** Redacted. Null where none is kept: of calls that worked only the metadata stays. */
  detail: ActivityDetail | null;
}
export type ReadCall = (values: { projectId: string; resourceId: string; id: string; at: string }) => Promise<ActionResult<CallDetail>>;

export interface CallDialogProps {
  projectId: string;
  resourceId: string;
  call: CallSummary;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  read: ReadCall;
}

/** One call: what went out, what came back, as far as it is kept. */
export function CallDialog({ projectId, resourceId, call, open, onOpenChange, read }: CallDialogProps) {
  const found = useQuery({
    queryKey: ["call", projectId, call.id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async () => {
      const result = await read({ projectId, resourceId, id: call.id, at: call.at });
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
  });
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      size="large"
      title={
        <span className="flex items-center gap-3">
          <Status tone={toneOf(call)}>{resultOf(call)}</Status>
          <code className="min-w-0 break-all">
            {call.method} {call.path}
          </code>
        </span>
      }
    >
      <div className="stack mt-4">
        <KeyValues
          size="small"
          items={[
            { name: "Time", value: formatFull(new Date(call.at)) },
            { name: "Host", value: <code>{call.host ?? "None"}</code> },
            { name: "User", value: userOf(call) },
            { name: "Source", value: sourceOf(call) },
            { name: "Duration", value: formatDuration(call.durationMs) },
            ...(found.data?.requestId ? [{ name: "Request id", value: <code>{found.data.requestId}</code> }] : []),
          ]}
        />
        {found.isPending && <SkeletonRows rows={2} label="Loading the call" />}
        {found.isError && (
          <Note tone="danger" role="alert" title="The call didn’t load.">
            {found.error.message}
          </Note>
        )}
        {found.data && <Kept detail={found.data.detail} />}
      </div>
    </Dialog>
  );
}

function Kept({ detail }: { detail: ActivityDetail | null }) {
  if (!detail) {
    return (
      <Note title="Headers and bodies aren’t kept of calls that worked.">They are kept, redacted, of calls that failed and of tests.</Note>
    );
  }
  const { request, response, failure } = detail;
  return (
    <>
      {failure && (
        <Note tone="danger" title={failure.message}>
          {failure.fix}
        </Note>
      )}
      <section className="min-w-0">
        <h3 className="mb-1.5">Request</h3>
        <HttpMessage
          label="Request"
          start={`${request.method} ${request.url}`}
          headers={request.headers}
          body={request.body ? prettyBody(request.body) : undefined}
        />
      </section>
      {response && (
        <section className="min-w-0">
          <h3 className="mb-1.5">Response</h3>
          <HttpMessage
            label="Response"
            start={`${response.status} ${response.statusText}`}
            headers={response.headers}
            body={response.body ? prettyBody(response.body) : undefined}
          />
          {response.truncated && (
            <p className="ui-hint mt-1.5">Cut here: the whole answer had {response.size.toLocaleString("en")} bytes.</p>
          )}
        </section>
      )}
    </>
  );
}
