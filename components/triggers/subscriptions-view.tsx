"use client";

import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { CircleCheck, CircleDashed, CircleX, Clock, RotateCcw, Search, Undo2 } from "lucide-react";
import { useQueryStates } from "nuqs";
import { type ReactNode, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Facet } from "#components/ui/facet.tsx";
import { LateInput } from "#components/ui/late-input.tsx";
import { Link } from "#components/ui/navigation.tsx";
import { RelativeTime } from "#components/ui/relative-time.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Status, type StatusTone } from "#components/ui/status.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { NoMatch, TableFailed } from "#components/ui/table-states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { formatAhead } from "#components/users/format-ahead.ts";
import { activityPath, userPath } from "#lib/paths.ts";
import type { SubscriptionKey } from "#lib/triggers/schema.ts";
import { SUBSCRIPTION_LABELS, SUBSCRIPTION_STATES, type SubscriptionState } from "#lib/triggers/words.ts";
import { unwrap } from "./delivery-actions.ts";
import { type ShownSubscription, SUBSCRIPTION_PARAMS, type SubscriptionActions, type SubscriptionPage } from "./subscription-list.ts";

const EVERY_MS = 3_000;

export interface SubscriptionsViewProps {
  projectId: string;
  trigger: { id: string; name: string };
  resource: { id: string; name: string };
  initial: { q: string; state: SubscriptionState | null; page: SubscriptionPage };
  mayEdit: boolean;
  actions: SubscriptionActions;
}

/** What each user's API was told of a trigger that is made by an API request. */
export function SubscriptionsView({ projectId, trigger, resource, initial, mayEdit, actions }: SubscriptionsViewProps) {
  const [{ q, state }, setParams] = useQueryStates(SUBSCRIPTION_PARAMS);
  const client = useQueryClient();
  const key = ["subscriptions", projectId, trigger.id];
  const list = useInfiniteQuery({
    queryKey: [...key, state, q],
    initialPageParam: null as SubscriptionKey | null,
    getNextPageParam: (page: SubscriptionPage) => page.next,
    initialData: state === initial.state && q === initial.q ? { pages: [initial.page], pageParams: [null] } : undefined,
    placeholderData: keepPreviousData,
    staleTime: EVERY_MS,
    refetchInterval: ({ state: { data } }) => (data && data.pages.length > 1 ? false : EVERY_MS),
    queryFn: async ({ pageParam }) =>
      unwrap(await actions.search({ projectId, filter: { triggerId: trigger.id, state, q }, ...(pageParam ? { after: pageParam } : {}) })),
  });
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const isFiltered = Boolean(q || state);
  return (
    <>
      <Toolbar count={rows.length === 0 ? "" : `${rows.length}${list.hasNextPage ? "+" : ""} ${rows.length === 1 ? "user" : "users"}`}>
        <LateInput
          type="search"
          aria-label="Search users"
          placeholder="Search by id, name or email"
          prefix={<Search aria-hidden />}
          value={q}
          onValue={(next) => void setParams({ q: next || null })}
        />
        <Facet
          label="State"
          all="Every state"
          value={state}
          options={SUBSCRIPTION_STATES.map((each) => [each, SUBSCRIPTION_LABELS[each]] as const)}
          onChange={(next) => void setParams({ state: next })}
        />
      </Toolbar>
      <Card flush>
        {list.isPending && <SkeletonRows rows={6} label="Loading users" />}
        {list.isError && rows.length === 0 && (
          <TableFailed title="The users didn’t load." onRetry={() => void list.refetch()}>
            {list.error.message}
          </TableFailed>
        )}
        {list.isSuccess &&
          rows.length === 0 &&
          (isFiltered ? (
            <NoMatch title="No user matches" onClear={() => void setParams({ q: null, state: null })}>
              Nobody’s part in {trigger.name} is like this.
            </NoMatch>
          ) : (
            <EmptyState
              title={`${resource.name} was told for nobody yet`}
              steps={[
                { title: "A user connects", text: `With a credential for ${resource.name} that works.` },
                { title: "A workflow wants it", text: `It starts with “${trigger.name}”, is published, and is on for that user.` },
                { title: "Patchbay tells the API", text: "By the create request, once. What fails is tried again, and stands here." },
              ]}
            >
              Each user’s webhook is made by itself, and taken back when nothing wants it any more.
            </EmptyState>
          ))}
        {rows.length > 0 && (
          <Table caption={`Users of ${trigger.name}`} cards>
            <thead>
              <tr>
                <Column>User</Column>
                <Column>State</Column>
                <Column>Wanted by</Column>
                <Column>Last try</Column>
                {mayEdit && (
                  <th scope="col">
                    <span className="sr-only">Actions</span>
                  </th>
                )}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <Row
                  key={row.id}
                  projectId={projectId}
                  resourceId={resource.id}
                  row={row}
                  mayEdit={mayEdit}
                  retry={actions.retry}
                  onDone={() => void client.invalidateQueries({ queryKey: key })}
                />
              ))}
            </tbody>
          </Table>
        )}
      </Card>
      {list.hasNextPage && (
        <div className="activity-foot">
          <Button size="small" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show more
          </Button>
        </div>
      )}
    </>
  );
}

