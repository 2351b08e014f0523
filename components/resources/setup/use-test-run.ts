"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { toast } from "#components/ui/toast.tsx";
import type { TestLane } from "#lib/connections/schema.ts";
import { useSetup } from "./setup-context.ts";
import type { TestAnswer } from "./setup-types.ts";
import type { TestCalls } from "./use-test-calls.ts";

export type TestRun = ReturnType<typeof useTestRun>;

/** Send Test Request, lane by lane. Ctrl or Cmd with Enter does the same. */
export function useTestRun(calls: TestCalls) {
  const setup = useSetup();
  const [lanes, setLanes] = useState<readonly TestLane[]>([]);

  const run = async () => {
    setLanes([]);
    const onEvent = (lane: TestLane) => setLanes((before) => [...before, lane]);
    const answer = await calls.make<TestLane, TestAnswer>("test", { onEvent });
    if (!answer) return;
    setup.setLastTest(answer.report);
    setup.clearTyped();
  };

  const clear = async (): Promise<string | null> => {
    const answer = await setup.actions.clearTest({ projectId: setup.projectId, resourceId: setup.resourceId }).catch(() => null);
    if (!answer?.ok) return answer?.error.message ?? "The server can’t be reached. Try again.";
    setup.setKept(answer.data.kept);
    setup.clearTyped();
    setup.form.setValue("testInputs", {}, { shouldDirty: true });
    toast.success({ title: "Test credentials cleared" });
    return null;
  };

  const press = useEffectEvent((event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    void run();
  });
  useEffect(() => {
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, []);

  return { lanes, start: () => void run(), clear };
}
