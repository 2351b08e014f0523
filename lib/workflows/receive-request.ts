import type { Sql } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { findKeyedRun, findLiveWorkflow } from "#db/queries/workflow-doors.ts";
import { findUser } from "#lib/connections/find-user.ts";
import { AppError } from "#lib/errors.ts";
import { isStorable, UNSTORABLE } from "#lib/storable.ts";
import { findValueProblem } from "./find-value-problem.ts";
import { listMisfits } from "./list-misfits.ts";
import { readExample } from "./read-example.ts";
import type { Step, WorkflowTrigger } from "./schema.ts";
import { startRunsTogether } from "./start-run.ts";

/** What a call of a Request trigger carries; header names in lower case. */
export type TriggerRequest = { body: unknown; query: Record<string, string>; headers: Record<string, string> };

/**
 * Starts the workflow that a Request trigger begins, for one user. What the trigger asks of body, query and headers is checked first.
 * The same request with a `key` that it had before is that run again (draft-ietf-httpapi-idempotency-key-header, 2.6).
 * `answers`: one of its steps answers the caller.
 */
export async function receiveRequest(
  { sql }: { sql: Sql },
  scope: Scope,
  { workflowId, externalId, request, key }: { workflowId: string; externalId: string; request: TriggerRequest; key: string | null },
): Promise<{ runId: string; answers: boolean }> {
  const user = await findUser(scope, sql, externalId);
  const found = await findLiveWorkflow(scope, sql, { workflowId, userId: user.id });
  if (found?.definition.trigger.type !== "request")
    throw new AppError(
      "not_found",
      "There is no live workflow with this id that begins with a Request. Copy its id from the address of its editor.",
    );
  const { definition, isEnabled } = found;
  if (!isEnabled) throw new AppError("conflict", "This workflow is switched off for this user. enableWorkflow() switches it on.");
  if (!isStorable(request)) throw new AppError("bad_input", `The request holds ${UNSTORABLE}. Send plain JSON.`);
  assertFits(found.definition.trigger, request);
  const dedupeKey = key ? `request:${workflowId}:${user.id}:${key}` : undefined;
  const [runId] = await startRunsTogether(sql, {
    ...scope,
    source: { type: "request", workflowId },
    userIds: [user.id],
    payload: request,
    dedupeKey,
  });
  const answers = hasResponse(definition.steps);
  if (runId) return { runId, answers };
  const first = dedupeKey && (await findKeyedRun(scope, sql, { workflowId, userId: user.id, key: dedupeKey, request }));
  if (!first) throw new AppError("conflict", "The workflow didn’t start: it was switched off just now.");
  if (!first.isSame)
    throw new AppError("conflict", "This Idempotency-Key was used before, with another body or query. Take a new one for a new request.");
  return { runId: first.runId, answers };
}

function assertFits(trigger: Extract<WorkflowTrigger, { type: "request" }>, { body, query, headers }: TriggerRequest): void {
  const fields: Record<string, string> = {};
  for (const asked of trigger.query ?? []) {
    const problem = findValueProblem(asked, query[asked.name]);
    if (problem) fields[`query.${asked.name}`] = problem;
  }
  for (const asked of trigger.headers ?? []) {
    const problem = findValueProblem(asked, headers[asked.name.toLowerCase()]);
    if (problem) fields[`headers.${asked.name}`] = problem;
  }
  for (const { path, message } of listMisfits(readExample(trigger.body), body)) fields[path.replace("$", "body")] = message;
  const [first, ...others] = Object.entries(fields);
  if (!first) return;
  const more = others.length === 0 ? "" : ` ${others.length} more ${others.length === 1 ? "thing needs" : "things need"} a change.`;
  throw new AppError("bad_input", `${first[0]}: ${first[1]}${more}`, { fields });
}

const hasResponse = (steps: readonly Step[]): boolean =>
  steps.some(
    (step) =>
      step.type === "response" ||
      (step.type === "condition" && (hasResponse(step.then) || hasResponse(step.else))) ||
      (step.type === "fan_out" && hasResponse(step.steps)),
  );
