"use client";

import type { ReactNode } from "react";
import { JsonText } from "#components/requests/json-text.tsx";
import { formatBytes, ResponseViewer } from "#components/requests/response-viewer.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { formatFull, formatTimeOfDay } from "#components/ui/format-time.ts";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { KeyValues } from "#components/ui/key-values.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { useHydrated } from "#components/ui/use-now.ts";
import type { SeenRequest } from "#lib/activity/schema.ts";
import { writeActivityKey } from "#lib/activity/words.ts";
import { deliveryPath, resourcePath, runPath, userPath } from "#lib/paths.ts";
import { inWords } from "#lib/workflows/words.ts";
import { formatCall, formatCurl } from "./call-report.ts";
import {
  type CallStory,
  type CallSummary,
  formatDuration,
  KIND_LABELS,
  prettyBody,
  resourceOf,
  resultOf,
  SOURCE_LABELS,
  userOf,
} from "./call-words.ts";
import { causeOf, describeCall } from "./describe-call.ts";

export interface CallDetailsProps {
  projectId: string;
  story: CallStory;
  /** Another row of the same request, as a link or button. */
  renderRow: (row: CallSummary, children: ReactNode) => ReactNode;
}

/** One row of activity: what happened, why, what went out, what came back, as far as it is kept. */
export function CallDetails({ projectId, story, renderRow }: CallDetailsProps) {
  const { row } = story;
  const { request, response } = row.detail ?? {};
  const said = describeCall(story);
  return (
    <>
      <div className="activity-part">
        <Note tone={said.tone} title={said.title}>
          {said.text}
        </Note>
        <Facts projectId={projectId} story={story} renderRow={renderRow} />
      </div>
      {story.sameRequest.length > 0 && (
        <section className="activity-part" aria-label="Same request">
          <h2 className="activity-part-title">Same request</h2>
          <ul className="grid gap-1">
            {story.sameRequest.map((other) => (
              <li key={other.id}>{renderRow(other, <SameRequest row={other} />)}</li>
            ))}
          </ul>
        </section>
      )}
      {request ? (
        <section className="activity-part" aria-label="Request">
          <h2 className="activity-part-title">
            Request{" "}
            {request.body && <span className="activity-part-note">{formatBytes(new TextEncoder().encode(request.body).length)}</span>}
          </h2>
          <RequestText request={request} />
        </section>
      ) : (
        row.kind !== "connect" && (
          <div className="activity-part">
            <p className="text-2">
              Headers and bodies aren’t kept of calls that worked. Of calls that failed and of tests they are, redacted.
            </p>
          </div>
        )
      )}
      {response && (
        <section className="activity-part" aria-label="Response">
          <h2 className="activity-part-title">Response</h2>
          <ResponseViewer response={response} durationMs={row.durationMs} label="response" />
        </section>
      )}
      <div className="activity-part activity-acts">
        {request && (
          <CopyButton text={() => formatCurl(request)} label="Copy as cURL" variant="default">
            Copy as cURL
          </CopyButton>
        )}
        <CopyButton text={() => formatCall(story)} label="Copy redacted report" variant="default">
          Copy redacted report
        </CopyButton>
      </div>
    </>
  );
}

function Facts({ projectId, story, renderRow }: CallDetailsProps) {
  const { row, run, delivery } = story;
  const { text, by } = causeOf(story);
  const hydrated = useHydrated();
  const at = new Date(row.at);
  const items = [
    {
      name: "Cause",
      value: (
        <>
          {text}
          {by && (
            <>
              : {renderRow(by, `${by.method ?? ""} ${by.path ?? ""}`)} <Clock at={by.at} />
            </>
          )}
        </>
      ),
    },
    ...(run
      ? [
          {
            name: "Run",
            value: (
              <>
                <Link href={runPath(projectId, writeActivityKey(run), row.step)}>
                  {run.workflow ?? "Deleted workflow"}, run {run.id.slice(0, 4)}
                </Link>
                {run.stepName && <span className="text-2"> · step “{inWords(run.stepName)}”</span>}
              </>
            ),
          },
        ]
      : []),
    ...(delivery
      ? [
          {
            name: "Delivery",
            value: <Link href={deliveryPath(projectId, delivery.triggerId, writeActivityKey(delivery))}>What became of it</Link>,
          },
        ]
      : []),
    { name: "Kind", value: `${KIND_LABELS[row.kind]} · ${SOURCE_LABELS[row.source]}` },
    {
      name: "User",
      value:
        row.userId && row.userKind === "user" ? (
          <>
            <Link href={userPath(projectId, row.userId)}>{userOf(row)}</Link>
            {row.userName !== row.externalId && (
              <>
                {" "}
                <span className="text-3">·</span> <code className="text-2">{row.externalId}</code>
              </>
            )}
          </>
        ) : (
          userOf(row)
        ),
    },
    {
      name: "Resource",
      value:
        row.resourceId && row.resourceName ? (
          <Link href={resourcePath(projectId, row.resourceId)}>{row.resourceName}</Link>
        ) : (
          resourceOf(row)
        ),
    },
    ...(row.host ? [{ name: "Host", value: <code className="break-all">{row.host}</code> }] : []),
    {
      name: "Time",
      value: (
        <>
          <span className={hydrated ? undefined : "invisible"}>{formatFull(at, hydrated ? undefined : "UTC")}</span>{" "}
          <span className="text-3">· {formatDuration(row.durationMs)}</span>
        </>
      ),
    },
    ...(row.requestId
      ? [
          {
            name: "Request id",
            value: (
              <span className="flex items-center gap-1">
                <code className="min-w-0 break-all">{row.requestId}</code>
                <CopyButton text={row.requestId} label="Copy request id" />
              </span>
            ),
          },
        ]
      : []),
  ];
  return <KeyValues size="small" className="mt-3" items={items} />;
}

function Clock({ at }: { at: string }) {
  const hydrated = useHydrated();
  return <span className={hydrated ? "text-2" : "invisible"}>at {formatTimeOfDay(new Date(at), hydrated ? undefined : "UTC")}</span>;
}

const SameRequest = ({ row }: { row: CallSummary }) => (
  <>
    {KIND_LABELS[row.kind]}: {row.method} {row.path}, {resultOf(row)}
  </>
);

/** As it went over the wire, JSON set apart, with a copy button. */
function RequestText({ request }: { request: SeenRequest }) {
  const body = request.body ? prettyBody(request.body) : undefined;
  const start = `${request.method} ${request.url}`;
  const whole = [start, ...request.headers.map(([name, value]) => `${name}: ${value}`), ...(request.body ? ["", request.body] : [])].join(
    "\n",
  );
  return (
    <HttpMessage
      label="Request"
      start={start}
      headers={request.headers}
      body={body === undefined ? undefined : /^[[{]/.test(body) ? <JsonText text={body} /> : body}
      tools={<CopyButton text={whole} label="Copy request" />}
    />
  );
}
