import { sql as chunk } from "drizzle-orm";
import type { Database, Sql } from "#db/client.ts";
import { type FoundRun, findRun, findRunKey, type RunKey } from "#db/queries/runs.ts";
import type { Scope } from "#db/queries/scope.ts";
import { type Actor, recordAudit } from "#lib/audit/record-audit.ts";
import { AppError } from "#lib/errors.ts";
import type { ReplayVersion } from "./run-words.ts";
import { startRuns } from "./start-run.ts";

export type Replay = {
  runId: string;
  version: ReplayVersion;
  /** A name that begins nothing twice: then the run itself is what it gives. */
  once?: string;
};

/** Begins a run anew with the input that it had, by the version that it ran or by the live one. */
export async function replayRun(
  scope: Scope,
  { db, sql }: { db: Database; sql: Sql },
  actor: Actor,
  { runId, version, once }: Replay,
): Promise<RunKey> {
  const run = await findRun(scope, sql, { id: runId });
  if (!run) throw new AppError("not_found", "This run isn’t kept any more. Go back to the list of runs.");
  if (run.workflowName === null) throw new AppError("conflict", "The workflow of this run was deleted: there is nothing to run it by.");
  if (version === "newest" && run.liveVersion === null)
    throw new AppError("conflict", "The workflow isn’t live. Switch it on, or replay by the version that ran.");
  const { runIds } = await db.transaction(async (tx) => {
    if (once && !(await takeKey(scope, tx, run, once))) return { runIds: [run.id] };
    const started = await startRuns(tx, scope, { source: { type: "replay", runId, version }, userId: run.userId, payload: run.input });
    const [first] = started.runIds;
    await recordAudit(tx, { ...scope, actor, action: "run.replay", subject: `run:${runId}`, detail: { version, newRun: first } });
    return started;
  });
  const key = runIds[0] ? await findRunKey(scope, sql, runIds[0]) : null;
  if (!key) throw new AppError("conflict", "The replay wasn’t begun. Reload the page and try again.");
  return key;
}

/** Whether this name is new for the run: the second time nothing is begun. */
async function takeKey({ projectId }: Scope, tx: Pick<Database, "execute">, run: FoundRun, once: string): Promise<boolean> {
  const taken = await tx.execute(chunk`
    insert into run_key (project_id, workflow_id, user_id, key, run_id)
    values (${projectId}, ${run.workflowId}, ${run.userId ?? ""}, ${once}, ${run.id}) on conflict do nothing returning run_id`);
  return [...taken].length > 0;
}
