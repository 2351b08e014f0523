"use client";

import { ArrowUp } from "lucide-react";
import { useQueryStates } from "nuqs";
import { type ReactNode, useEffect, useRef } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { formatFull } from "#components/ui/format-time.ts";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { NoMatch, TableFailed } from "#components/ui/table-states.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import type { ActivityFilter } from "#lib/activity/schema.ts";
import { readActivityKey, USUAL_RANGE, writeActivityKey } from "#lib/activity/words.ts";
import { ActivityFilters } from "./activity-filters.tsx";
import { ActivityHead } from "./activity-head.tsx";
import { ACTIVITY_PARAMS, filterOf, isNarrowed, NO_FILTER } from "./activity-params.ts";
import { ActivityTable } from "./activity-table.tsx";
import { CallPanel } from "./call-panel.tsx";
import { type CallStory, RANGE_LABELS } from "./call-words.ts";
import type { Key, Page } from "./merge-rows.ts";
import type { ReadActivity } from "./story-of.tsx";
import { type SearchActivity, useActivity } from "./use-activity.ts";

export interface ActivityViewProps {
  projectId: string;
  /** For the filter. */
  resources: readonly { id: string; name: string }[];
  /** Only this one's activity, as the tab of its page. */
  resource?: { id: string; name: string };
  initial: { filter: ActivityFilter; page: Page; story: CallStory | null };
  search: SearchActivity;
  read: ReadActivity;
}

/** What happened, newest first, with its filters and the open row in the address. */
export function ActivityView({ projectId, resources, resource, initial, search, read }: ActivityViewProps) {
  const [params, setParams] = useQueryStates(ACTIVITY_PARAMS);
  const filter = filterOf(params, resource?.id);
  const opened = readActivityKey(params.open);
  const isPast = params.to !== null;
  const { list, rows, next, unknownUser, held, release, tailFailed } = useActivity({
    projectId,
    filter,
    initial,
    search,
    live: params.live && !isPast,
    hold: opened !== null,
  });
  const root = useRef<HTMLDivElement>(null);
  const change = (values: Parameters<typeof setParams>[0]) => void setParams(values);
  // The browser's Back closes the panel, however many rows were read in it.
  const open = (key: Key) => void setParams({ open: writeActivityKey(key) }, { history: opened ? "replace" : "push" });
  const close = () => {
    const button = opened && root.current?.querySelector<HTMLElement>(`[data-call="${opened.id}"]`);
    change({ open: null });
    button?.focus();
  };
  useEscape(opened ? close : null);

  const at = opened ? rows.findIndex(({ id }) => id === opened.id) : -1;
  const goTo = (index: number) => {
    const row = at < 0 ? undefined : rows[index];
    return row && (() => open(row));
  };
  const isEmpty = list.isSuccess && rows.length === 0 && next === null;
  const isNarrow = isNarrowed(filter, resource?.id);
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
        <ActivityFilters
          params={params}
          resources={resource ? undefined : resources}
          count={countOf(rows.length, next !== null)}
          onChange={(values) => change(values)}
        />
        <Card flush>
          {held && (
            <button type="button" className="activity-newer" onClick={release}>
              <ArrowUp aria-hidden className="icon-s" />
              {held.count}
              {held.isMore && "+"} newer, held while a row is open
            </button>
          )}
          <span className="sr-only" role="status">
            {tailFailed ? "Live tail lost its connection and tries again." : ""}
          </span>
          {list.isPending && <SkeletonRows rows={10} label="Loading activity" />}
          {list.isError && rows.length === 0 && (
            <TableFailed title="Activity didn’t load." onRetry={() => void list.refetch()}>
              {list.error.message}
            </TableFailed>
          )}
          {isEmpty &&
            (isNarrow ? (
              <NoMatch
                title="Nothing matches"
                onClear={() => change({ ...NO_FILTER, range: params.range, from: params.from, to: params.to })}
              >
                {unknownUser ? (
                  <>No user of this project has the id “{params.user}”.</>
                ) : (
                  <>Nothing of {rangeWords(filter)} fits these filters.</>
                )}
              </NoMatch>
            ) : (
              <NothingYet filter={filter} onMonth={() => change({ range: "month", from: null, to: null })} />
            ))}
          {rows.length > 0 && (
            <ActivityTable
              caption={resource ? `Activity of ${resource.name}` : "Activity"}
              rows={rows}
              showsResource={!resource}
              openId={opened?.id ?? null}
              onOpen={open}
              isStale={list.isPlaceholderData}
            />
          )}
        </Card>
        <Foot list={list} next={next} isEmpty={isEmpty} hasRows={rows.length > 0} />
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

interface FootProps {
  list: ReturnType<typeof useActivity>["list"];
  next: Key | null;
  isEmpty: boolean;
  hasRows: boolean;
}

function Foot({ list, next, isEmpty, hasRows }: FootProps) {
  if (list.isError && hasRows) {
    return (
      <FootLine>
        Older rows didn’t load. {list.error.message}
        <Button size="small" onClick={() => void list.fetchNextPage()}>
          Try again
        </Button>
      </FootLine>
    );
  }
  if (list.isFetchingNextPage)
    return (
      <FootLine>
        <span role="status">Looking further back…</span>
      </FootLine>
    );
  if (next) {
    return (
      <FootLine>
        <span>
          Looked back to <TimeOfDay date={next.at} />
        </span>
        <Button size="small" onClick={() => void list.fetchNextPage()}>
          Show older
        </Button>
      </FootLine>
    );
  }
  return hasRows && !isEmpty && list.isSuccess ? <FootLine>Nothing older in this range.</FootLine> : null;
}

const FootLine = ({ children }: { children: ReactNode }) => <div className="activity-foot">{children}</div>;

const countOf = (rows: number, isMore: boolean): string =>
  `${rows.toLocaleString("en")}${isMore ? "+" : ""} ${rows === 1 && !isMore ? "row" : "rows"}`;

function rangeWords({ range, from, to, q }: ActivityFilter): string {
  if (from || to) return [from && `from ${formatFull(new Date(from))}`, to && `to ${formatFull(new Date(to))}`].filter(Boolean).join(" ");
  return `the ${RANGE_LABELS[range ?? (q && /^[0-9a-f-]{36}$/i.test(q) ? "month" : USUAL_RANGE)].toLowerCase()}`;
}

function NothingYet({ filter, onMonth }: { filter: ActivityFilter; onMonth: () => void }) {
  return (
    <EmptyState
      title={`Nothing in ${rangeWords(filter)}`}
      actions={filter.range !== "month" && <Button onClick={onMonth}>Look at the last 30 days</Button>}
      steps={[
        { title: "Test", text: "Send Test Request in a resource’s setup: its calls stand here within a second." },
        { title: "Connect", text: "Each connect call, with the calls it needs, and what it was answered." },
        { title: "Call", text: "Each call through a resource and each refresh, with the cause." },
      ]}
    >
      Every outgoing call leaves a row: what was asked, what came back, how long it took. Secrets are masked before anything is kept.
    </EmptyState>
  );
}
