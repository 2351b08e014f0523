import { Hono } from "hono";
import { findConnectFacts, listConnectable, listNamesOf } from "#db/queries/connections.ts";
import { listLiveWorkflows } from "#db/queries/workflow-doors.ts";
import { disconnectUser } from "#lib/connections/disconnect-user.ts";
import type { ApiEnv } from "../create-api.ts";
import { assertPermitted, assertSelected, bearerToken, claimedSub, idOrNil, listVisible, mayRun } from "./gate.ts";
import { admitCaller, identifyCaller, type SdkDependencies } from "./identify-caller.ts";
import { toWireIntegration, toWorkflowsIntegration } from "./wire-integration.ts";

/**
 * GET /projects/{projectId}/sdk/integrations: what a user can connect, as the published client asks for it beside `me`.
 * DELETE .../{resourceId}: disconnects the user, which that client calls uninstall. Answers 204, also when there was nothing left.
 */
export function integrations(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  return new Hono<ApiEnv>()
    .get("/", async (context) => {
      const { scope, permissions } = await identifyCaller(dependencies, context);
      const [connectable, workflows] = await Promise.all([
        listConnectable(spine.sql, scope.projectId),
        mayRun(permissions) ? listLiveWorkflows(scope, spine.sql, null) : [],
      ]);
      const resources = listVisible(permissions, connectable);
      return context.json([toWorkflowsIntegration(workflows), ...resources.filter(({ level }) => level === "user").map(toWireIntegration)]);
    })
    .delete("/:resourceId", async (context) => {
      const token = bearerToken(context.req.header("authorization"));
      const projectId = idOrNil(context.req.param("projectId" as never));
      const facts = await findConnectFacts(spine.sql, projectId, idOrNil(context.req.param("resourceId")), claimedSub(token));
      const claims = await admitCaller(dependencies, { projectId, token }, facts);
      const resourceId = facts?.resource?.id;
      if (resourceId) await assertPermitted(claims, resourceId, "connect", () => listNamesOf(spine.sql, projectId, resourceId));
      assertSelected(context.req.header("x-paragon-credential"), facts?.credential);
      await disconnectUser(spine, { projectId }, { facts: facts!, requestId: context.get("requestId") });
      return context.body(null, 204);
    });
}
