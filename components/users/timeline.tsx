"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { CircleAlert, Plug, PlugZap, RefreshCw, ShieldCheck, Unplug, UserCheck, UserPen, Workflow, X } from "lucide-react";
import { Fragment, useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { useHydrated, useNow } from "#components/ui/use-now.ts";
import { runPath, runsPath } from "#lib/paths.ts";
import type { TimelineView } from "#lib/users/schema.ts";
import { formatTimelineDay } from "./format-ahead.ts";
import type { TimelineItem, TimelinePage, TimelineUse, UserActions } from "./user-page-types.ts";

export interface TimelineProps {
  projectId: string;
  /** The user's, for links. */
  externalId: string;
  credentialId: string;
  /** The newest events, as the page was loaded. */
  first: TimelinePage;
  read: UserActions["readTimeline"];
}

const VIEWS = [
  { value: "all", label: "All" },
  { value: "refreshes", label: "Refreshes" },
  { value: "failures", label: "Failures" },
] as const;

/** What happened to a credential, newest first, by day; older events come when they are asked for. */
export function Timeline({ projectId, externalId, credentialId, first, read }: TimelineProps) {
  const id = useId();
  const [view, setView] = useState<TimelineView>("all");
  const newest = [first.events[0]?.id, first.uses[0]?.id].join();
  const query = useInfiniteQuery({
    // The newest ones are part of the key: after an act the page brings others, and the list begins anew.
    queryKey: ["timeline", credentialId, view, newest],
    queryFn: async ({ pageParam }) => {
      const result = await read({ projectId, credentialId, view, before: pageParam });
      if (!result.ok) throw new Error(result.error.message);
      return result.data;
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    initialData: view === "all" ? { pages: [first], pageParams: [null] } : undefined,
    placeholderData: keepPreviousData,
  });
  const pages = query.data?.pages ?? [];
  const days = useDays(pages);
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <h3>Timeline</h3>
        <Segmented label="Show" className="ml-auto" items={VIEWS} value={view} onChange={setView} id={id} />
      </div>
      <div {...tabPanelProps(id, view)}>
        {query.isPending ? (
          <SkeletonRows label="Loading the timeline" rows={4} />
        ) : query.isError && days.length === 0 ? (
          <TableFailed title="The timeline didn’t load." onRetry={() => query.refetch()}>
            {query.error.message}
          </TableFailed>
        ) : days.length === 0 ? (
          <p className="mt-3 text-2">{view === "failures" ? "Nothing has failed." : "Nothing has happened yet."}</p>
        ) : (
          <Days projectId={projectId} externalId={externalId} days={days} hasMoreUses={pages.some(({ hasMoreUses }) => hasMoreUses)} />
        )}
        {query.hasNextPage && (
          <Button size="small" busy={query.isFetchingNextPage} busyLabel="Loading…" onClick={() => query.fetchNextPage()}>
            Show older
          </Button>
        )}
      </div>
    </>
  );
}

type Day = { name: string; events: TimelineItem[]; uses: TimelineUse[] };

/** Events and uses by the day of the reader's zone, newest first. */
function useDays(pages: readonly TimelinePage[]): Day[] {
  const now = new Date(useNow());
  const zone = useHydrated() ? undefined : "UTC";
  const days = new Map<string, Day>();
  const dayOf = (at: string) => {
    const name = formatTimelineDay(new Date(at), now, zone);
    const day = days.get(name) ?? { name, events: [], uses: [] };
    days.set(name, day);
    return day;
  };
  const all = pages.flatMap(({ events, uses }) => [
    ...events.map((event) => ({ at: event.at, event })),
    ...uses.map((use) => ({ at: use.at, use })),
  ]);
  for (const one of all.sort((a, b) => b.at.localeCompare(a.at))) {
    if ("event" in one) dayOf(one.at).events.push(one.event);
    else dayOf(one.at).uses.push(one.use);
  }
  return [...days.values()];
}

interface DaysProps {
  projectId: string;
  externalId: string;
  days: readonly Day[];
  hasMoreUses: boolean;
}

function Days({ projectId, externalId, days, hasMoreUses }: DaysProps) {
  // Where there are more than are told, the oldest day lacks them.
  const cutDay = hasMoreUses ? days.findLast(({ uses }) => uses.length > 0)?.name : undefined;
  return days.map(({ name, events, uses }) => (
    <section key={name} aria-label={name}>
      <h4 className="usr-day" suppressHydrationWarning>
        {name}
      </h4>
      <ol className="usr-timeline">
        {uses.length > 0 && <Uses projectId={projectId} externalId={externalId} uses={uses} isMore={name === cutDay} />}
        {events.map((event) => (
          <Event key={event.id} event={event} />
        ))}
      </ol>
    </section>
  ));
}

const MOST_NAMED = 3;

/** A day's runs as one entry: they must not bury what happened to the credential itself. */
function Uses({
  projectId,
  externalId,
  uses,
  isMore,
}: {
  projectId: string;
  externalId: string;
  uses: readonly TimelineUse[];
  isMore: boolean;
}) {
  const others = uses.length - MOST_NAMED;
  const [newest] = uses;
  return (
    <li>
      <span className="usr-event" aria-hidden>
        <Workflow />
      </span>
      <div className="min-w-0">
        <b>
          Used by {uses.length}
          {isMore && "+"} {uses.length === 1 && !isMore ? "run" : "runs"}
        </b>
        <p>
          {uses.slice(0, MOST_NAMED).map(({ id, workflow }, at) => (
            <Fragment key={id}>
              {at > 0 && ", "}
              <Link href={runPath(projectId, id)}>
                {workflow ?? "Deleted workflow"}, run {id.slice(0, 4)}
              </Link>
            </Fragment>
          ))}
          {others > 0 && (
            <>
              {" "}
              and <Link href={runsPath(projectId, { user: externalId })}>{others} more</Link>
            </>
          )}
          .
        </p>
      </div>
      {newest && <TimeOfDay date={newest.at} seconds={false} />}
    </li>
  );
}

const KINDS: Record<string, { word: string; icon: typeof Plug; tone?: "success" | "danger" }> = {
  connected: { word: "Connected", icon: Plug, tone: "success" },
  reconnected: { word: "Reconnected", icon: PlugZap, tone: "success" },
  connect_failed: { word: "Connect failed", icon: X, tone: "danger" },
  refreshed: { word: "Refreshed", icon: RefreshCw, tone: "success" },
  refresh_failed: { word: "Refresh failed", icon: X, tone: "danger" },
  refresh_gave_up: { word: "Refreshing was given up", icon: X, tone: "danger" },
  verified: { word: "Verified", icon: ShieldCheck, tone: "success" },
  verify_failed: { word: "Check failed", icon: X, tone: "danger" },
  profile_changed: { word: "User Profile changed", icon: UserPen },
  profile_failed: { word: "User Profile not read", icon: X, tone: "danger" },
  profile_read: { word: "User Profile read", icon: UserCheck, tone: "success" },
  refused: { word: "Refused by the API", icon: X, tone: "danger" },
  disconnected: { word: "Disconnected", icon: Unplug },
};
const UNKNOWN = { icon: CircleAlert };

const BY: Record<string, string> = { schedule: "On schedule.", call: "For a call.", manual: "By hand.", bulk: "By a bulk action." };

function Event({ event: { at, kind, cause, by, member } }: { event: TimelineItem }) {
  const { word, icon: Icon, tone } = { word: kind, tone: undefined, ...UNKNOWN, ...KINDS[kind] };
  const who = member ? `By ${member}${by === "bulk" ? ", for many at once" : ""}.` : (BY[by ?? ""] ?? "");
  const why = [who && !cause.startsWith("By ") ? who : "", cause && !/[.!?]$/.test(cause) ? `${cause}.` : cause].filter(Boolean).join(" ");
  return (
    <li>
      <span className="usr-event" data-tone={tone} aria-hidden>
        <Icon />
      </span>
      <div className="min-w-0">
        <b>{word}</b>
        {why && <p>{why}</p>}
      </div>
      <TimeOfDay date={at} seconds={false} />
    </li>
  );
}
