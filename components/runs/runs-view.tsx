"use client";

import { RotateCcw } from "lucide-react";
import { useQueryStates } from "nuqs";
import { type ReactNode, useState } from "react";
import { RANGE_LABELS } from "#components/activity/call-words.ts";
import { Button } from "#components/ui/button.tsx";
import { Card } from "#components/ui/card.tsx";
import { CustomRange } from "#components/ui/custom-range.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Facet } from "#components/ui/facet.tsx";
import { formatFull } from "#components/ui/format-time.ts";
import { LateInput } from "#components/ui/late-input.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { SkeletonRows } from "#components/ui/skeleton.tsx";
import { NoMatch, TableFailed } from "#components/ui/table-states.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import { ACTIVITY_RANGES, type ActivityRange, RANGE_SECONDS } from "#lib/activity/words.ts";
import { RUN_STATUSES, type RunFilter, USUAL_RUN_RANGE } from "#lib/workflows/run-words.ts";
import { ReplayBar } from "./replay-bar.tsx";
import { isRunFilterNarrow, NO_RUN_FILTER, RUN_PARAMS, type RunKey, type RunPage, type RunParams, runFilterOf } from "./run-list.ts";
import { RunTable } from "./run-table.tsx";
import { RUN_STATUS_LABELS } from "./run-words.tsx";
import { RunsHead } from "./runs-head.tsx";
import { type ReplayActions, type ReplayTask, useReplayTask } from "./use-replay-task.ts";
import { type ReadRuns, type SearchRuns, useRuns } from "./use-runs.ts";

const ReplayDialog = lazyDialog(async () => (await import("./replay-dialog.tsx")).ReplayDialog);

export interface RunsViewProps {
  projectId: string;
  /** For the filter. */
  workflows: readonly { id: string; name: string }[];
  initial: { filter: RunFilter; page: RunPage };
  search: SearchRuns;
  read: ReadRuns;
  mayReplay: boolean;
  /** A bulk replay that is under way in this project. */
  task: ReplayTask | null;
  replay: ReplayActions;
}

/** What ran, newest first, with its filters in the address, and the failed ones once more. */
export function RunsView({ projectId, workflows, initial, search, read, mayReplay, task: running, replay }: RunsViewProps) {
  const [params, setParams] = useQueryStates(RUN_PARAMS);
  const filter = runFilterOf(params);
  const { list, rows, next, unknownUser, lostTouch } = useRuns({ projectId, filter, initial, search, read });
  const { task, begin, dismiss } = useReplayTask(projectId, running, replay);
  const [isAsking, setAsking] = useState(false);
  const change = (values: Parameters<typeof setParams>[0]) => void setParams(values);
  const isEmpty = list.isSuccess && rows.length === 0 && next === null;
  return (
    <>
      <RunsHead
        projectId={projectId}
        actions={
          mayReplay && (
            <Button onClick={() => setAsking(true)} disabled={task?.state === "running"}>
              <RotateCcw aria-hidden />
              Replay failed runs
            </Button>
          )
        }
      />
      <RunFilters params={params} workflows={workflows} count={countOf(rows.length, next !== null)} onChange={change} />
      <Card flush>
        <span className="sr-only" role="status">
          {lostTouch ? "The list lost its connection and tries again." : ""}
        </span>
        {list.isPending && <SkeletonRows rows={10} label="Loading runs" />}
        {list.isError && rows.length === 0 && (
          <TableFailed title="The runs didn’t load." onRetry={() => void list.refetch()}>
            {list.error.message}
          </TableFailed>
        )}
        {isEmpty &&
          (isRunFilterNarrow(filter) ? (
            <NoMatch title="No run matches" onClear={() => change(NO_RUN_FILTER)}>
              {unknownUser ? (
                <>No user of this project has the id “{params.user}”.</>
              ) : (
                <>No run of {rangeWords(filter)} fits these filters.</>
              )}
            </NoMatch>
          ) : (
            <NothingYet filter={filter} onMonth={() => change({ range: "month", from: null, to: null })} />
          ))}
        {rows.length > 0 && (
          <RunTable projectId={projectId} rows={rows} showsWorkflow={!filter.workflow} isStale={list.isPlaceholderData} />
        )}
      </Card>
      <Foot list={list} next={next} hasRows={rows.length > 0} />
      {task && <ReplayBar projectId={projectId} task={task} stop={replay.stop} onClose={dismiss} />}
      {mayReplay && (
        <ReplayDialog
          projectId={projectId}
          filter={filter}
          workflow={workflows.find(({ id }) => id === filter.workflow)?.name ?? null}
          open={isAsking}
          onOpenChange={setAsking}
          actions={replay}
          onBegun={begin}
        />
      )}
    </>
  );
}

