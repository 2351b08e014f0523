"use client";

import { CircleCheck, CircleX } from "lucide-react";
import { formatReport } from "#components/requests/format-report.ts";
import { LANE_TITLES } from "#components/requests/lane-titles.ts";
import { LaneRow, OutcomeLanes } from "#components/requests/lazy-lanes.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { LaneKind, LaneProblem, TestLane, TestReport } from "#lib/connections/schema.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import type { DraftPath } from "./draft-field.ts";
import { useSetup } from "./setup-context.ts";
import { stepOfPath } from "./step-states.ts";
import { TimeUsed } from "./time-used.tsx";
import { useSecondsSince } from "./use-seconds-since.ts";

/** What the test request brings as it runs, then what it brought. */
export function TestResult({ report, run }: { report: TestReport | null; run: { startedAt: number; lanes: readonly TestLane[] } | null }) {
  return run ? <Running {...run} /> : report && <Result report={report} />;
}

function lanesOf(draft: ResourceDraft): LaneKind[] {
  return [
    ...(draft.authType === "api_key" ? [] : ["token" as const]),
    "call",
    ...(draft.level === "user" && draft.profile.enabled ? ["profile" as const] : []),
  ];
}

function Running({ startedAt, lanes }: { startedAt: number; lanes: readonly TestLane[] }) {
  const { draft } = useSetup();
  const ended = new Map(lanes.map((lane) => [lane.kind, lane]));
  const kinds = lanesOf(draft).filter((kind) => ended.get(kind)?.state !== "not_needed");
  const seconds = useSecondsSince(`${startedAt} ${lanes.length}`);
  const shown = kinds.map((kind, index) => ({
    key: kind,
    title: LANE_TITLES[kind],
    lane: ended.get(kind),
    waitsFor: LANE_TITLES[kinds[index - 1] ?? kind].replace(/^Token/, "token"),
  }));
  return (
    <section aria-label="Result">
      <div className="setup-result" role="status">
        <h2>Result</h2>
        <span className="text-3">Sending the test request</span>
      </div>
      <LaneRow lanes={shown} seconds={seconds}>
        <TimeUsed seconds={seconds} limitMs={draft.behaviour.timeoutMs} />
      </LaneRow>
    </section>
  );
}

function Result({ report }: { report: TestReport }) {
  const { name, draft, form, reveal } = useSetup();
  const sent = report.lanes.filter((lane) => lane.state !== "not_needed");
  const passed = sent.filter((lane) => lane.state === "passed").length;

  const act = ({ path, value, label }: NonNullable<LaneProblem["action"]>) => {
    if (value === undefined) return reveal(stepOfPath(draft, path), path);
    form.setValue(path as DraftPath, value as never, { shouldDirty: true });
    toast.success({ title: label.replaceAll("`", ""), text: "Set. Send Test Request shows whether it was that." });
  };
  return (
    <section aria-label="Result">
      <div className="setup-result" role="status">
        <h2>Result</h2>
        <Status tone={report.passed ? "success" : "danger"} icon={report.passed ? <CircleCheck aria-hidden /> : <CircleX aria-hidden />}>
          {passed} of {sent.length} {sent.length === 1 ? "call" : "calls"} passed
        </Status>
        <span className="text-3">
          <RelativeTime date={report.at} />, {Math.round(report.durationMs)} ms
        </span>
        <span className="ml-auto" />
        <CopyButton variant="default" text={formatReport(name, report)} label="Copy redacted report">
          Copy redacted report
        </CopyButton>
      </div>
      <OutcomeLanes lanes={report.lanes} onAction={act} />
    </section>
  );
}
