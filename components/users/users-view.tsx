"use client";

import { ArrowLeft, ArrowRight, Search } from "lucide-react";
import { debounce, useQueryStates } from "nuqs";
import { useState, useTransition } from "react";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { Input } from "#components/ui/input.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { NoMatch } from "#components/ui/table-states.tsx";
import { toast } from "#components/ui/toast.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import type { BulkFilter, BulkKind, BulkProgress, ShownStatus } from "#lib/users/schema.ts";
import { SHOWN_STATUSES } from "#lib/users/words.ts";
import { BulkBar } from "./bulk-bar.tsx";
import { STATUS_LABELS, StatusIcon } from "./credential-words.tsx";
import { NoUsersYet } from "./no-users-yet.tsx";
import { type BulkActions, useBulkTask } from "./use-bulk-task.ts";
import { countOf, USER_FILTERS, type UserListRow } from "./user-list.ts";
import { UserTable } from "./user-table.tsx";

const BulkDialog = lazyDialog(async () => (await import("./bulk-dialog.tsx")).BulkDialog);

export interface UsersViewProps {
  projectId: string;
  /** Set on a resource's own page, whose users these are. */
  resource: { id: string; name: string } | null;
  resources: readonly { id: string; name: string }[];
  rows: readonly UserListRow[];
  /** Null: more than a thousand. */
  total: number | null;
  /** At most 1,001 each. Null where a search finds too many to tell. */
  counts: Record<ShownStatus | "all", number> | null;
  /** For the page after this one. */
  next: string | null;
  /** Nobody at all, whatever the filters. */
  isEmpty: boolean;
  may: { act: boolean; delete: boolean };
  /** One that runs in this project. */
  task: BulkProgress | null;
  actions: BulkActions;
}

/** The list with its filters, kept in the address, and what is done to many at once. */
export function UsersView(props: UsersViewProps) {
  if (props.isEmpty) return <NoUsersYet projectId={props.projectId} resource={props.resource} resources={props.resources} />;
  return <Listed {...props} />;
}

