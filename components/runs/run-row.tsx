"use client";

import { Cell, Column, NameLink } from "#components/ui/table.tsx";
import { TimeOfDay } from "#components/ui/time-of-day.tsx";
import { useNow } from "#components/ui/use-now.ts";
import { writeActivityKey } from "#lib/activity/words.ts";
import { runPath } from "#lib/paths.ts";
import { isOver } from "#lib/workflows/run-words.ts";
import { type RunSummary, runName } from "./run-list.ts";
import { formatLength, RunStatusWord, SOURCE_WORDS } from "./run-words.tsx";
import { TriggerKindIcon } from "./step-icon.tsx";

export interface RunRowProps {
  projectId: string;
  run: RunSummary;
  /** Of lists that hold runs of several workflows. */
  showsWorkflow: boolean;
}

/** The heads of `RunRow`. */
export function RunColumns({ showsWorkflow }: Pick<RunRowProps, "showsWorkflow">) {
  return (
    <tr>
      <Column>Run</Column>
      {showsWorkflow && <Column>Workflow</Column>}
      <Column>Started by</Column>
      <Column>User</Column>
      <Column>Time</Column>
      <Column>Status</Column>
      <Column numeric>Took</Column>
    </tr>
  );
}

export function RunRow({ projectId, run, showsWorkflow }: RunRowProps) {
  const { workflowName, userName, status, failure, source, isReplay } = run;
  const workflow = workflowName ?? "Deleted workflow";
  const user = run.userKind === "test" ? "Test user" : userName;
  const startedBy = isReplay ? "Replay" : SOURCE_WORDS[source];
  return (
    <tr className="ui-row-opens" data-row={run.id}>
      <Cell>
        <NameLink
          href={runPath(projectId, writeActivityKey(run))}
          icon={
            <span className="run-source">
              <TriggerKindIcon type={source} />
            </span>
          }
        >
          <span className="sm:hidden">{showsWorkflow ? `${workflow}, ` : ""}</span>
          {runName(run)}
        </NameLink>
      </Cell>
      {showsWorkflow && (
        <Cell card="hide" className="run-cut text-2">
          <span className="cut block">{workflow}</span>
        </Cell>
      )}
      <Cell card="hide" className="text-2">
        {startedBy}
      </Cell>
      <Cell card="line" className="run-cut max-sm:order-3">
        <span className="sm:hidden">
          <TimeOfDay date={run.at} /> · {startedBy} ·{" "}
        </span>
        <span className="cut sm:block sm:text-2">{user ?? "No user"}</span>
      </Cell>
      <Cell card="hide" className="text-3">
        <TimeOfDay date={run.at} className="ui-table-time" />
      </Cell>
      <Cell card="right" className="run-status max-sm:order-2">
        <span className="flex items-center gap-2">
          <RunStatusWord status={status} />
          {failure && <span className="cut text-3 max-lg:hidden">{failure}</span>}
        </span>
      </Cell>
      <Cell numeric card="right" className="text-3 max-sm:order-4">
        <RunLength run={run} />
      </Cell>
    </tr>
  );
}

/** How long it took, or takes up to now. */
export function RunLength({ run }: { run: Pick<RunSummary, "startedAt" | "finishedAt" | "status"> }) {
  const now = useNow();
  if (!run.startedAt) return "–";
  const started = Date.parse(run.startedAt);
  if (run.finishedAt) return formatLength(Date.parse(run.finishedAt) - started);
  return isOver(run.status) ? "–" : <span suppressHydrationWarning>{formatLength(Math.max(0, now - started))}</span>;
}
