"use client";

import { useQueryStates } from "nuqs";
import { useEffect, useRef } from "react";
import { countRows, HistoryList } from "#components/history/history-list.tsx";
import { HistoryTable } from "#components/history/history-table.tsx";
import { type Key, type Page, tailFrom } from "#components/history/merge-rows.ts";
import { rangeWords } from "#components/history/range-filter.tsx";
import { unwrap, useHistory } from "#components/history/use-history.ts";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { NoMatch } from "#components/ui/table-states.tsx";
import type { ActivityFilter } from "#lib/activity/schema.ts";
import { isRequestId, readActivityKey, USUAL_RANGE, writeActivityKey } from "#lib/activity/words.ts";
import type { ActionResult } from "#lib/errors.ts";
import { ActivityFilters } from "./activity-filters.tsx";
import { ActivityHead } from "./activity-head.tsx";
import { ACTIVITY_PARAMS, filterOf, isNarrowed, NO_FILTER } from "./activity-params.ts";
import { CallColumns, CallRow } from "./call-row.tsx";
import type { CallStory, CallSummary } from "./call-words.ts";
import type { ReadActivity } from "./story-of.tsx";

const CallPanel = lazyPart(async () => (await import("./call-panel.tsx")).CallPanel, <div className="activity-panel" />);
const NoActivityYet = lazyPart(async () => (await import("./no-activity-yet.tsx")).NoActivityYet);

export type SearchActivity = (values: {
  projectId: string;
  filter: ActivityFilter;
  before?: Key;
  /** Only what is newer. ISO, to the microsecond. */
  since?: string;
}) => Promise<ActionResult<Page<CallSummary>>>;

export interface ActivityViewProps {
  projectId: string;
  /** For the filter. */
  resources: readonly { id: string; name: string }[];
  /** Only this one's activity, as the tab of its page. */
  resource?: { id: string; name: string };
  initial: { filter: ActivityFilter; page: Page<CallSummary>; story: CallStory | null };
  search: SearchActivity;
  read: ReadActivity;
}

/** What happened, newest first, with its filters and the open row in the address. */
export function ActivityView({ projectId, resources, resource, initial, search, read }: ActivityViewProps) {
  const [params, setParams] = useQueryStates(ACTIVITY_PARAMS);
  const filter = filterOf(params, resource?.id);
  const opened = readActivityKey(params.open);
  const isPast = params.to !== null;
  const history = useHistory({
    name: "activity",
    projectId,
    filter,
    initial,
    load: (before) => search({ projectId, filter, ...(before ? { before } : {}) }),
    // By its place, never by count: a filter that finds little needn't look far.
    look:
      params.live && !isPast
        ? async ([newest], start) => ({ fresh: unwrap(await search({ projectId, filter, since: tailFrom(newest?.at, start) })) })
        : null,
    hold: opened !== null,
  });
  const { list, rows, unknownUser } = history;
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => void CallPanel.preload(), []);
  const change = (values: Parameters<typeof setParams>[0]) => void setParams(values);
  // The browser's Back closes the panel, however many rows were read in it.
  const open = (key: Key) => void setParams({ open: writeActivityKey(key) }, { history: opened ? "replace" : "push" });
  const close = () => {
    const button = opened && root.current?.querySelector<HTMLElement>(`[data-row="${opened.id}"] [data-opens]`);
    change({ open: null });
    button?.focus();
  };
  useEscape(opened ? close : null);

  const at = opened ? rows.findIndex(({ id }) => id === opened.id) : -1;
  const goTo = (index: number) => {
    const row = at < 0 ? undefined : rows[index];
    return row && (() => open(row));
  };
  const range = rangeWords(filter, filter.q && isRequestId(filter.q) ? "month" : USUAL_RANGE);
  const live = (
    <span className="activity-live">
      <Switch
        id="live-tail"
        label="Live tail"
        checked={params.live && !isPast}
        disabled={isPast}
        title={isPast ? "This range has ended: nothing new can come." : undefined}
        onCheckedChange={(on) => change({ live: on || null })}
      />
      <label htmlFor="live-tail">Live tail</label>
    </span>
  );
  return (
    <div ref={root} className="activity-split" data-open={opened ? true : undefined} data-tab={resource ? true : undefined}>
      <div className="activity-list">
        {resource ? <div className="activity-tab-head">{live}</div> : <ActivityHead actions={live} />}
        <ActivityFilters params={params} resources={resource ? undefined : resources} count={countRows(history, "row")} onChange={change} />
        <HistoryList
          history={history}
          noun="rows"
          empty={
            isNarrowed(filter, resource?.id) ? (
              <NoMatch title="Nothing matches" onClear={() => change(NO_FILTER)}>
                {unknownUser ? <>No user of this project has the id “{params.user}”.</> : <>Nothing of {range} fits these filters.</>}
              </NoMatch>
            ) : (
              <NoActivityYet
                range={range}
                onMonth={filter.range === "month" ? undefined : () => change({ range: "month", from: null, to: null })}
              />
            )
          }
        >
          <HistoryTable
            caption={resource ? `Activity of ${resource.name}` : "Activity"}
            head={<CallColumns of={resource && "resource"} />}
            columns={6}
            rows={rows}
            isStale={list.isPlaceholderData}
            onMove={opened ? open : undefined}
          >
            {(row) => <CallRow call={row} of={resource && "resource"} isOpen={row.id === opened?.id} onOpen={() => open(row)} />}
          </HistoryTable>
        </HistoryList>
      </div>
      {opened && (
        <CallPanel
          projectId={projectId}
          opened={opened}
          row={rows[at]}
          initial={initial.story}
          read={read}
          onOpen={open}
          onClose={close}
          onNewer={goTo(at - 1)}
          onOlder={goTo(at + 1)}
        />
      )}
    </div>
  );
}

/** Escape closes the panel wherever focus is, but for a dialog or menu above it, and for a field that it empties. */
function useEscape(close: (() => void) | null) {
  useEffect(() => {
    if (!close) return;
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("[role=dialog], [role=menu]:popover-open")) return;
      const { target } = event;
      if (target instanceof HTMLInputElement && target.value !== "") return;
      close();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}
