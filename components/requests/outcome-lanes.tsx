"use client";

import { Database } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { HttpLine } from "#components/ui/http-line.tsx";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { Lane, LanePart, type LaneState, Lanes, type Rule, Rules } from "#components/ui/lane.tsx";
import { Note } from "#components/ui/note.tsx";
import type { SeenRequest } from "#lib/activity/schema.ts";
import type { LaneProblem, TestLane } from "#lib/connections/schema.ts";
import { JsonText } from "./json-text.tsx";
import { LANE_TITLES } from "./lane-titles.ts";
import { ResponseViewer } from "./response-viewer.tsx";
import { WithCode } from "./with-code.tsx";

const STATES: Record<TestLane["state"], LaneState> = { passed: "passed", failed: "failed", not_sent: "not-sent", not_needed: "skipped" };

/** One call of a row: as it ended, or what is known before. */
export type ShownLane = { key: string; title: string; lane?: TestLane; waitsFor?: string };
type Act = (action: NonNullable<LaneProblem["action"]>) => void;

/** The calls of one test side by side, in the order they were made. */
export function OutcomeLanes({ lanes, onAction }: { lanes: readonly TestLane[]; onAction: Act }) {
  const shown = lanes.filter((lane) => lane.state !== "not_needed");
  return <LaneRow lanes={shown.map((lane) => ({ key: lane.kind, title: LANE_TITLES[lane.kind], lane }))} onAction={onAction} />;
}

/**
 * Calls side by side. While they run, the first that has no answer yet is under way and shows `children`; those after it wait. Without
 * `seconds` nothing runs: what has no answer was never sent.
 */
export function LaneRow({
  lanes,
  seconds,
  isNext = false,
  onAction,
  children,
}: {
  lanes: readonly ShownLane[];
  seconds?: number;
  /** The row before isn't done yet. */
  isNext?: boolean;
  onAction?: Act;
  children?: ReactNode;
}) {
  const running = seconds === undefined || isNext ? undefined : lanes.find(({ lane }) => !lane);
  const parts = lanes.some(({ lane }) => lane) ? 3 : 1;
  return (
    <Lanes count={countOf(lanes.length)} parts={parts}>
      {lanes.map((shown) => {
        const { key, title, lane, waitsFor } = shown;
        if (lane) return <EndedLane key={key} title={title} lane={lane} onAction={onAction} />;
        const isRunning = shown === running;
        return (
          <Lane
            key={key}
            title={title}
            state={isRunning ? "running" : seconds === undefined ? "not-sent" : "waiting"}
            time={isRunning ? `${seconds!.toFixed(1)} s` : undefined}
          >
            <LanePart>
              {isRunning ? (
                children
              ) : (
                <p className="text-3">{seconds === undefined ? "Not sent" : `Sent when the ${waitsFor} has passed`}</p>
              )}
            </LanePart>
            {parts === 3 && (
              <>
                <LanePart />
                <LanePart />
              </>
            )}
          </Lane>
        );
      })}
    </Lanes>
  );
}

function EndedLane({ title, lane, onAction }: { title: string; lane: TestLane; onAction?: Act }) {
  return (
    <Lane title={title} state={STATES[lane.state]} time={timeOf(lane.durationMs)}>
      <LanePart>{lane.request ? <RequestPart request={lane.request} label={title} /> : <p className="text-2">{lane.note}</p>}</LanePart>
      <LanePart>
        {lane.response && <ResponseViewer response={lane.response} durationMs={lane.durationMs} label={`${title} response`} />}
      </LanePart>
      <LanePart>
        <Findings lane={lane} onAction={onAction} />
      </LanePart>
    </Lane>
  );
}

const countOf = (lanes: number): 1 | 2 | 3 => (lanes <= 1 ? 1 : lanes === 2 ? 2 : 3);
const timeOf = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : `${Math.round(ms)} ms`);

export function RequestPart({ request, label }: { request: SeenRequest; label: string }) {
  const url = URL.canParse(request.url) ? new URL(request.url) : null;
  const headers: [string, string][] = [...(url ? [["Host", url.host] as [string, string]] : []), ...request.headers];
  return (
    <>
      <HttpLine method={request.method} path={url ? url.pathname + url.search : request.url} />
      <HttpMessage label={`${label} request`} headers={headers} body={request.body && <SentBody request={request} body={request.body} />} />
    </>
  );
}

/** One field of a form a line; JSON as it is read best. */
function SentBody({ request, body }: { request: SeenRequest; body: string }) {
  const type = request.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  if (/urlencoded/i.test(type)) return body.replaceAll("&", "\n");
  return /json/i.test(type) ? <JsonText text={indented(body)} /> : body;
}

function indented(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}

function Findings({ lane, onAction }: { lane: TestLane; onAction?: Act }) {
  const rules: Rule[] = lane.rules.map((rule) => ({
    key: rule.text,
    tone: rule.passed ? "success" : "danger",
    children: <WithCode text={rule.text} />,
  }));
  if (lane.stored && lane.state !== "not_sent" && !(lane.problem && lane.stored === "Nothing"))
    rules.push({
      key: "stored",
      tone: "idle",
      icon: <Database aria-hidden />,
      children: lane.stored === "Nothing" ? "Nothing stored" : `Stored: ${lane.stored}`,
    });
  const { problem } = lane;
  const [said, ...more] = problem?.message.split(/(?<=\.) /) ?? [];
  // The button says it already.
  const fix = problem?.action && problem.fix.startsWith(problem.action.label.replaceAll("`", "")) ? "" : problem?.fix;
  return (
    <>
      {rules.length > 0 && <Rules rules={rules} />}
      {problem && (
        <Note
          tone="danger"
          className={rules.length > 0 ? "mt-2" : undefined}
          title={<WithCode text={said ?? ""} />}
          action={
            problem.action &&
            onAction && (
              <Button size="small" onClick={() => onAction(problem.action!)}>
                <WithCode text={problem.action.label} />
              </Button>
            )
          }
        >
          <WithCode text={[...more, fix].filter(Boolean).join(" ")} />
        </Note>
      )}
    </>
  );
}
