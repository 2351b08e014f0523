"use client";

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { CircleAlert, Plug, PlugZap, RefreshCw, ShieldCheck, Unplug, X } from "lucide-react";
import { useId, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Segmented } from "#components/ui/segmented.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { tabPanelProps } from "#components/ui/tab-list.tsx";
import { TableFailed } from "#components/ui/table-states.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { useHydrated, useNow } from "#components/ui/use-now.ts";
import type { TimelineView } from "#lib/users/schema.ts";
import { formatTimelineDay } from "./format-ahead.ts";
import type { TimelineItem, TimelinePage, UserActions } from "./user-page-types.ts";

export interface TimelineProps {
  projectId: string;
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
export function Timeline({ projectId, credentialId, first, read }: TimelineProps) {
  const id = useId();
  const [view, setView] = useState<TimelineView>("all");
  const newest = first.events[0]?.id;
  const query = useInfiniteQuery({
    // The newest event is part of the key: after an act the page brings another, and the list begins anew.
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
  const events = query.data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <h3>Timeline</h3>
        <Segmented label="Show" className="ml-auto" items={VIEWS} value={view} onChange={setView} id={id} />
      </div>
      <div {...tabPanelProps(id, view)}>
        {query.isPending ? (
          <SkeletonRows label="Loading the timeline" rows={4} />
        ) : query.isError && events.length === 0 ? (
          <TableFailed title="The timeline didn’t load." onRetry={() => query.refetch()}>
            {query.error.message}
          </TableFailed>
        ) : events.length === 0 ? (
          <p className="mt-3 text-2">{view === "failures" ? "Nothing has failed." : "Nothing has happened yet."}</p>
        ) : (
          <Days events={events} />
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

function Days({ events }: { events: readonly TimelineItem[] }) {
  const now = new Date(useNow());
  const zone = useHydrated() ? undefined : "UTC";
  const days = new Map<string, TimelineItem[]>();
  for (const event of events) {
    const day = formatTimelineDay(new Date(event.at), now, zone);
    days.set(day, [...(days.get(day) ?? []), event]);
  }
  return [...days].map(([day, ofDay]) => (
    <section key={day} aria-label={day}>
      <h4 className="usr-day" suppressHydrationWarning>
        {day}
      </h4>
      <ol className="usr-timeline">
        {ofDay.map((event) => (
          <Event key={event.id} event={event} />
        ))}
      </ol>
    </section>
  ));
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