const STATUSES = [["open", "Not over yet"] as const, ...RUN_STATUSES.map((status) => [status, RUN_STATUS_LABELS[status]] as const)];

interface RunFiltersProps {
  params: RunParams;
  workflows: RunsViewProps["workflows"];
  count: string;
  onChange: (change: Partial<{ [Name in keyof RunParams]: RunParams[Name] | null }>) => void;
}

function RunFilters({ params, workflows, count, onChange }: RunFiltersProps) {
  const isCustom = params.from !== null || params.to !== null;
  const chooseRange = (range: string) =>
    range === "custom"
      ? onChange({ range: null, from: new Date(startOfMinute() - RANGE_SECONDS[params.range ?? USUAL_RUN_RANGE] * 1_000) })
      : onChange({ range: (range || null) as ActivityRange | null, from: null, to: null });
  return (
    <>
      <Toolbar count={count}>
        <Facet
          label="Workflow"
          all="All workflows"
          value={params.workflow || null}
          options={workflows.map(({ id, name }) => [id, name] as const)}
          onChange={(workflow) => onChange({ workflow })}
        />
        <Facet label="Status" all="Any status" value={params.status} options={STATUSES} onChange={(status) => onChange({ status })} />
        <LateInput
          aria-label="User, by the id your app knows them by"
          placeholder="User id"
          className="run-user"
          value={params.user}
          onValue={(user) => onChange({ user: user || null })}
        />
        <Select
          aria-label="Time"
          value={isCustom ? "custom" : (params.range ?? USUAL_RUN_RANGE)}
          onChange={(event) => chooseRange(event.target.value)}
        >
          {ACTIVITY_RANGES.map((range) => (
            <option key={range} value={range}>
              {RANGE_LABELS[range]}
            </option>
          ))}
          <option value="custom">From … to …</option>
        </Select>
      </Toolbar>
      {isCustom && <CustomRange from={params.from} to={params.to} onChange={onChange} />}
    </>
  );
}

const startOfMinute = () => Math.floor(Date.now() / 60_000) * 60_000;

interface FootProps {
  list: ReturnType<typeof useRuns>["list"];
  next: RunKey | null;
  hasRows: boolean;
}

function Foot({ list, next, hasRows }: FootProps) {
  if (!hasRows) return null;
  if (list.isError) {
    return (
      <FootLine>
        Older runs didn’t load. {list.error.message}
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
  return <FootLine>Nothing older in this range.</FootLine>;
}

const FootLine = ({ children }: { children: ReactNode }) => <div className="run-foot">{children}</div>;

const countOf = (rows: number, isMore: boolean): string =>
  `${rows.toLocaleString("en")}${isMore ? "+" : ""} ${rows === 1 && !isMore ? "run" : "runs"}`;

function rangeWords({ range, from, to }: RunFilter): string {
  if (from || to) return [from && `from ${formatFull(new Date(from))}`, to && `to ${formatFull(new Date(to))}`].filter(Boolean).join(" ");
  return `the ${RANGE_LABELS[range ?? USUAL_RUN_RANGE].toLowerCase()}`;
}

function NothingYet({ filter, onMonth }: { filter: RunFilter; onMonth: () => void }) {
  return (
    <EmptyState
      title={`No run in ${rangeWords(filter)}`}
      actions={filter.range !== "month" && <Button onClick={onMonth}>Look at the last 30 days</Button>}
      steps={[
        { title: "Publish", text: "A workflow runs once it is published and switched on." },
        { title: "Start", text: "By a webhook, an event of your app, a request, a schedule, or a user who connects." },
        { title: "Follow", text: "Each run shows the path it took, and of each step its input, output and attempts." },
      ]}
    >
      A run survives restarts and goes on where it stopped. One that failed stays here, and can be replayed.
    </EmptyState>
  );
}
