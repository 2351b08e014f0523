"use client";

import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { RotateCcw, ShieldCheck } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useEffect, useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { Cell, Column, Table } from "#components/ui/table.tsx";
import { NoMatch, TableFailed } from "#components/ui/table-states.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { toast } from "#components/ui/toast.tsx";
import { readActivityKey, writeActivityKey } from "#lib/activity/words.ts";
import type { DeliveryKey, ShownDelivery, VerificationDraft } from "#lib/triggers/schema.ts";
import { DELIVERY_STATUS_LABELS, DELIVERY_STATUSES, type DeliveryStatus, isHandshake, QUARANTINE_HOURS } from "#lib/triggers/words.ts";
import { countSettled, type DeliveryActions, type DeliveryPage, unwrap } from "./delivery-actions.ts";
import { DeliveryPanel } from "./delivery-panel.tsx";
import { DELIVERY_PARAMS } from "./delivery-params.ts";
import { DeliveryState, deliveryIcon } from "./delivery-state.tsx";

const EVERY_MS = 3_000;

export interface DeliveriesViewProps {
  projectId: string;
  trigger: { id: string; verification: VerificationDraft };
  initial: { status: DeliveryStatus | null; page: DeliveryPage };
  mayEdit: boolean;
  mayApply: boolean;
  actions: DeliveryActions;
}

/** What came in at a trigger's URLs, newest first, with its filter and the open one in the address. */
export function DeliveriesView({ projectId, trigger, initial, mayEdit, mayApply, actions }: DeliveriesViewProps) {
  const [{ status, open }, setParams] = useQueryStates(DELIVERY_PARAMS);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const client = useQueryClient();
  const filter = { triggerId: trigger.id, status };
  const list = useInfiniteQuery({
    queryKey: ["deliveries", projectId, trigger.id, status],
    initialPageParam: null as DeliveryKey | null,
    getNextPageParam: (page: DeliveryPage) => page.next,
    initialData: status === initial.status ? { pages: [initial.page], pageParams: [null] } : undefined,
    placeholderData: keepPreviousData,
    staleTime: EVERY_MS,
    refetchInterval: ({ state }) => (state.data && state.data.pages.length > 1 ? false : EVERY_MS),
    queryFn: async ({ pageParam }) => unwrap(await actions.search({ projectId, filter, ...(pageParam ? { after: pageParam } : {}) })),
  });
  const rows = list.data?.pages.flatMap((page) => page.rows) ?? [];
  const opened = readActivityKey(open);
  const close = () => void setParams({ open: null });
  useEscape(opened ? close : null);
  const reload = () => client.invalidateQueries({ queryKey: ["deliveries", projectId, trigger.id] });

  const chosen = rows.filter(({ id }) => selected.has(id));
  const toggle = (id: string) =>
    setSelected(selected.has(id) ? new Set([...selected].filter((each) => each !== id)) : new Set([...selected, id]));
  const narrow = (next: DeliveryStatus | null) => {
    setSelected(new Set());
    void setParams({ status: next, open: null });
  };
  return (
    <div className="activity-split" data-open={opened ? true : undefined} data-tab>
      <div className="activity-list">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and name itself as one of a form */}
        <div className="usr-chips" role="group" aria-label="State">
          <button type="button" aria-pressed={status === null} onClick={() => narrow(null)}>
            All
          </button>
          {DELIVERY_STATUSES.map((each) => (
            <button key={each} type="button" aria-pressed={status === each} onClick={() => narrow(status === each ? null : each)}>
              {deliveryIcon(each)}
              {DELIVERY_STATUS_LABELS[each]}
            </button>
          ))}
        </div>
        {mayEdit && chosen.length > 0 && (
          <BulkActs
            projectId={projectId}
            chosen={chosen}
            actions={actions}
            onDone={() => void reload()}
            onClear={() => setSelected(new Set())}
          />
        )}
        <Card flush>
          {list.isPending && <SkeletonRows rows={8} label="Loading deliveries" />}
          {list.isError && rows.length === 0 && (
            <TableFailed title="Deliveries didn’t load." onRetry={() => void list.refetch()}>
              {list.error.message}
            </TableFailed>
          )}
          {list.isSuccess && rows.length === 0 && (status ? <NoneMatch status={status} onClear={() => narrow(null)} /> : <NoneYet />)}
          {rows.length > 0 && (
            <Table caption="Deliveries" cards>
              <thead>
                <tr>
                  {mayEdit && (
                    <th scope="col" className="trig-check">
                      <span className="sr-only">Select</span>
                    </th>
                  )}
                  <Column>Received</Column>
                  <Column>State</Column>
                  <Column>User or reason</Column>
                  <Column numeric>Led to</Column>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <tr key={row.id} className="ui-row-opens" aria-current={row.id === opened?.id || undefined}>
                    {mayEdit && (
                      <td className="trig-check">
                        <label className="flex">
                          <input type="checkbox" className="ui-checkbox" checked={selected.has(row.id)} onChange={() => toggle(row.id)} />
                          <span className="sr-only">
                            Select the delivery of <TimeOfDay date={row.at} />
                          </span>
                        </label>
                      </td>
                    )}
                    <Cell className="trig-received">
                      <button
                        type="button"
                        aria-expanded={row.id === opened?.id}
                        onClick={() => void setParams({ open: writeActivityKey(row) }, { history: opened ? "replace" : "push" })}
                      >
                        <span className="sr-only">Open the delivery of </span>
                        <TimeOfDay date={row.at} />
                      </button>
                    </Cell>
                    <Cell card="right">
                      <DeliveryState status={row.status} />
                    </Cell>
                    <Cell card="line" className="trig-why text-2">
                      <span className="cut block">{row.message ?? userOf(row)}</span>
                    </Cell>
                    <Cell numeric card="right" className="text-3">
                      {ledTo(row)}
                    </Cell>
                  </tr>
                ))}
              </tbody>
            </Table>
          )}
        </Card>
        {list.hasNextPage && (
          <div className="ui-table-foot">
            <Button size="small" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              Show older
            </Button>
          </div>
        )}
      </div>
      {opened && (
        <DeliveryPanel
          key={opened.id}
          projectId={projectId}
          delivery={opened}
          verification={trigger.verification}
          held={rows.filter((row) => row.status === "refused" && row.quarantinedUntil)}
          mayEdit={mayEdit}
          mayApply={mayApply}
          actions={actions}
          onClose={close}
          onDone={() => void reload()}
        />
      )}
    </div>
  );
}

