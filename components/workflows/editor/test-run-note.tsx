"use client";

import { CircleCheck, CircleX, ShieldQuestion, X } from "lucide-react";
import { formatLength } from "#components/runs/run-words.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Status } from "#components/ui/status.tsx";
import type { StepTests } from "./use-step-tests.ts";

export interface TestRunNoteProps {
  tests: StepTests;
  nameOf: (stepId: string) => string;
}

/** Over the canvas: how the test of the whole chain went. */
export function TestRunNote({ tests, nameOf }: TestRunNoteProps) {
  const { testRun } = tests;
  if (!testRun) return null;
  const { state, steps, ms, stoppedAt } = testRun;
  const passed = steps === 1 ? "1 step" : `${steps} steps`;
  return (
    <div className="flow-note" role="status">
      {state === "running" && <Status tone="info">Testing…</Status>}
      {state === "passed" && (
        <>
          <Status tone="success" icon={<CircleCheck aria-hidden />}>
            Test run passed
          </Status>
          <span className="text-12 text-3">
            as the test user, {passed}, {formatLength(ms)}
          </span>
        </>
      )}
      {stoppedAt && <Stopped asks={tests.of(stoppedAt)?.state === "asks"} name={nameOf(stoppedAt)} />}
      {state !== "running" && (
        <IconButton size="small" label="Clear the test run" icon={<X aria-hidden className="icon-s" />} onClick={tests.clear} />
      )}
    </div>
  );
}

function Stopped({ asks, name }: { asks: boolean; name: string }) {
  return asks ? (
    <Status tone="warning" icon={<ShieldQuestion aria-hidden />}>
      Waits at {name}: it changes something
    </Status>
  ) : (
    <Status tone="danger" icon={<CircleX aria-hidden />}>
      Stopped at {name}
    </Status>
  );
}
