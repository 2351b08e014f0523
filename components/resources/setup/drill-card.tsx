"use client";

import { KeyRound, RefreshCw, Send } from "lucide-react";
import { useState } from "react";
import { LaneRow } from "#components/requests/lazy-lanes.tsx";
import type { ShownLane } from "#components/requests/outcome-lanes.tsx";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { LateConfirmDialog } from "#components/ui/late-confirm-dialog.tsx";
import { Note } from "#components/ui/note.tsx";
import type { DrillStep, DrillStepKind } from "#lib/connections/schema.ts";
import { LearnedFacts } from "../learned-facts.tsx";
import { CallRefusal } from "./call-refusal.tsx";
import { useSetup } from "./setup-context.ts";
import type { DrillAnswer } from "./setup-types.ts";
import { TimeUsed } from "./time-used.tsx";
import { useSecondsSince } from "./use-seconds-since.ts";
import type { TestCalls } from "./use-test-calls.ts";

/** Two rows of lanes: a refresh and its call, then the same again with a look at what is left of the first. */
const ROWS: readonly (readonly { step: DrillStepKind; title: string; waitsFor?: string }[])[] = [
  [
    { step: "first_refresh", title: "First refresh" },
    { step: "first_call", title: "First test request", waitsFor: "first refresh" },
  ],
  [
    { step: "second_refresh", title: "Second refresh", waitsFor: "first test request" },
    { step: "second_call", title: "Second test request", waitsFor: "second refresh" },
    { step: "old_token", title: "Old access token", waitsFor: "second test request" },
  ],
];

/** Refresh drill: what an API does to tokens, found out before users depend on it. */
export function DrillCard({ calls }: { calls: TestCalls }) {
  const setup = useSetup();
  const { draft, learned } = setup;
  const [steps, setSteps] = useState<readonly DrillStep[]>([]);
  const [asking, setAsking] = useState(false);
  const isRunning = calls.running?.call === "drill";

  const run = async () => {
    setAsking(false);
    setSteps([]);
    const onEvent = (step: DrillStep) => setSteps((before) => [...before, step]);
    const answer = await calls.make<DrillStep, DrillAnswer>("drill", { onEvent });
    if (!answer) return;
    setSteps(answer.report.steps);
    if (answer.report.learned) setup.setLearned(answer.report.learned);
    setup.clearTyped();
  };
  const refreshes = draft.authType === "oauth2_refresh_token";
  const failed = !isRunning && steps.some(({ lane }) => lane.state === "failed");
  return (
    <Card title="Refresh drill" note="How this API treats its tokens, before users depend on it.">
      <div className="flex flex-wrap items-center gap-3">
        <p className="min-w-0 flex-1 basis-80 text-2">
          {refreshes ? "Refreshes twice" : "Asks for a token twice"} and sends the test request after each: how long tokens live,
          {refreshes && " whether the refresh token rotates,"} whether an old access token still works, and whether the scope changes.
        </p>
        <Button busy={isRunning} busyLabel="Drilling…" onClick={() => (refreshes ? setAsking(true) : void run())}>
          <RefreshCw aria-hidden />
          Run refresh drill
        </Button>
      </div>
      {calls.refusal?.call === "drill" && (
        <div className="mt-3">
          <CallRefusal message={calls.refusal.message} />
        </div>
      )}
      {(isRunning || steps.length > 0) && <DrillLanes steps={steps} isRunning={isRunning} />}
      <div role="status">
        {failed && (
          <Note tone="warning" className="mt-4" title="The drill stopped at the call that failed.">
            The newest tokens are kept, so the test goes on with them. Fix what the lane says, then run it again.
          </Note>
        )}
        {!isRunning && steps.length === ROWS.flat().length && <p className="mt-4 font-medium">The drill went through.</p>}
      </div>
      {!isRunning && learned && <LearnedFacts learned={learned} className="mt-2 max-w-[440px]" />}
      <DrillDialog open={asking} onOpenChange={setAsking} onConfirm={() => void run()} />
    </Card>
  );
}

function DrillLanes({ steps, isRunning }: { steps: readonly DrillStep[]; isRunning: boolean }) {
  const { draft } = useSetup();
  const ended = new Map(steps.map(({ step, lane }) => [step, lane]));
  const seconds = useSecondsSince(`${isRunning} ${steps.length}`);
  const rows = ROWS.map((row) => row.map(({ step, ...words }): ShownLane => ({ key: step, ...words, lane: ended.get(step) })));
  const at = rows.findIndex((row) => row.some(({ lane }) => !lane));
  return (
    <div className="mt-4 grid gap-4">
      {rows.map((row, index) => (
        // Rows that wait for another row have nothing under way.
        <LaneRow key={row[0]!.key} lanes={row} seconds={isRunning ? seconds : undefined} isNext={index > at}>
          <TimeUsed seconds={seconds} limitMs={draft.behaviour.timeoutMs} />
        </LaneRow>
      ))}
    </div>
  );
}

function DrillDialog(props: { open: boolean; onOpenChange: (open: boolean) => void; onConfirm: () => void }) {
  const { draft, testValues } = useSetup();
  const { method, path } = draft.test.request;
  const isTyped = Boolean(testValues.typed.refresh_token);
  return (
    <LateConfirmDialog
      {...props}
      danger={false}
      title="Run the refresh drill?"
      text={`The ${isTyped ? "refresh token that you pasted" : "kept refresh token"} may be used up: where the API rotates them, only the newest works afterwards. It is kept here, sealed, and the next test goes on with it. A copy elsewhere will be dead.`}
      touched={[
        { key: "token", icon: <KeyRound aria-hidden />, children: <b>2 token calls</b> },
        {
          key: "call",
          icon: <Send aria-hidden />,
          children: (
            <>
              <b>3 test requests</b>, <code>{`${method} ${path}`}</code>
              {method !== "GET" && method !== "HEAD" && ": each may change something at the API"}
            </>
          ),
        },
      ]}
      action="Run refresh drill"
    />
  );
}
