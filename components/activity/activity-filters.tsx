"use client";

import { Search } from "lucide-react";
import { useEffect, useId, useState } from "react";
import { Input, type InputProps } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import { useHydrated } from "#components/ui/use-now.ts";
import {
  ACTIVITY_ENDS,
  ACTIVITY_KINDS,
  ACTIVITY_RANGES,
  ACTIVITY_SOURCES,
  type ActivityRange,
  RANGE_SECONDS,
  USUAL_RANGE,
} from "#lib/activity/words.ts";
import type { ActivityParams, NO_FILTER } from "./activity-params.ts";
import { END_LABELS, KIND_LABELS, RANGE_LABELS, SOURCE_LABELS } from "./call-words.ts";

type Change = Partial<{ [Name in keyof typeof NO_FILTER]: ActivityParams[Name] | null }>;

export interface ActivityFiltersProps {
  params: ActivityParams;
  /** For the choice; left out where the list is of one resource. */
  resources?: readonly { id: string; name: string }[];
  count: string;
  onChange: (change: Change) => void;
}

/** All that narrows the list. Each choice stands in the address. */
export function ActivityFilters({ params, resources, count, onChange }: ActivityFiltersProps) {
  const isCustom = params.from !== null || params.to !== null;
  const chooseRange = (range: string) =>
    range === "custom"
      ? onChange({ range: null, from: new Date(startOfMinute() - RANGE_SECONDS[params.range ?? USUAL_RANGE] * 1000) })
      : onChange({ range: (range || null) as ActivityRange | null, from: null, to: null });
  return (
    <>
      <Toolbar count={count}>
        <LateInput
          type="search"
          aria-label="Path or request id"
          placeholder="Path or request id"
          className="activity-search"
          prefix={<Search aria-hidden className="icon-s" />}
          value={params.q}
          onValue={(q) => onChange({ q: q || null })}
        />
        <Select
          aria-label="Time"
          value={isCustom ? "custom" : (params.range ?? USUAL_RANGE)}
          onChange={(event) => chooseRange(event.target.value)}
        >
          {ACTIVITY_RANGES.map((range) => (
            <option key={range} value={range}>
              {RANGE_LABELS[range]}
            </option>
          ))}
          <option value="custom">From … to …</option>
        </Select>
        <Facet label="Kind" all="All kinds" value={params.kind} options={KINDS} onChange={(kind) => onChange({ kind })} />
        {resources && (
          <Facet
            label="Resource"
            all="All resources"
            value={params.resource || null}
            options={resources.map(({ id, name }) => [id, name] as const)}
            onChange={(resource) => onChange({ resource })}
          />
        )}
        <LateInput
          aria-label="User, by the id your app knows them by"
          placeholder="User id"
          className="activity-user"
          value={params.user}
          onValue={(user) => onChange({ user: user || null })}
        />
        <Facet label="Status" all="Any status" value={params.status} options={ENDS} onChange={(status) => onChange({ status })} />
        <Facet label="Source" all="All sources" value={params.source} options={SOURCES} onChange={(source) => onChange({ source })} />
      </Toolbar>
      {isCustom && <CustomRange from={params.from} to={params.to} onChange={onChange} />}
    </>
  );
}

const KINDS = ACTIVITY_KINDS.map((kind) => [kind, KIND_LABELS[kind]] as const);
const ENDS = ACTIVITY_ENDS.map((end) => [end, END_LABELS[end]] as const);
/** Workflows come later. */
const SOURCES = ACTIVITY_SOURCES.filter((source) => source !== "workflow").map((source) => [source, SOURCE_LABELS[source]] as const);

const startOfMinute = () => Math.floor(Date.now() / 60_000) * 60_000;

interface FacetProps<Value extends string> {
  label: string;
  all: string;
  value: Value | null;
  options: readonly (readonly [Value, string])[];
  onChange: (value: Value | null) => void;
}

function Facet<Value extends string>({ label, all, value, options, onChange }: FacetProps<Value>) {
  return (
    <Select
      aria-label={label}
      className="activity-facet"
      value={value ?? ""}
      onChange={(event) => onChange((event.target.value || null) as Value | null)}
    >
      <option value="">{all}</option>
      {options.map(([option, text]) => (
        <option key={option} value={option}>
          {text}
        </option>
      ))}
    </Select>
  );
}

const PAUSE_MS = 350;

/** Tells its value when typing pauses, on Enter and on leaving: each value asks the database. */
function LateInput({
  value,
  onValue,
  ...rest
}: Omit<InputProps, "value" | "onChange"> & { value: string; onValue: (value: string) => void }) {
  const [text, setText] = useState(value);
  const [told, setTold] = useState(value);
  if (value !== told) {
    // Changed from outside: Clear filters, or the browser's Back.
    setTold(value);
    setText(value);
  }
  const tell = () => {
    if (text.trim() === told) return;
    setTold(text.trim());
    onValue(text.trim());
  };
  useEffect(() => {
    const timer = setTimeout(tell, PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return (
    <Input
      {...rest}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onBlur={tell}
      onKeyDown={(event) => event.key === "Enter" && tell()}
    />
  );
}

/** From and to in the reader's own zone, which only the browser knows. */
function CustomRange({ from, to, onChange }: { from: Date | null; to: Date | null; onChange: (change: Change) => void }) {
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
        className="activity-moment"
        value={hydrated && date ? localText(date) : ""}
        onChange={(event) => onChange(event.target.value ? new Date(event.target.value) : null)}
      />
    </span>
  );
}

/** As `datetime-local` takes it: the local time, to the minute. */
const localText = (date: Date): string => new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
