"use client";

import { useState } from "react";
import { preloadLanes } from "#components/requests/lazy-lanes.tsx";
import { type SetupCall, setupCallPath } from "#lib/paths.ts";
import { readLines } from "./read-lines.ts";
import { type Setup, useSetup } from "./setup-context.ts";
import type { KeptTestValues } from "./setup-types.ts";
import { fieldsOf, testFieldId, typedValuesOf } from "./supplied-fields.ts";

export type TestCalls = ReturnType<typeof useTestCalls>;

type CallOptions<Event> = { onEvent: (event: Event) => void; consents?: boolean };

/**
 * What makes real calls with the test credential, one at a time: saves what is typed, secrets included, then asks, and hears of each
 * call as it ends. All of them share one credential, so that no two run at once.
 */
export function useTestCalls() {
  const setup = useSetup();
  const [running, setRunning] = useState<{ call: SetupCall; startedAt: number } | null>(null);
  const [refusal, setRefusal] = useState<{ call: SetupCall; message: string } | null>(null);

  const refuse = (call: SetupCall, message: string) => {
    setRefusal({ call, message });
    return null;
  };
  const send = async <Event, Data extends { kept: KeptTestValues }>(
    call: SetupCall,
    { onEvent, ...extra }: CallOptions<Event>,
  ): Promise<Data | null> => {
    if (!(await setup.saveForTest())) return refuse(call, "The draft isn’t saved yet, so nothing was sent.");
    const missing = missingValues(setup);
    if (missing.length > 0) {
      document.getElementById(testFieldId(missing[0]!.key))?.focus();
      return refuse(call, `Nothing was sent. Fill in ${missing.map(({ label }) => label).join(", ")}.`);
    }
    const address = setupCallPath(setup.projectId, setup.resourceId, call);
    const values = typedValuesOf(setup.draft, setup.testValues);
    const [answer] = await Promise.all([
      readLines<Event, Data>(address, { version: setup.version(), values, ...extra }, onEvent),
      preloadLanes(),
    ]);
    if (!answer.ok) return refuse(call, answer.error.message);
    setup.setKept(answer.data.kept);
    return answer.data;
  };
  const make = async <Event, Data extends { kept: KeptTestValues }>(call: SetupCall, options: CallOptions<Event>): Promise<Data | null> => {
    if (running) return null;
    setRefusal(null);
    setRunning({ call, startedAt: Date.now() });
    return await send<Event, Data>(call, options).finally(() => setRunning(null));
  };
  return { running, refusal, make };
}

/** What a call can't do without, by the labels on this page. */
function missingValues({ draft, testValues: { typed, kept } }: Setup): { key: string; label: string }[] {
  const fields = fieldsOf(draft);
  const isEmpty = (key: string) => (typed[key] === undefined ? !kept[key] : typed[key] === "");
  const missing = fields.filter(({ key, required }) => required && isEmpty(key));
  const lacksTokens = fields.some(({ kind }) => kind === "token") && isEmpty("access_token") && isEmpty("refresh_token");
  return lacksTokens ? [...missing, { key: "access_token", label: "Access Token or Refresh Token" }] : missing;
}