const LOOK: Record<SubscriptionState, [tone: StatusTone, icon: ReactNode]> = {
  creating: ["idle", <CircleDashed key="i" aria-hidden />],
  active: ["success", <CircleCheck key="i" aria-hidden />],
  failing: ["warning", <Clock key="i" aria-hidden />],
  stuck: ["danger", <CircleX key="i" aria-hidden />],
  removing: ["idle", <Undo2 key="i" aria-hidden />],
  idle: ["idle", <Undo2 key="i" aria-hidden />],
};

interface RowProps {
  projectId: string;
  resourceId: string;
  row: ShownSubscription;
  mayEdit: boolean;
  retry: SubscriptionActions["retry"];
  onDone: () => void;
}

function Row({ projectId, resourceId, row, mayEdit, retry, onDone }: RowProps) {
  const [busy, setBusy] = useState(false);
  const [tone, icon] = LOOK[row.state];
  const name = row.userName || row.externalId || "The app";
  const again = async () => {
    setBusy(true);
    const result = await retry({ projectId, subscriptionId: row.id }).catch(() => null);
    setBusy(false);
    if (!result?.ok) toast.error({ title: "Not tried again", text: result?.error.message ?? "The server can’t be reached. Try again." });
    onDone();
  };
  const canRetry = row.state === "failing" || row.state === "stuck" || (row.state === "removing" && row.attempts > 0);
  return (
    <tr>
      <Cell>
        {row.userId ? <Link href={userPath(projectId, row.userId)}>{name}</Link> : name}
        {row.userName && row.externalId && <span className="block text-12 text-3">{row.externalId}</span>}
      </Cell>
      <Cell card="right">
        <Status tone={tone} icon={icon}>
          {row.state === "stuck" && !row.wanted ? "Not taken back" : SUBSCRIPTION_LABELS[row.state]}
        </Status>
      </Cell>
      <Cell card="line" className="text-2">
        {row.workflows.length > 0 ? row.workflows.join(", ") : "No workflow"}
      </Cell>
      <Cell card="line" className="trig-told text-2">
        <Told row={row} />
        {row.lastError && (
          <>
            <span className="block text-12">{row.lastError}</span>
            {row.userId && (
              <Link className="text-12" href={activityPath(projectId, { user: row.userId, resource: resourceId })}>
                The API’s answer
              </Link>
            )}
          </>
        )}
      </Cell>
      {mayEdit && (
        <Cell card="right" className="text-right">
          {canRetry && (
            <Button size="small" busy={busy} onClick={again} aria-label={`Try again for ${name}`}>
              <RotateCcw aria-hidden />
              Try again
            </Button>
          )}
        </Cell>
      )}
    </tr>
  );
}

function Told({ row: { state, attempts, activeSince, lastTryAt, nextTryAt } }: { row: ShownSubscription }) {
  const now = useNow();
  if (state === "active" && activeSince) {
    return (
      <>
        Since <RelativeTime date={activeSince} />
      </>
    );
  }
  if (!lastTryAt) return "Not tried yet";
  return (
    <>
      <RelativeTime date={lastTryAt} />
      {attempts > 0 && `, ${attempts} ${attempts === 1 ? "try" : "tries"}`}
      {nextTryAt && attempts > 0 && `, again ${formatAhead(new Date(nextTryAt), new Date(now))}`}
    </>
  );
}
