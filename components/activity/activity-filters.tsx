"use client";

import { Search } from "lucide-react";
import { RangeFields, RangeSelect } from "#components/history/range-filter.tsx";
import { UserFilter } from "#components/history/user-filter.tsx";
import { Facet } from "#components/ui/facet.tsx";
import { LateInput } from "#components/ui/late-input.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import { ACTIVITY_ENDS, ACTIVITY_KINDS, ACTIVITY_SOURCES, USUAL_RANGE } from "#lib/activity/words.ts";
import type { ActivityParams } from "./activity-params.ts";
import { END_LABELS, KIND_LABELS, SOURCE_LABELS } from "./call-words.ts";

export interface ActivityFiltersProps {
  params: ActivityParams;
  /** For the choice; left out where the list is of one resource. */
  resources?: readonly { id: string; name: string }[];
  count: string;
  onChange: (change: Partial<{ [Name in keyof ActivityParams]: ActivityParams[Name] | null }>) => void;
}

/** All that narrows the list. Each choice stands in the address. */
export function ActivityFilters({ params, resources, count, onChange }: ActivityFiltersProps) {
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
        <RangeSelect params={params} usual={USUAL_RANGE} onChange={onChange} />
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
        <UserFilter value={params.user} onChange={(user) => onChange({ user })} />
        <Facet label="Status" all="Any status" value={params.status} options={ENDS} onChange={(status) => onChange({ status })} />
        <Facet label="Source" all="All sources" value={params.source} options={SOURCES} onChange={(source) => onChange({ source })} />
      </Toolbar>
      <RangeFields params={params} onChange={onChange} />
    </>
  );
}

const KINDS = ACTIVITY_KINDS.map((kind) => [kind, KIND_LABELS[kind]] as const);
const ENDS = ACTIVITY_ENDS.map((end) => [end, END_LABELS[end]] as const);
const SOURCES = ACTIVITY_SOURCES.map((source) => [source, SOURCE_LABELS[source]] as const);
