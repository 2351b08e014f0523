"use client";

import { Database } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "#components/ui/button.tsx";
import { HttpLine } from "#components/ui/http-line.tsx";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { Lane, LanePart, type LaneState, Lanes, type Rule, Rules } from "#components/ui/lane.tsx";
import { Note } from "#components/ui/note.tsx";
import type { SeenRequest } from "#lib/activity/schema.ts";
import type { LaneKind, LaneProblem, TestLane } from "#lib/connections/schema.ts";
import { ResponseViewer } from "./response-viewer.tsx";
import { WithCode } from "./with-code.tsx";

export const LANE_TITLES: Record<LaneKind, string> = { token: "Token call", call: "API call", profile: "Profile" };

const STATES: Record<TestLane["state"], LaneState> = { passed: "passed", failed: "failed", not_sent: "not-sent", not_needed: "skipped" };

/** The calls of one test side by side, in the order they were made. */
export function OutcomeLanes({
  lanes,
  onAction,
}: {
  lanes: readonly TestLane[];
  onAction: (action: NonNullable<LaneProblem["action"]>) => void;
}) {
  const shown = lanes.filter((lane) => lane.state !== "not_needed");
  return (
    <Lanes count={countOf(shown.length)} parts={3}>
      {shown.map((lane) => (
        <Lane key={lane.kind} title={LANE_TITLES[lane.kind]} state={STATES[lane.state]} time={timeOf(lane.durationMs)}>
          <LanePart>
            {lane.request ? <RequestPart request={lane.request} label={LANE_TITLES[lane.kind]} /> : <p className="text-2">{lane.note}</p>}
          </LanePart>
          <LanePart>
            {lane.response && (
              <ResponseViewer response={lane.response} durationMs={lane.durationMs} label={`${LANE_TITLES[lane.kind]} response`} />
            )}
          </LanePart>
          <LanePart>
            <Findings lane={lane} onAction={onAction} />
          </LanePart>
        </Lane>
      ))}
    </Lanes>
  );
}

/** Before the first answer: which calls are made, and which one is under way. */
export function RunningLanes({ kinds, seconds, children }: { kinds: readonly LaneKind[]; seconds: number; children?: ReactNode }) {
  return (
    <Lanes count={countOf(kinds.length)} parts={1}>
      {kinds.map((kind, index) => (
        <Lane
          key={kind}
          title={LANE_TITLES[kind]}
          state={index === 0 ? "running" : "waiting"}
          time={index === 0 ? `${seconds.toFixed(1)} s` : undefined}
        >
          <LanePart>
            {index === 0 ? (
              children
            ) : (
              <p className="text-3">Sent when the {LANE_TITLES[kinds[index - 1]!].toLowerCase().replace("api", "API")} has passed</p>
            )}
          </LanePart>
        </Lane>
      ))}
    </Lanes>
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
      <HttpMessage label={`${label} request`} headers={headers} body={request.body?.replaceAll("&", "\n")} />
    </>
  );
}

function Findings({ lane, onAction }: { lane: TestLane; onAction: (action: NonNullable<LaneProblem["action"]>) => void }) {
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
            problem.action && (
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
