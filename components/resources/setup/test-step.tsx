"use client";

import { CircleCheck, CircleX, Play } from "lucide-react";
import { useState } from "react";
import { formatReport } from "#components/requests/format-report.ts";
import { LANE_TITLES } from "#components/requests/lane-titles.ts";
import { LaneRow, OutcomeLanes } from "#components/requests/lazy-lanes.tsx";
import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { LaneKind, LaneProblem, TestLane, TestReport } from "#lib/connections/schema.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { CallRefusal } from "./call-refusal.tsx";
import { ConnectExamples } from "./connect-examples.tsx";
import { CredentialFields, fieldsOf } from "./credential-fields.tsx";
import { DrillCard } from "./drill-card.tsx";
import { type DraftPath, DraftText, useDraftField } from "./fields.tsx";
import { FindCombination } from "./find-combination.tsx";
import { MovedSecrets } from "./moved-secrets.tsx";
import { PublishNotes } from "./publish-notes.tsx";
import { RequestEditor } from "./request-editor.tsx";
import { useSetup } from "./setup-context.ts";
import { stepOfPath } from "./step-states.ts";
import { TimeUsed } from "./time-used.tsx";
import { useSecondsSince } from "./use-seconds-since.ts";
import { type TestCalls, useTestCalls } from "./use-test-calls.ts";
import { type TestRun, useTestRun } from "./use-test-run.ts";

const ConfirmDialog = lazyDialog(async () => (await import("#components/ui/confirm-dialog.tsx")).ConfirmDialog);

export function TestStep() {
  const { draft, lastTest } = useSetup();
  const calls = useTestCalls();
  const run = useTestRun(calls);
  const { running, refusal } = calls;
  return (
    <>
      <WizardHead title="Test and Publish">One real call through this definition, then the code for your app.</WizardHead>
      <div className="stack">
        <TestRequestCard />
        <CredentialsCard run={run} calls={calls} />
        <MovedSecrets />
        {refusal?.call === "test" && <CallRefusal message={refusal.message} />}
        {running?.call === "test" ? (
          <Running draft={draft} startedAt={running.startedAt} lanes={run.lanes} />
        ) : (
          lastTest && <Result report={lastTest} />
        )}
        <FindCombination calls={calls} />
        <DrillCard calls={calls} />
      </div>
      <ConnectExamples />
      <PublishNotes />
    </>
  );
}

function TestRequestCard() {
  const verify = useDraftField<boolean>("test.verifyOnConnect");
  const { draft } = useSetup();
  return (
    <Card title="Test Request" note="A harmless call that any user may make.">
      <RequestEditor path="test.request" place="request" />
      <div className="setup-grid mt-4 items-end">
        <DraftText
          path="test.expectPath"
          label="Path that must exist"
          mark="optional"
          mono
          placeholder="$.data[0].id"
          hint="Any 2xx passes; with a path, it must hold a value too."
        />
        {draft.level !== "app" && (
          <div className="flex items-start gap-3 pb-6">
            <Switch label="Verify on connect" checked={verify.value} onCheckedChange={verify.set} />
            <span>
              <b>Verify on connect</b>
              <span className="block text-12 text-3">Make this request at each connect; one that fails refuses the connection.</span>
            </span>
          </div>
        )}
      </div>
    </Card>
  );
}

function CredentialsCard({ run, calls }: { run: TestRun; calls: TestCalls }) {
  const { draft, testValues } = useSetup();
  const [clearing, setClearing] = useState(false);
  const fields = fieldsOf(draft);
  return (
    <Card
      title={draft.level === "app" ? "App credentials" : "Test credentials"}
      note="Kept sealed when you send, and used again by the next test."
      actions={
        Object.keys(testValues.kept).length > 0 && (
          <>
            <Button variant="ghost" size="small" onClick={() => setClearing(true)}>
              Clear
            </Button>
            <ClearDialog open={clearing} onOpenChange={setClearing} clear={run.clear} />
          </>
        )
      }
    >
      <div className="setup-credentials">
        <CredentialFields />
        {fields.length === 0 && <p className="self-center text-2">This resource asks for nothing: the client’s own values are enough.</p>}
        <div className="setup-send">
          <Button
            variant="primary"
            busy={calls.running?.call === "test"}
            busyLabel="Sending…"
            onClick={run.start}
            aria-keyshortcuts="Control+Enter Meta+Enter"
          >
            <Play aria-hidden />
            Send Test Request
          </Button>
        </div>
      </div>
    </Card>
  );
}

/** What was pasted can't be brought back from here: a rotated refresh token stands nowhere else. */
function ClearDialog({ open, onOpenChange, clear }: { open: boolean; onOpenChange: (open: boolean) => void; clear: TestRun["clear"] }) {
  const { draft, name } = useSetup();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const isApp = draft.level === "app";
  const confirm = async () => {
    setBusy(true);
    const problem = await clear();
    setBusy(false);
    setError(problem);
    if (!problem) onOpenChange(false);
  };
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={isApp ? "Clear the app credentials?" : "Clear the test credentials?"}
      text={
        isApp
          ? `What was typed for ${name} since it was last published is forgotten. The live credential stays, and Finish replaces it.`
          : `The test user’s values for ${name} are forgotten at once, the newest refresh token too. Tests need them typed again.`
      }
      action="Clear"
      busyAction="Clearing…"
      busy={busy}
      error={error}
      onConfirm={() => void confirm()}
    />
  );
}

function lanesOf(draft: ResourceDraft): LaneKind[] {
  return [
    ...(draft.authType === "api_key" ? [] : ["token" as const]),
    "call",
    ...(draft.level === "user" && draft.profile.enabled ? ["profile" as const] : []),
  ];
}

function Running({ draft, startedAt, lanes }: { draft: ResourceDraft; startedAt: number; lanes: readonly TestLane[] }) {
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
