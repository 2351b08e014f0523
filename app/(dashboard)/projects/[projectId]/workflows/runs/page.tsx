import type { Metadata } from "next";
import { createLoader } from "nuqs/server";
import { requireMember } from "#app/_gates/session.ts";
import { RUN_PARAMS, runFilterOf } from "#components/runs/run-list.ts";
import { RunsView } from "#components/runs/runs-view.tsx";
import { getDatabase } from "#db/client.ts";
import { listWorkflowNames } from "#db/queries/runs.ts";
import { can } from "#lib/projects/roles.ts";
import { searchRuns } from "#lib/workflows/list-runs.ts";
import { findReplay } from "#lib/workflows/replay-runs.ts";
import {
  countFailedRunsAction,
  readReplayAction,
  readRunsAction,
  replayRunsAction,
  searchRunsAction,
  stopReplayAction,
} from "./actions.ts";

export const metadata: Metadata = { title: "Runs" };

const readParams = createLoader(RUN_PARAMS);

export default async function RunsPage({
  params,
  searchParams,
}: {
  params: Promise<{ projectId: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { projectId } = await params;
  const { scope, role } = await requireMember(projectId, "workflows.read");
  const { sql } = getDatabase();
  const filter = runFilterOf(await readParams(searchParams));
  const [page, workflows, task] = await Promise.all([
    searchRuns(scope, sql, filter),
    listWorkflowNames(scope, sql),
    findReplay(scope, sql, null),
  ]);
  return (
    <RunsView
      projectId={projectId}
      workflows={workflows}
      initial={{ filter, page }}
      search={searchRunsAction}
      read={readRunsAction}
      mayReplay={can(role, "workflows.test")}
      task={task}
      replay={{ count: countFailedRunsAction, start: replayRunsAction, stop: stopReplayAction, readTask: readReplayAction }}
    />
  );
}
