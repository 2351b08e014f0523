"use client";

import { CircleCheck, CircleX, Play } from "lucide-react";
import { useEffect, useState } from "react";
import { formatReport } from "#components/requests/format-report.ts";
import { OutcomeLanes, RunningLanes } from "#components/requests/outcome-lanes.tsx";
import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Note } from "#components/ui/note.tsx";
import { Progress } from "#components/ui/progress.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Status } from "#components/ui/status.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { toast } from "#components/ui/toast.tsx";
import type { LaneKind, LaneProblem, TestReport } from "#lib/connections/schema.ts";
import type { ResourceDraft } from "#lib/resources/schema.ts";
import { ConnectExamples } from "./connect-examples.tsx";
import { CredentialFields, fieldsOf } from "./credential-fields.tsx";
import { fieldLink } from "./field-link.ts";
import { type DraftPath, DraftText, useDraftField } from "./fields.tsx";
import { MovedSecrets } from "./moved-secrets.tsx";
import { PublishNotes } from "./publish-notes.tsx";
import { RequestEditor } from "./request-editor.tsx";
import { useSetup } from "./setup-context.ts";
import { stepOfPath } from "./step-states.ts";
import { type TestRun, useTestRun } from "./use-test-run.ts";

export function TestStep() {
  const { draft, lastTest } = useSetup();
  const run = useTestRun();
  return (
    <>
      <WizardHead title="Test and Publish">One real call through this definition, then the code for your app.</WizardHead>
      <div className="stack">
        <TestRequestCard />
        <CredentialsCard run={run} />
        <MovedSecrets />
        {run.refusal && <Refusal run={run} />}
        {run.startedAt !== null ? <Running draft={draft} startedAt={run.startedAt} /> : lastTest && <Result report={lastTest} />}
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

function CredentialsCard({ run }: { run: TestRun }) {
  const { draft, testValues } = useSetup();
  const fields = fieldsOf(draft);
  return (
    <Card
      title={draft.level === "app" ? "App credentials" : "Test credentials"}
      note="Kept sealed when you send, and used again by the next test."
      actions={
        Object.keys(testValues.kept).length > 0 && (
          <Button variant="ghost" size="small" onClick={run.clear}>
            Clear
          </Button>
        )
      }
    >
      <div className="setup-credentials">
        <CredentialFields />
        {fields.length === 0 && <p className="self-center text-2">This resource asks for nothing: the client’s own values are enough.</p>}
        <div className="setup-send">
          <Button
            variant="primary"
            busy={run.startedAt !== null}
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

function Refusal({ run }: { run: TestRun }) {
  const { problems, projectId, resourceId } = useSetup();
  return (
    <Note tone="danger" role="alert" title={run.refusal}>
      {problems.length > 0 && (
        <ul className="mt-1 grid gap-0.5">
          {problems.map((problem) => (
            <li key={problem.path}>
              <Link href={fieldLink(projectId, resourceId, problem)}>{problem.label}</Link>: {problem.message}
            </li>
          ))}
        </ul>
      )}
    </Note>
  );
}

function lanesOf(draft: ResourceDraft): LaneKind[] {
  return [
    ...(draft.authType === "api_key" ? [] : ["token" as const]),
    "call",
    ...(draft.level === "user" && draft.profile.enabled ? ["profile" as const] : []),
  ];
}

function Running({ draft, startedAt }: { draft: ResourceDraft; startedAt: number }) {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((Date.now() - startedAt) / 1_000), 100);
    return () => clearInterval(timer);
  }, [startedAt]);
  const limit = draft.behaviour.timeoutMs / 1_000;
  return (
    <section aria-label="Result">
      <div className="setup-result" role="status">
        <h2>Result</h2>
        <span className="text-3">Sending the test request</span>
      </div>
      <RunningLanes kinds={lanesOf(draft)} seconds={seconds}>
        <div className="flex flex-wrap items-center gap-2">
          <span className="text-3">Waiting for the answer</span>
          <Progress className="ml-auto" label="Time used" value={Math.min(seconds, limit)} max={limit} />
          <span className="text-12 text-3">of {limit} s</span>
        </div>
      </RunningLanes>
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
