"use client";

import { Info, Plus, Search } from "lucide-react";
import { parseAsString, parseAsStringLiteral, useQueryState, useQueryStates } from "nuqs";
import { type ReactNode, useState } from "react";
import { flushSync } from "react-dom";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { NoMatch } from "#components/ui/table-states.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import { RESOURCE_STATUS_LABELS, RESOURCE_STATUSES } from "#lib/resources/resource-status.ts";

import { AUTH_TYPE_LABELS, AUTH_TYPES, RESOURCE_LEVELS } from "#lib/resources/words.ts";
import type { CreateResource } from "./create-resource-dialog.tsx";
import { filterResources, type ResourceListRow, SORT_COLUMNS, type SortColumn, sortResources } from "./resource-list.ts";
import type { ResourceActions } from "./resource-menu.tsx";
import { ResourceTable } from "./resource-table.tsx";
import { ResourcesHead } from "./resources-head.tsx";

const CreateResourceDialog = lazyDialog(async () => (await import("./create-resource-dialog.tsx")).CreateResourceDialog);

export interface ResourcesViewProps {
  project: { id: string; name: string };
  rows: readonly ResourceListRow[];
  may: { edit: boolean; delete: boolean };
  actions: ResourceActions & { create: CreateResource };
}

const FILTERS = {
  q: parseAsString.withDefault(""),
  level: parseAsStringLiteral(RESOURCE_LEVELS),
  auth: parseAsStringLiteral(AUTH_TYPES),
  status: parseAsStringLiteral(RESOURCE_STATUSES),
};
const NO_FILTER = { q: null, level: null, auth: null, status: null };
const SORTING = {
  sort: parseAsStringLiteral(SORT_COLUMNS).withDefault("updated"),
  order: parseAsStringLiteral(["ascending", "descending"]).withDefault("descending"),
};
/** How a column is first sorted: names from A, the rest with what matters most first. */
const FIRST_ORDER = { name: "ascending", users: "descending", success: "ascending", updated: "descending" } as const;

/** The list with its filters, kept in the address, and the dialog that begins a new one (`?new=1`). */
export function ResourcesView({ project, rows, may, actions }: ResourcesViewProps) {
  const [creating, setCreating] = useQueryState("new", parseAsStringLiteral(["1"]));
  const create = may.edit && (
    <Button variant="primary" onClick={() => setCreating("1")}>
      <Plus aria-hidden />
      Create Resource
    </Button>
  );
  return (
    <>
      <ResourcesHead actions={rows.length > 0 && create} />
      {rows.length === 0 ? <NoneYet create={create} /> : <Listed project={project} rows={rows} may={may} actions={actions} />}
      {may.edit && (
        <CreateResourceDialog
          projectId={project.id}
          open={creating === "1"}
          onOpenChange={(open) => setCreating(open ? "1" : null)}
          create={actions.create}
          checkName={actions.checkName}
        />
      )}
    </>
  );
}

