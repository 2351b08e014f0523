import type { JSONValue } from "postgres";
import type { Sql } from "#db/client.ts";
import type { StepJob } from "./admit-runs.ts";
import type { Place } from "./next-step.ts";
import type { RunStatus } from "./run-words.ts";
import type { StepAttempt } from "./schema.ts";

type Beginning = { earlier: StepAttempt[]; attempt: number; startedAt: Date; losses: number; status: RunStatus };

/** Before a call goes out: the page shows it, and an attempt that a dying worker made is known of. Gives all attempts, this one last. */
export async function beginStep(
  sql: Sql,
  { projectId, runId, at }: StepJob,
  { stepId, item }: Place,
  { earlier, attempt, startedAt, losses, status }: Beginning,
): Promise<StepAttempt[]> {
  const settled = earlier.map((one) =>
    one.finishedAt
      ? one
      : {
          ...one,
          finishedAt: startedAt.toISOString(),
          title: "Its worker ended",
          note: "Another worker took over, with the same idempotency key.",
        },
  );
  const n = Math.max(attempt, settled.length + 1);
  const attempts = [
    ...settled,
    { n, startedAt: startedAt.toISOString(), finishedAt: null, ok: false, title: "Under way", note: null, requestId: null },
  ];
  await sql`
    insert into step_run (project_id, run_id, at, step_id, item, status, attempts, started_at)
    values (${projectId}, ${runId}, ${at}, ${stepId}, ${item}, 'running', ${sql.json(attempts as JSONValue)}, ${startedAt})
    on conflict (project_id, run_id, step_id, item, at) do update set status = 'running', attempts = excluded.attempts, until = null`;
  if (status !== "running" || losses > 0) {
    await sql`
      update run set status = 'running', started_at = coalesce(started_at, ${startedAt})
        ${losses > 0 ? sql`, taken_over_at = now()` : sql``}
      where project_id = ${projectId} and id = ${runId} and at = ${at} and status in ('queued', 'running', 'waiting')`;
  }
  return attempts;
}
