"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { describeInterval } from "#lib/resources/words.ts";
import { useDraftField } from "./draft-field.ts";
import { useSetup } from "./setup-context.ts";

const CHOICES = [0, 3_600, 21_600, 86_400, 604_800];
const [LEAST, MOST] = [60, 2_592_000];

/** How often each credential is checked by the test request. */
export function CheckInterval() {
  const { draft } = useSetup();
  const { id, value, set, leave, error } = useDraftField<number>("behaviour.verifyEvery");
  const [isOwn, setIsOwn] = useState(!CHOICES.includes(value));
  const { method } = draft.test.request;
  const hint =
    method === "GET"
      ? "Each credential is checked by the test request, a GET."
      : `Nothing is checked: the test request is a ${method}, and only a GET is sent unasked.`;
  const choose = (choice: string) => {
    setIsOwn(choice === "own");
    if (choice !== "own") set(Number(choice));
    else if (value === 0) set(LEAST);
  };
  return (
    <div className="grid content-start gap-2">
      <Field id={id} label="Check interval" hint={hint} error={error}>
        <Select full value={isOwn ? "own" : value} onChange={(event) => choose(event.target.value)} onBlur={leave}>
          {CHOICES.map((seconds) => (
            <option key={seconds} value={seconds}>
              {describeInterval(seconds)}
            </option>
          ))}
          <option value="own">Custom</option>
        </Select>
      </Field>
      {isOwn && <OwnInterval value={value} set={set} />}
    </div>
  );
}

const readInterval = (text: string): number | null => {
  const seconds = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  return seconds >= LEAST && seconds <= MOST ? seconds : null;
};

/** Typed as text, and kept once it is an interval that may be: "6" on the way to "600" is none. */
function OwnInterval({ value, set }: { value: number; set: (value: number) => void }) {
  const [text, setText] = useState(String(value));
  const seconds = readInterval(text);
  const change = (next: string) => {
    setText(next);
    const typed = readInterval(next);
    if (typed !== null) set(typed);
  };
  return (
    <Field
      label="Seconds between checks"
      error={seconds === null ? `Write whole seconds, from ${LEAST} to ${MOST.toLocaleString("en")} (30 days).` : undefined}
      hint={seconds === null ? undefined : `${describeInterval(seconds)}.`}
    >
      <Input
        inputMode="numeric"
        value={text}
        onChange={(event) => change(event.target.value)}
        onBlur={() => setText(String(value))}
        suffix="seconds"
      />
    </Field>
  );
}
