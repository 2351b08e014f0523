"use client";

import { RotateCcw } from "lucide-react";
import { useQueryStates } from "nuqs";
import { useState } from "react";
import { countRows, HistoryList } from "#components/history/history-list.tsx";
import { HistoryTable } from "#components/history/history-table.tsx";
import { RangeFields, RangeSelect, rangeWords } from "#components/history/range-filter.tsx";
import { unwrap, useHistory } from "#components/history/use-history.ts";
import { UserFilter } from "#components/history/user-filter.tsx";
import { Button } from "#components/ui/button.tsx";
import { Facet } from "#components/ui/facet.tsx";
import { lazyDialog } from "#components/ui/lazy-dialog.tsx";
import { lazyPart } from "#components/ui/lazy-part.tsx";
import { NoMatch } from "#components/ui/table-states.tsx";
import { Toolbar } from "#components/ui/toolbar.tsx";
import type { ActionResult } from "#lib/errors.ts";
import { isOver, RUN_STATUSES, type RunFilter, USUAL_RUN_RANGE } from "#lib/workflows/run-words.ts";
import {
  isRunFilterNarrow,
  NO_RUN_FILTER,
  RUN_PARAMS,
  type RunKey,
  type RunPage,
  type RunParams,
  type RunSummary,
  runFilterOf,
} from "./run-list.ts";
import { RunColumns, RunRow } from "./run-row.tsx";
import { RUN_STATUS_LABELS } from "./run-words.tsx";
import { RunsHead } from "./runs-head.tsx";
import { type ReplayActions, type ReplayTask, useReplayTask } from "./use-replay-task.ts";

const ReplayDialog = lazyDialog(async () => (await import("./replay-dialog.tsx")).ReplayDialog);
const ReplayBar = lazyPart(async () => (await import("./replay-bar.tsx")).ReplayBar);
const NoRunsYet = lazyPart(async () => (await import("./no-runs-yet.tsx")).NoRunsYet);

export type SearchRuns = (values: { projectId: string; filter: RunFilter; before?: RunKey }) => Promise<ActionResult<RunPage>>;
/** How some runs stand now; those that are gone are left out. */
export type ReadRuns = (values: { projectId: string; runs: RunKey[] }) => Promise<ActionResult<readonly RunSummary[]>>;

/** Open runs further down the list that are looked at again. */
const MOST_WATCHED = 100;

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
  /** The newest page again, since a run may come to fit a filter long after it began; and below it the runs that aren't over. */
  const look = async (known: readonly RunSummary[]) => {
    const fresh = unwrap(await search({ projectId, filter }));
    const inHead = new Set(fresh.rows.map(({ id }) => id));
    const open = known.filter(({ id, status }) => !inHead.has(id) && !isOver(status)).slice(0, MOST_WATCHED);
    if (open.length === 0) return { fresh };
    return { fresh, again: unwrap(await read({ projectId, runs: open.map(({ id, at }) => ({ id, at })) })) };
  };
  const history = useHistory({
    name: "runs",
    projectId,
    filter,
    initial,
    load: (before) => search({ projectId, filter, ...(before ? { before } : {}) }),
    look: filter.to === null ? look : null,
  });
  const range = rangeWords(filter, USUAL_RUN_RANGE);
  const { task, begin, dismiss } = useReplayTask(projectId, running, replay);
  const [isAsking, setAsking] = useState(false);
  const change = (values: Parameters<typeof setParams>[0]) => void setParams(values);
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
      <RunFilters params={params} workflows={workflows} count={countRows(history, "run")} onChange={change} />
      <HistoryList
        history={history}
        noun="runs"
        empty={
          isRunFilterNarrow(filter) ? (
            <NoMatch title="No run matches" onClear={() => change(NO_RUN_FILTER)}>
              {history.unknownUser ? <>No user of this project has the id “{params.user}”.</> : <>No run of {range} fits these filters.</>}
            </NoMatch>
          ) : (
            <NoRunsYet
              range={range}
              onMonth={filter.range === "month" ? undefined : () => change({ range: "month", from: null, to: null })}
            />
          )
        }
      >
        <HistoryTable
          caption="Runs"
          head={<RunColumns showsWorkflow={!filter.workflow} />}
          columns={filter.workflow ? 6 : 7}
          rows={history.rows}
          isStale={history.list.isPlaceholderData}
        >
          {(run) => <RunRow projectId={projectId} run={run} showsWorkflow={!filter.workflow} />}
        </HistoryTable>
      </HistoryList>
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
        <UserFilter value={params.user} onChange={(user) => onChange({ user })} />
        <RangeSelect params={params} usual={USUAL_RUN_RANGE} onChange={onChange} />
      </Toolbar>
      <RangeFields params={params} onChange={onChange} />
    </>
  );
}
