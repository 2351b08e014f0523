"use client";

import { useState } from "react";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import { CheckInterval } from "./check-interval.tsx";
import { useDraftField } from "./draft-field.ts";
import { DraftNumber, DraftText } from "./fields.tsx";

const ExpiryPreview = lazyPart(async () => (await import("./expiry-preview.tsx")).ExpiryPreview, <Skeleton className="mt-4 h-20" />);

/** How long a call may take, which answers mean that the token has expired, and how often credentials are checked. */
export function ExpiryFields({ isOpened }: { isOpened: boolean }) {
  return (
    <>
      <div className="setup-grid mt-4">
        <DraftNumber
          path="behaviour.timeoutMs"
          label="Time-out"
          hint="For each request, until the last byte."
          unit="seconds"
          scale={1_000}
          min={1}
          max={30}
        />
        <CheckInterval />
      </div>
      <div className="mt-4">
        <Statuses />
      </div>
      <div className="setup-grid mt-4">
        <DraftText path="behaviour.expired.path" label="Or the value at" mark="JSON path, optional" mono placeholder="$.error.code" />
        <DraftText path="behaviour.expired.equals" label="is" mono placeholder="token_expired" />
        <DraftText path="behaviour.expired.header" label="Or the header" mark="optional" mono placeholder="X-Token-Status" />
        <DraftText path="behaviour.expired.headerEquals" label="is" mono placeholder="expired" />
      </div>
      {isOpened && <ExpiryPreview />}
    </>
  );
}

/** Typed as text and kept as numbers, so that "40" on the way to "401" isn't taken away. */
function Statuses() {
  const { id, value, set, leave, error } = useDraftField<number[]>("behaviour.expired.statuses");
  const [text, setText] = useState(value.join(", "));
  const change = (next: string) => {
    setText(next);
    set([...new Set((next.match(/\d{3}/g) ?? []).map(Number).filter((status) => status >= 100 && status <= 599))].slice(0, 20));
  };
  const tidy = () => {
    setText(value.join(", "));
    leave();
  };
  return (
    <Field
      id={id}
      label="Statuses that mean token expired"
      error={error}
      hint="Patchbay renews the token once and sends the request again."
    >
      <Input mono inputMode="numeric" value={text} placeholder="401" onChange={(event) => change(event.target.value)} onBlur={tidy} />
    </Field>
  );
}
