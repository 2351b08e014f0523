"use client";

import { useId } from "react";
import { Input } from "./input.tsx";
import { useHydrated } from "./use-now.ts";

export interface CustomRangeProps {
  from: Date | null;
  to: Date | null;
  onChange: (change: { from: Date | null } | { to: Date | null }) => void;
}

/** From and to in the reader's own zone, which only the browser knows. */
export function CustomRange({ from, to, onChange }: CustomRangeProps) {
  return (
    <div className="mb-3 flex flex-wrap gap-x-4 gap-y-2">
      <Moment label="From" date={from} onChange={(date) => onChange({ from: date })} />
      <Moment label="To" date={to} onChange={(date) => onChange({ to: date })} />
    </div>
  );
}

function Moment({ label, date, onChange }: { label: string; date: Date | null; onChange: (date: Date | null) => void }) {
  const id = useId();
  const hydrated = useHydrated();
  return (
    <span className="flex items-center gap-2">
      <label htmlFor={id} className="text-2">
        {label}
      </label>
      <Input
        id={id}
        type="datetime-local"
        className="ui-moment"
        value={hydrated && date ? localText(date) : ""}
        onChange={(event) => onChange(event.target.value ? new Date(event.target.value) : null)}
      />
    </span>
  );
}

/** As `datetime-local` takes it: the local time, to the minute. */
const localText = (date: Date): string => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
