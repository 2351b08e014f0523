import { type Context, Hono } from "hono";
import { switchForUser } from "#lib/workflows/switch-for-user.ts";
import type { ApiEnv } from "../create-api.ts";
import { assertMayRun, idOrNil } from "./gate.ts";
import { identifyCaller, type SdkDependencies } from "./identify-caller.ts";

/** POST and DELETE /projects/{projectId}/sdk/workflows/{workflowId}: switches a workflow on and off for the token's user. Answers 204. */
export function workflows(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  const turn = async (context: Context<ApiEnv>, enabled: boolean): Promise<Response> => {
    const { scope, externalId, permissions } = await identifyCaller(dependencies, context);
    assertMayRun(permissions, "connect");
    await switchForUser(scope, spine.sql, { workflowId: idOrNil(context.req.param("workflowId")), externalId, enabled });
    return context.body(null, 204);
  };
  return new Hono<ApiEnv>()
    .post("/:workflowId", (context) => turn(context, true))
    .delete("/:workflowId", (context) => turn(context, false));
}
