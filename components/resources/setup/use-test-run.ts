"use client";

import { useEffect, useEffectEvent, useState } from "react";
import { toast } from "#components/ui/toast.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { setupStepPath } from "#lib/paths.ts";
import { fieldsOf, testFieldId } from "./credential-fields.tsx";
import { useSetup } from "./setup-context.ts";
import type { TestAnswer } from "./setup-types.ts";

export type TestRun = ReturnType<typeof useTestRun>;

/** Send Test Request: save what is typed, secrets included, then make the calls. Ctrl or Cmd with Enter does the same. */
export function useTestRun() {
  const setup = useSetup();
  const [startedAt, setStartedAt] = useState<number | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);

  const run = async () => {
    if (startedAt !== null) return;
    setRefusal(null);
    setStartedAt(Date.now());
    try {
      if (!(await setup.save())) return setRefusal("The draft isn’t saved yet, so nothing was sent.");
      const missing = missingValues();
      if (missing.length > 0) {
        setRefusal(`Nothing was sent. Fill in ${missing.map(({ label }) => label).join(", ")}.`);
        return document.getElementById(testFieldId(missing[0]!.key))?.focus();
      }
      const answer = await sendTest(setup.projectId, setup.resourceId, typedValues());
      if (!answer.ok) return setRefusal(answer.error.message);
      setup.setLastTest(answer.data.report);
      setup.setKept(answer.data.kept);
      setup.clearTyped();
    } finally {
      setStartedAt(null);
    }
  };

  /** Only what was typed here: the rest is kept on the server. An emptied plain field clears what is kept. */
  const typedValues = (): Record<string, string | null> => {
    const { typed, kept } = setup.testValues;
    const entries = fieldsOf(setup.draft).flatMap(({ key }): [string, string | null][] => {
      const value = typed[key];
      if (value === undefined) return [];
      if (value === "") return kept[key] ? [[key, null]] : [];
      return [[key, value]];
    });
    return Object.fromEntries(entries);
  };

  /** What a test can't do without, by the labels on this page. */
  const missingValues = (): { key: string; label: string }[] => {
    const { typed, kept } = setup.testValues;
    const fields = fieldsOf(setup.draft);
    const isEmpty = (key: string) => (typed[key] === undefined ? !kept[key] : typed[key] === "");
    const missing = fields.filter(({ key, required }) => required && isEmpty(key));
    const lacksTokens = fields.some(({ kind }) => kind === "token") && isEmpty("access_token") && isEmpty("refresh_token");
    return lacksTokens ? [...missing, { key: "access_token", label: "Access Token or Refresh Token" }] : missing;
  };

  const clear = async () => {
    const answer = await setup.actions.clearTest({ projectId: setup.projectId, resourceId: setup.resourceId }).catch(() => null);
    if (!answer?.ok) return toast.error({ title: "Not cleared", text: answer?.error.message ?? "The server can’t be reached. Try again." });
    setup.setKept(answer.data.kept);
    setup.clearTyped();
    setup.form.setValue("testInputs", {}, { shouldDirty: true });
    toast.success({ title: "Test credentials cleared" });
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

  return { startedAt, refusal, start: () => void run(), clear: () => void clear() };
}

async function sendTest(projectId: string, resourceId: string, values: Record<string, string | null>): Promise<ActionResult<TestAnswer>> {
  const address = setupStepPath(projectId, resourceId, "test-and-publish").replace(/test-and-publish$/, "test");
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ values }),
    });
    return (await response.json()) as ActionResult<TestAnswer>;
  } catch {
    const message = "The server didn’t answer, so it isn’t known whether the calls were made. Send the test request again.";
    return { ok: false, error: { code: "unavailable", message, requestId: "" } };
  }
}