const userOf = ({ userName, externalId, status }: ShownDelivery): string =>
  userName || externalId || (status === "accepted" ? "Several, or nobody" : "");

function ledTo({ status, runIds, replayOf, releasedAt, quarantinedUntil }: ShownDelivery): string {
  if (runIds.length > 0) return runIds.length === 1 ? "1 run" : `${runIds.length} runs`;
  if (status === "refused") return quarantinedUntil ? `Held ${QUARANTINE_HOURS} h` : "Not held";
  if (status === "unattributed") return "Map user";
  return replayOf ? "Replay, no run" : releasedAt ? "Released, no run" : "Nothing";
}

interface BulkActsProps {
  projectId: string;
  chosen: readonly ShownDelivery[];
  actions: DeliveryActions;
  onDone: () => void;
  onClear: () => void;
}

/** Refused and unattributed ones are judged again, all other events taken again. */
function BulkActs({ projectId, chosen, actions, onDone, onClear }: BulkActsProps) {
  const [busy, setBusy] = useState(false);
  const isHeld = ({ status }: ShownDelivery) => status === "refused" || status === "unattributed";
  const keysOf = (rows: readonly ShownDelivery[]) => rows.slice(0, 100).map(({ at, id }) => ({ at, id }));
  const held = chosen.filter(isHeld);
  const taken = chosen.filter((row) => !isHeld(row) && !isHandshake(row));
  const act = async (what: "release" | "replay", rows: readonly ShownDelivery[]) => {
    setBusy(true);
    const result = await actions[what]({ projectId, keys: keysOf(rows) }).catch(() => null);
    setBusy(false);
    const title = what === "release" ? "Checked again" : "Replayed";
    if (result?.ok) {
      toast.success({ title, text: `${countSettled(result.data)}.` });
      onClear();
      onDone();
    } else toast.error({ title: "Nothing was done", text: result?.error.message ?? "The server can’t be reached. Try again." });
  };
  return (
    <div className="trig-bulk">
      <b role="status">{chosen.length} selected</b>
      {held.length > 0 && (
        <Button size="small" busy={busy} onClick={() => act("release", held)}>
          <ShieldCheck aria-hidden />
          Re-check and release {held.length}
        </Button>
      )}
      {taken.length > 0 && (
        <Button size="small" busy={busy} onClick={() => act("replay", taken)}>
          <RotateCcw aria-hidden />
          Replay {taken.length}
        </Button>
      )}
      <Button size="small" variant="ghost" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}

/** Escape closes the panel wherever focus is, but for a field that it empties and a dialog above it. */
function useEscape(close: (() => void) | null) {
  useEffect(() => {
    if (!close) return;
    const listen = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented || document.querySelector("[role=dialog]")) return;
      if (event.target instanceof HTMLInputElement && event.target.value !== "" && event.target.type !== "checkbox") return;
      close();
    };
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  });
}

const NoneMatch = ({ status, onClear }: { status: DeliveryStatus; onClear: () => void }) => (
  <NoMatch title="Nothing matches" onClear={onClear}>
    No delivery of the last 7 days is {DELIVERY_STATUS_LABELS[status].toLowerCase()}.
  </NoMatch>
);

const NoneYet = () => (
  <EmptyState
    title="Nothing has come in yet"
    steps={[
      { title: "Copy the URL", text: "It stands on the Overview tab, and goes into the API’s own settings, unless a request sends it." },
      { title: "Send an event", text: "Do in the API what sends one. Many have a button for a test event." },
      { title: "See what became of it", text: "Accepted, filtered, a duplicate, refused with the reason, or waiting for its user." },
    ]}
  >
    Each request at the trigger’s URLs stands here for 7 days, with what it led to.
  </EmptyState>
);