function Listed({ project, rows, may, actions }: ResourcesViewProps) {
  const [filter, setFilter] = useQueryStates(FILTERS);
  const [{ sort, order }, setSorting] = useQueryStates(SORTING);
  const found = sortResources(filterResources(rows, filter), { by: sort, order });
  const { shown, more } = useFirstRows(found);

  const sortBy = (column: SortColumn) =>
    setSorting({ sort: column, order: column !== sort ? FIRST_ORDER[column] : order === "ascending" ? "descending" : "ascending" });

  return (
    <>
      <Toolbar count={countOf(found.length, rows.length)}>
        <Input
          type="search"
          aria-label="Search resources"
          placeholder="Search by name or base URL"
          prefix={<Search aria-hidden className="icon-s" />}
          value={filter.q}
          onChange={(event) => setFilter({ q: event.target.value || null })}
        />
        <Facet label="Level" all="All levels" value={filter.level} onChange={(level) => setFilter({ level })} options={LEVELS} />
        <Facet
          label="Authentication type"
          all="All auth types"
          className="max-sm:hidden"
          value={filter.auth}
          onChange={(auth) => setFilter({ auth })}
          options={AUTH_TYPE_OPTIONS}
        />
        <Facet label="Status" all="All statuses" value={filter.status} onChange={(status) => setFilter({ status })} options={STATUSES} />
      </Toolbar>
      <Card flush>
        {found.length === 0 ? (
          <NoMatch title="No resource matches" onClear={() => setFilter(NO_FILTER)}>
            {filter.q ? (
              <>
                None of the {rows.length} has “{filter.q}” in its name or base URL
              </>
            ) : (
              <>None of the {rows.length} has these properties</>
            )}
            {filter.q && (filter.level || filter.auth || filter.status) ? " and fits the filters." : "."}
          </NoMatch>
        ) : (
          <ResourceTable
            projectId={project.id}
            projectName={project.name}
            rows={shown}
            sort={{ by: sort, order }}
            onSort={sortBy}
            may={may}
            actions={actions}
          />
        )}
        {more}
      </Card>
      <p className="ui-hint mt-3 flex items-center gap-2 max-sm:hidden">
        <Info aria-hidden className="icon-s" />
        Each bar is one hour: height is the number of calls, the red part is calls that failed.
      </p>
    </>
  );
}

const PAGE_ROWS = 100;

/** Search and filters see all rows; what is drawn grows when asked. */
function useFirstRows(found: readonly ResourceListRow[]) {
  const [limit, setLimit] = useState(PAGE_ROWS);
  const left = found.length - limit;
  const showMore = () => {
    flushSync(() => setLimit(limit + PAGE_ROWS));
    // The button may be gone: reading goes on at the first of the new rows.
    document.querySelector<HTMLElement>(`#main tbody tr:nth-child(${limit + 1}) a`)?.focus();
  };
  const more = left > 0 && (
    <div className="flex items-center justify-center gap-3 border-t border-line p-3">
      <span className="text-3">
        {limit} of {found.length} shown
      </span>
      <Button size="small" onClick={showMore}>
        Show {Math.min(left, PAGE_ROWS)} more
      </Button>
    </div>
  );
  return { shown: found.slice(0, limit), more };
}

const countOf = (shown: number, all: number): string => {
  const noun = all === 1 ? "resource" : "resources";
  return shown === all ? `${all} ${noun}` : `${shown} of ${all} ${noun}`;
};

const LEVELS = [
  ["user", "User"],
  ["app", "App"],
] as const;
const AUTH_TYPE_OPTIONS = AUTH_TYPES.map((type) => [type, AUTH_TYPE_LABELS[type]] as const);
const STATUSES = RESOURCE_STATUSES.map((status) => [status, RESOURCE_STATUS_LABELS[status]] as const);

interface FacetProps<Value extends string> {
  label: string;
  all: string;
  value: Value | null;
  onChange: (value: Value | null) => void;
  options: readonly (readonly [Value, string])[];
  className?: string;
}

function Facet<Value extends string>({ label, all, value, onChange, options, className }: FacetProps<Value>) {
  return (
    <Select
      aria-label={label}
      className={className}
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

function NoneYet({ create }: { create: ReactNode }) {
  return (
    <Card flush>
      <EmptyState
        title="Describe your first API"
        actions={create || <span className="text-3">Your role reads only: an editor or admin of this project can create one.</span>}
        steps={[
          { title: "Describe it", text: "Level, authentication, base URL and a test request. About five minutes, saved as you type." },
          {
            title: "Connect users",
            text: (
              <>
                Call <code>{'connectAction("TaskLab", { … })'}</code> in your app, or send one REST request.
              </>
            ),
          },
          { title: "Use it", text: "Every call carries the right credential. Tokens refresh by themselves." },
        ]}
      >
        A resource says once how an API authenticates and where it lives. Then your users connect their accounts, and no one handles a token
        again.
      </EmptyState>
    </Card>
  );
}
