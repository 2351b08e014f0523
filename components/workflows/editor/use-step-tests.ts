"use client";

import { type Dispatch, type SetStateAction, useRef, useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import type { Step } from "#lib/workflows/schema.ts";
import type { StepSamples, StepTest, StepTestAnswer } from "./editor-types.ts";
import { type Passed, walkTest } from "./walk-test.ts";

export type SendStepTest = (input: { stepId: string; confirmed: boolean }) => Promise<ActionResult<StepTestAnswer>>;

/** How a test of the whole chain went, or goes. `stoppedAt`: the step that failed, or asks before it sends. */
export type TestRun = { state: "running" | "passed" | "stopped"; steps: number; ms: number; stoppedAt: string | null };

/** Held by whoever outlives the draft: a restored one is read with the same samples. */
export type KeptSamples = [StepSamples, Dispatch<SetStateAction<StepSamples>>];

type Options = {
  samples: KeptSamples;
  save: () => Promise<boolean>;
  send: SendStepTest;
  /** Shows a step: the test of the chain has ended there. */
  onStop: (stepId: string) => void;
};

/** Tests of steps, one at a time or all in a row: what each said last, and the samples that they leave behind. */
export function useStepTests({ samples: [samples, setSamples], save, send, onStop }: Options) {
  const [results, setResults] = useState<Record<string, StepTest>>({});
  const [running, setRunning] = useState<string | null>(null);
  const [testRun, setTestRun] = useState<TestRun | null>(null);
  /** The chain's test that has stopped at a step, which may still be let through. */
  const open = useRef<{ steps: readonly Step[]; passed: Passed; ms: number } | null>(null);

  const testOne = async (stepId: string, confirmed: boolean): Promise<StepTestAnswer> => {
    setRunning(stepId);
    const result = (await save()) ? await send({ stepId, confirmed }).catch(() => null) : undefined;
    setRunning(null);
    const answer = result?.ok ? result.data : { test: failed(result), sample: null };
    setResults((before) => ({ ...before, [stepId]: answer.test }));
    const { sample } = answer;
    if (sample) setSamples((before) => ({ ...before, [stepId]: sample }));
    return answer;
  };

  const goOn = async (walk: NonNullable<typeof open.current>) => {
    const begun = Date.now();
    const tell = (state: TestRun["state"], stoppedAt: string | null) =>
      setTestRun({ state, steps: walk.passed.size, ms: walk.ms + Date.now() - begun, stoppedAt });
    tell("running", null);
    const stoppedAt = await walkTest(walk.steps, walk.passed, (id) => testOne(id, false));
    tell(stoppedAt ? "stopped" : "passed", stoppedAt);
    open.current = stoppedAt ? { ...walk, ms: walk.ms + Date.now() - begun } : null;
    if (stoppedAt) onStop(stoppedAt);
  };

  const isBusy = running !== null || testRun?.state === "running";
  return {
    running,
    samples,
    testRun,
    of: (stepId: string): StepTest | undefined => results[stepId],
    run: async (stepId: string, confirmed = false) => {
      if (isBusy) return;
      const walk = open.current;
      const { test, sample } = await testOne(stepId, confirmed);
      if (!confirmed || test.state !== "passed" || walk === null || testRun?.stoppedAt !== stepId) return;
      walk.passed.set(stepId, sample?.value);
      await goOn(walk);
    },
    /** From the first step on. What changes something stops it, and goes on once it is sent. */
    runAll: async (steps: readonly Step[]) => {
      if (!isBusy) await goOn({ steps, passed: new Map(), ms: 0 });
    },
    clear: () => {
      open.current = null;
      setTestRun(null);
    },
  };
}
export type StepTests = ReturnType<typeof useStepTests>;

function failed(answer: ActionResult<StepTestAnswer> | null | undefined): StepTest {
  if (answer === undefined)
    return {
      state: "failed",
      summary: "Not sent",
      problem: { message: "The draft isn’t saved.", fix: "The top bar says why. Test again then." },
    };
  if (answer === null || answer.ok)
    return {
      state: "failed",
      summary: "Not sent",
      problem: { message: "The server can’t be reached.", fix: "Check the connection and test again." },
    };
  return { state: "failed", summary: "Not sent", problem: { message: answer.error.message, fix: "" } };
}
