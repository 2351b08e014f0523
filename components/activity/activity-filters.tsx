"use client";

import { Search } from "lucide-react";
import { CustomRange } from "#components/ui/custom-range.tsx";
import { Facet } from "#components/ui/facet.tsx";
import { LateInput } from "#components/ui/late-input.tsx";
import { Select } from "#components/ui/select.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
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
const SOURCES = ACTIVITY_SOURCES.map((source) => [source, SOURCE_LABELS[source]] as const);

const startOfMinute = () => Math.floor(Date.now() / 60_000) * 60_000;
