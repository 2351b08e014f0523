"use client";

import { Play } from "lucide-react";
import { useState } from "react";
import { WizardHead } from "#components/shell/wizard-shell.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { CallRefusal } from "./call-refusal.tsx";
import { CredentialFields } from "./credential-fields.tsx";
import { useDraftField } from "./draft-field.ts";
import { DraftText } from "./fields.tsx";
import { isClientRefused } from "./is-client-refused.ts";
import { ConnectExamples, DrillCard, TestResult } from "./lazy-test-parts.tsx";
import { MovedSecrets } from "./moved-secrets.tsx";
import { PublishNotes } from "./publish-notes.tsx";
import { RequestEditor } from "./request-editor.tsx";
import { useSetup } from "./setup-context.ts";
import { fieldsOf } from "./supplied-fields.ts";
import { type TestCalls, useTestCalls } from "./use-test-calls.ts";
import { type TestRun, useTestRun } from "./use-test-run.ts";

const FindCombination = lazyPart(async () => (await import("./find-combination.tsx")).FindCombination);
const ClearDialog = lazyDialog(async () => (await import("./clear-dialog.tsx")).ClearDialog);

export function TestStep() {
  const { draft, lastTest } = useSetup();
  const calls = useTestCalls();
  const run = useTestRun(calls);
  const { running, refusal } = calls;
  const isTesting = running?.call === "test";
  // Once offered it stays: what it tried is shown beside the test that then passes.
  const [offersFind, setOffersFind] = useState(false);
  if (!offersFind && isClientRefused(draft, lastTest)) setOffersFind(true);
  return (
    <>
      <WizardHead title="Test and Publish">One real call through this definition, then the code for your app.</WizardHead>
      <div className="stack">
        <TestRequestCard />
        <CredentialsCard run={run} calls={calls} />
        <MovedSecrets />
        {refusal?.call === "test" && <CallRefusal message={refusal.message} />}
        {(isTesting || lastTest) && (
          <TestResult report={lastTest} run={isTesting ? { startedAt: running.startedAt, lanes: run.lanes } : null} />
        )}
        {offersFind && <FindCombination calls={calls} />}
        {draft.authType && draft.authType !== "api_key" && <DrillCard calls={calls} />}
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
