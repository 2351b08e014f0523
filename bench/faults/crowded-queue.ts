import { setTimeout as sleep } from "node:timers/promises";
import { createProject } from "#lib/projects/create-project.ts";
import { emptyStep, publishWorkflow, startMany } from "../publish-workflow.ts";
import { ms, percentile, seconds } from "../report.ts";
import type { Experiment } from "./experiment.ts";
import { openParts, type Parts } from "./open-parts.ts";

/**
 * quality.md, Reliability 7. One project has 100,000 runs to be done, and a process works on them. Meanwhile another project starts a run
 * now and then. The judge is the database: when that run was asked for, and when its first step began.
 */
export const crowdedQueue: Experiment = async () => {
  const parts = await openParts();
  try {
    const { db, sql, scope, actor } = parts;
    const memberId = actor.kind === "member" ? actor.id : "";
    const other = { projectId: (await createProject(db, actor, { name: "Other", adminId: memberId })).id };
    await publishWorkflow(scope, db, "crowd", [emptyStep("one"), emptyStep("two"), emptyStep("three")]);
    await publishWorkflow(other, db, "guest", [emptyStep("one")]);
    await startMany(scope, db, "crowd", null, 1);
    // The others as the first: asked for, and waiting for their turn.
    await sql`
      insert into run (project_id, at, workflow_id, version, source, input, state)
      select project_id, date_trunc('milliseconds', clock_timestamp()), workflow_id, version, source, input, state
      from run, generate_series(1, ${CROWD - 1}) where project_id = ${scope.projectId}`;
    await sql`vacuum analyze run`;
    await parts.startGateway();
    await sleep(3_000);
    const began = Date.now();
    const [before] = await waitingOf(parts);
    const waits: number[] = [];
    for (let n = 0; n < GUESTS; n++) {
      const [id] = await startMany(other, db, "guest", null, 1);
      waits.push(await untilStarted(parts, id!));
      await sleep(200);
    }
    const [after] = await waitingOf(parts);
    const took = Date.now() - began;
    const slowest = Math.max(...waits);
    const table = {
      title: `${CROWD.toLocaleString("en-US")} runs of one project waiting, ${GUESTS} runs of another`,
      head: ["", ""],
      rows: [
        ["the other's first step began after, p50", ms(percentile(waits, 0.5))],
        ["the slowest", ms(slowest)],
        ["the crowd's runs done meanwhile", `${before!.n - after!.n} in ${seconds(took)}`],
      ],
    };
    return {
      tables: [table],
      verdicts: [
        { promise: "behind 100,000 runs of one project, another's starts within 1 s", kept: slowest <= 1_000, seen: ms(slowest) },
        { promise: "and the crowd is worked on meanwhile", kept: after!.n < before!.n && after!.n > 0, seen: `${before!.n} → ${after!.n}` },
      ],
    };
  } finally {
    await parts.end();
  }
};

const CROWD = 100_000;
const GUESTS = 20;

const waitingOf = ({ sql, scope }: Parts) => sql<{ n: number }[]>`
  select count(*)::int as n from run where project_id = ${scope.projectId} and status = 'queued' and admitted_at is null`;

/** Milliseconds from when it was asked for; more than any limit where it never began. */
async function untilStarted({ sql }: Parts, runId: string): Promise<number> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    const [row] = await sql<{ waited: number | null }[]>`
      select extract(epoch from started_at - at)::float8 * 1000 as waited from run where id = ${runId}`;
    if (row?.waited !== null && row?.waited !== undefined) return row.waited;
    await sleep(20);
  }
  return Number.POSITIVE_INFINITY;
}
