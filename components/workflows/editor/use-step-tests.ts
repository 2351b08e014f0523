"use client";

import { useState } from "react";
import type { ActionResult } from "#lib/errors.ts";
import type { StepSamples, StepTest, StepTestAnswer } from "./editor-types.ts";

export type SendStepTest = (input: { stepId: string; confirmed: boolean }) => Promise<ActionResult<StepTestAnswer>>;

/** Tests of steps, one at a time: what each said last, and the samples that they leave behind. */
export function useStepTests({ samples: first, save, send }: { samples: StepSamples; save: () => Promise<boolean>; send: SendStepTest }) {
  const [results, setResults] = useState<Record<string, StepTest>>({});
  const [samples, setSamples] = useState(first);
  const [running, setRunning] = useState<string | null>(null);

  const run = async (stepId: string, confirmed = false) => {
    if (running) return;
    setRunning(stepId);
    const answer = (await save()) ? await send({ stepId, confirmed }).catch(() => null) : undefined;
    setRunning(null);
    const test = answer?.ok ? answer.data.test : failed(answer);
    setResults((before) => ({ ...before, [stepId]: test }));
    const sample = answer?.ok ? answer.data.sample : null;
    if (sample) setSamples((before) => ({ ...before, [stepId]: sample }));
  };

  return {
    running,
    samples,
    run,
    of: (stepId: string): StepTest | undefined => results[stepId],
    setSample: (id: string, sample: StepSamples[string]) => setSamples((before) => ({ ...before, [id]: sample })),
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
