"use client";

import { Play } from "lucide-react";
import { JsonText } from "#components/requests/json-text.tsx";
import { RequestPart } from "#components/requests/outcome-lanes.tsx";
import { ResponseViewer } from "#components/requests/response-viewer.tsx";
import { Button, ButtonLink } from "#components/ui/button.tsx";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { HttpMessage } from "#components/ui/http-message.tsx";
import { Note } from "#components/ui/note.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { setupStepPath } from "#lib/paths.ts";
import type { StepSample, StepTest } from "./editor-types.ts";
import { StepTestBadge } from "./step-test-badge.tsx";

export interface StepResultProps {
  projectId: string;
  test: StepTest | undefined;
  sample: StepSample | undefined;
  isRunning: boolean;
  /** Sends what the write guard held back. */
  onConfirm: () => void;
  onRun?: () => void;
}

/** How the last test went: what was sent, what came back, and the sample that later steps are written with. */
export function StepResult({ projectId, test, sample, isRunning, onConfirm, onRun }: StepResultProps) {
  if (isRunning && !test) {
    return (
      <div role="status" aria-label="Testing the step">
        <Skeleton className="mb-3 h-5 w-28" />
        <Skeleton className="h-40 w-full" />
      </div>
    );
  }
  return (
    <div className="stack" role="status" aria-busy={isRunning || undefined}>
      {test ? (
        <Outcome projectId={projectId} test={test} onConfirm={onConfirm} />
      ) : (
        <NotYet hasSample={sample !== undefined} onRun={onRun} />
      )}
      {sample && test?.state !== "asks" && <SampleView sample={sample} />}
    </div>
  );
}

function Outcome({ projectId, test, onConfirm }: Pick<StepResultProps, "projectId" | "onConfirm"> & { test: StepTest }) {
  const { state, problem, request, response, durationMs } = test;
  return (
    <>
      {state === "asks" ? (
        <Note
          tone="warning"
          title="This request changes something."
          action={
            <Button size="small" onClick={onConfirm}>
              Send {request?.method} as the test user
            </Button>
          }
        >
          A test sends GET by itself. Look at what would go out, then send it.
        </Note>
      ) : (
        <p>
          <StepTestBadge test={test} />
        </p>
      )}
      {problem && (
        <Note
          tone="danger"
          title={problem.message}
          action={
            problem.setUp && (
              <ButtonLink size="small" href={setupStepPath(projectId, problem.setUp.resourceId, "test-and-publish")}>
                Go to Resource Setup
              </ButtonLink>
            )
          }
        >
          {problem.fix}
        </Note>
      )}
      {request && (
        <section>
          <h3 className="mb-2">{state === "asks" ? "Would be sent" : "Sent"}</h3>
          <RequestPart request={request} label="Step" />
        </section>
      )}
      {response && (
        <section>
          <h3 className="mb-2">Came back</h3>
          <ResponseViewer response={response} durationMs={durationMs} label="response of the step" />
        </section>
      )}
    </>
  );
}

function NotYet({ hasSample, onRun }: { hasSample: boolean; onRun?: () => void }) {
  return (
    <div>
      <p className="text-2">
        {hasSample
          ? "Not tested since the page was opened. The sample below is from the last test."
          : "Not tested yet. A test runs this step alone, as the test user, with the samples of what comes before it."}
      </p>
      {onRun && (
        <Button size="small" className="mt-3" onClick={onRun}>
          <Play aria-hidden />
          Test step
        </Button>
      )}
    </div>
  );
}

/** What templates read. */
export function SampleView({ sample, title = "Sample for later steps" }: { sample: StepSample; title?: string }) {
  const text = JSON.stringify(sample.value, null, 2) ?? "null";
  return (
    <section>
      <div className="mb-2 flex items-baseline gap-2">
        <h3>{title}</h3>
        <span className="text-12 text-3">
          {sample.from}, <RelativeTime date={sample.at} />
        </span>
      </div>
      <div className="req-body">
        <HttpMessage
          label={title}
          headers={[]}
          body={<JsonText text={text} />}
          tools={<CopyButton text={text} label={`Copy ${title.toLowerCase()}`} />}
        />
      </div>
    </section>
  );
}
