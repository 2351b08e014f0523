import { Hono } from "hono";
import { isAnswerHeader } from "#lib/requests/answer-header.ts";
import { awaitAnswer } from "#lib/workflows/await-answer.ts";
import { receiveRequest } from "#lib/workflows/receive-request.ts";
import { HEADERS_KEPT_BACK } from "#lib/workflows/words.ts";
import type { ApiEnv } from "../create-api.ts";
import { readJsonBody } from "../read-body.ts";
import { toResponse } from "../to-response.ts";
import { assertMayRun, idOrNil } from "./gate.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import { identifyCaller, type SdkDependencies } from "./identify-caller.ts";
import { roomFor } from "./room-for-inputs.ts";

const MAX_BODY = 1024 * 1024;
const ANSWER_WITHIN_MS = 55_000;

/**
 * POST /projects/{projectId}/sdk/triggers/{workflowId}: runs a workflow that begins with a Request, for the token's user. Answers what
 * its Response step says, within 55 s; 202 with the run's id at once where it has none.
 */
export function triggers(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  return new Hono<ApiEnv>().post("/:workflowId", async (context) => {
    const { scope, externalId, permissions } = await identifyCaller(dependencies, context);
    assertMayRun(permissions, "call");
    const { raw } = context.req;
    const key = idempotencyKey(context.req.header("idempotency-key"));
    const hasBody = raw.body !== null && raw.headers.get("content-length") !== "0";
    const room = roomFor(dependencies, { scope, externalId });
    const body = hasBody ? await readJsonBody(raw, MAX_BODY, room.keep) : {};
    const query = Object.fromEntries(new URL(raw.url).searchParams);
    const given = Object.fromEntries([...raw.headers].filter(([name]) => !HEADERS_KEPT_BACK.test(name)));
    const workflowId = idOrNil(context.req.param("workflowId"));
    const { runId, answers } = await receiveRequest(spine, scope, {
      workflowId,
      externalId,
      request: { body, query, headers: given },
      key,
    });
    if (!answers) return context.json({ runId }, 202);
    const answer = await awaitAnswer(scope, spine.sql, { runId, withinMs: ANSWER_WITHIN_MS, signal: raw.signal });
    if (!answer) return context.json({ runId }, 202);
    const headers = answer.headers.filter(([name]) => isAnswerHeader(name));
    return toResponse({ ...answer, headers: [...headers, ["X-Run-Id", runId]] });
  });
}
