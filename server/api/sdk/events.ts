import { Hono } from "hono";
import { receiveEvent } from "#lib/workflows/receive-event.ts";
import type { ApiEnv } from "../create-api.ts";
import { readJsonBody } from "../read-body.ts";
import { assertMayRun } from "./gate.ts";
import { idempotencyKey } from "./idempotency-key.ts";
import { identifyCaller, type SdkDependencies } from "./identify-caller.ts";
import { roomFor } from "./room-for-inputs.ts";

const MAX_BODY = 1024 * 1024;

/** POST /projects/{projectId}/sdk/events/trigger, and the same below /v2, where the published client sends it. Answers 201. */
export function events(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  return new Hono<ApiEnv>().post("/trigger", async (context) => {
    const { scope, externalId, permissions } = await identifyCaller(dependencies, context);
    assertMayRun(permissions, "call");
    const key = idempotencyKey(context.req.header("idempotency-key"));
    const room = roomFor(dependencies, { scope, externalId });
    const body = await readJsonBody(context.req.raw, MAX_BODY, room.keep);
    const { runIds } = await receiveEvent(spine, scope, { externalId, body, key });
    room.kept(runIds.length);
    return context.json({ runs: runIds.map((id) => ({ id })) }, 201);
  });
}