function Listed({ projectId, resource, resources, rows, total, counts, next, may, task: running, actions }: UsersViewProps) {
  const [isPending, startTransition] = useTransition();
  const [filter, setFilter] = useQueryStates(USER_FILTERS, { shallow: false, startTransition });
  const narrow = (given: Partial<Record<keyof typeof filter, string | null>>) =>
    setFilter({ ...given, after: null } as Parameters<typeof setFilter>[0]);
  const search = (q: string) => setFilter({ q: q || null, after: null }, { limitUrlUpdates: debounce(q ? 250 : 0) });
  const clear = () => setFilter({ q: null, status: null, resource: null, after: null });

  const status = (filter.status?.toUpperCase() as ShownStatus | undefined) ?? null;
  const chosen = resource ?? resources.find(({ id }) => id === filter.resource) ?? null;
  const isFiltered = Boolean(filter.q || status || filter.resource);

  return (
    <>
      <Toolbar count={countOf(total)}>
        <Input
          type="search"
          aria-label="Search users"
          placeholder="Search by id, name or email"
          prefix={<Search aria-hidden className="icon-s" />}
          maxLength={255}
          value={filter.q}
          onChange={(event) => search(event.target.value)}
        />
        {!resource && (
          <Select
            aria-label="Resource"
            value={filter.resource ?? ""}
            onChange={(event) => narrow({ resource: event.target.value || null })}
          >
            <option value="">All resources</option>
            {resources.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Toolbar>
      <StatusChips status={status} counts={counts} onChange={(chip) => narrow({ status: chip?.toLowerCase() ?? null })} />
      <Selectable
        // What was selected under other filters, or on another page, isn't what is seen.
        key={JSON.stringify([filter, resource?.id])}
        projectId={projectId}
        rows={rows}
        total={total}
        filter={{ q: filter.q, status, resourceId: chosen?.id ?? null }}
        resourceName={chosen?.name ?? null}
        caption={captionOf(status, chosen?.name)}
        isStale={isPending}
        may={may}
        running={running}
        actions={actions}
        empty={
          <NoMatch title="No user matches" onClear={clear}>
            {filter.q ? (
              <>
                No id, name or email begins with “{filter.q}”{status || filter.resource ? " and fits the filters" : ""}. A search finds
                beginnings only.
              </>
            ) : (
              <>Nobody has {status ? `a credential that is ${STATUS_LABELS[status].toLowerCase()}` : "connected this resource"}.</>
            )}
          </NoMatch>
        }
        foot={
          (next || filter.after) && (
            <nav className="mt-3 flex justify-end gap-2" aria-label="Pages">
              {filter.after && (
                <Button onClick={() => setFilter({ after: null }, { history: "push" })}>
                  <ArrowLeft aria-hidden />
                  First page
                </Button>
              )}
              {next && (
                <Button onClick={() => setFilter({ after: next }, { history: "push", scroll: true })}>
                  Next page
                  <ArrowRight aria-hidden />
                </Button>
              )}
            </nav>
          )
        }
        isFiltered={isFiltered}
      />
    </>
  );
}

const captionOf = (status: ShownStatus | null, resource?: string): string =>
  ["Connected Users", status && `with a credential that is ${STATUS_LABELS[status].toLowerCase()}`, resource && `for ${resource}`]
    .filter(Boolean)
    .join(" ");

interface StatusChipsProps {
  status: ShownStatus | null;
  counts: UsersViewProps["counts"];
  onChange: (status: ShownStatus | null) => void;
}

function StatusChips({ status, counts, onChange }: StatusChipsProps) {
  const count = (of: ShownStatus | "all") =>
    counts && <span className="usr-chips-count">{counts[of] > 1_000 ? "1,000+" : counts[of].toLocaleString("en")}</span>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset would draw and name itself as one of a form
    <div className="usr-chips" role="group" aria-label="Credential status">
      <button type="button" aria-pressed={status === null} onClick={() => onChange(null)}>
        All {count("all")}
      </button>
      {SHOWN_STATUSES.map((each) => (
        <button key={each} type="button" aria-pressed={status === each} onClick={() => onChange(status === each ? null : each)}>
          <StatusIcon status={each} />
          {STATUS_LABELS[each]} {count(each)}
        </button>
      ))}
    </div>
  );
}

interface SelectableProps extends Pick<UsersViewProps, "projectId" | "rows" | "total" | "may" | "actions"> {
  filter: Omit<BulkFilter, "userIds">;
  resourceName: string | null;
  caption: string;
  isStale: boolean;
  isFiltered: boolean;
  running: BulkProgress | null;
  empty: React.ReactNode;
  foot: React.ReactNode;
}

function Selectable(props: SelectableProps) {
  const { projectId, rows, total, filter, resourceName, caption, isStale, may, running, actions, empty, foot } = props;
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [isAllMatching, setAllMatching] = useState(false);
  const [kind, setKind] = useState<BulkKind>("refresh");
  const [isAsking, setAsking] = useState(false);
  const { task, begin, dismiss } = useBulkTask(projectId, running, actions);
  const taskId = task?.id;
  const isRunning = task?.state === "running";

  const has = (id: string) => isAllMatching || selected.has(id);
  const choose = (ids: Iterable<string>) => {
    setAllMatching(false);
    setSelected(new Set(ids));
  };
  /** Selecting anew ends the look at what was done before. */
  const pick = (ids: Iterable<string>) => {
    if (!isRunning) dismiss();
    choose(ids);
  };
  const toggle = (id: string) => pick(has(id) ? rows.map((row) => row.id).filter((each) => has(each) && each !== id) : [...selected, id]);
  const isAll = rows.length > 0 && rows.every(({ id }) => has(id));
  const clear = () => {
    choose([]);
    dismiss();
  };
  const stop = async () => {
    if (!taskId) return;
    const result = await actions.stop({ projectId, taskId }).catch(() => null);
    if (!result?.ok)
      toast.error({
        title: "The action wasn’t stopped",
        text: result ? result.error.message : "The server can’t be reached. Check the connection and try again.",
      });
  };

  const users = isAllMatching ? total : selected.size;
  const isWhole = total !== null && total <= rows.length;
  const touched = rows
    .filter(({ id }) => has(id))
    .flatMap(({ credentials }) => credentials)
    .filter((each) => kind === "delete_users" || fits(each, filter));

  return (
    <>
      <div className="usr-list" data-stale={isStale || undefined} aria-busy={isStale}>
        <Card flush>
          {rows.length === 0 ? (
            empty
          ) : (
            <UserTable
              projectId={projectId}
              caption={caption}
              rows={rows}
              task={task}
              selection={
                may.act
                  ? {
                      has,
                      toggle,
                      all: isAll,
                      some: isAllMatching || selected.size > 0,
                      toggleAll: () => pick(isAll ? [] : rows.map(({ id }) => id)),
                    }
                  : null
              }
            />
          )}
        </Card>
      </div>
      {foot}
      {may.act && (task || selected.size > 0 || isAllMatching) && (
        <BulkBar
          selected={users}
          isAllMatching={isAllMatching}
          matching={isWhole ? null : { total }}
          task={task}
          mayDelete={may.delete}
          onSelectAll={() => setAllMatching(true)}
          onAct={(act) => {
            setKind(act);
            setAsking(true);
          }}
          onStop={stop}
          onClear={clear}
        />
      )}
      {may.act && (
        <BulkDialog
          projectId={projectId}
          kind={kind}
          filter={{ ...filter, userIds: isAllMatching ? null : [...selected] }}
          users={users}
          credentials={isAllMatching && !isWhole ? null : touched.length}
          resource={resourceName}
          open={isAsking}
          onOpenChange={setAsking}
          actions={actions}
          onBegun={(task) => {
            begin(task);
            choose([]);
          }}
        />
      )}
    </>
  );
}

const fits = (credential: { resourceId: string; status: ShownStatus }, { status, resourceId }: Omit<BulkFilter, "userIds">): boolean =>
  (!status || credential.status === status) && (!resourceId || credential.resourceId === resourceId);
