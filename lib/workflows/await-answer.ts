import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findAnswer } from "#db/queries/workflow-doors.ts";
import { AppError } from "#lib/errors.ts";

export type Answer = { status: number; headers: [string, string][]; body: string };

/** The gap between two looks at the run, growing from the first to the last. */
const FIRST_GAP_MS = 15;
const LAST_GAP_MS = 250;

/**
 * What the Response step of a run answers, waited for. The run is a row that any worker may take further, so it is looked at again and
 * again. Ends with null where the run is over without having answered; throws where it failed before, or when the time is up: the run
 * goes on then.
 */
export async function awaitAnswer(
  scope: Scope,
  sql: Sql,
  { runId, withinMs, signal }: { runId: string; withinMs: number; signal?: AbortSignal },
): Promise<Answer | null> {
  const until = performance.now() + withinMs;
  const meta = { runId };
  for (let gap = FIRST_GAP_MS; performance.now() < until && !signal?.aborted; gap = Math.min(gap * 1.3, LAST_GAP_MS)) {
    const found = await findAnswer(scope, sql, runId);
    if (!found || found.response) return found?.response ?? null;
    if (found.status === "succeeded") return null;
    if (found.status === "failed" || found.status === "cancelled") {
      const what = found.status === "failed" ? "failed" : "was cancelled";
      throw new AppError("upstream_failed", `The workflow ${what} before it answered. Its run shows why; an admin can open it.`, { meta });
    }
    await new Promise((resolve) => setTimeout(resolve, gap));
  }
  throw new AppError(
    "upstream_timeout",
    `The workflow didn’t answer within ${Math.round(withinMs / 1_000)} s. It goes on; its run shows how far it is.`,
    {
      meta,
    },
  );
}
