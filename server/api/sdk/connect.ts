import { Hono } from "hono";
import { findConnectFacts, listNamesOf } from "#db/queries/connections.ts";
import { connectUser } from "#lib/connections/connect-user.ts";
import type { ApiEnv } from "../create-api.ts";
import { readJsonBody } from "../read-body.ts";
import { assertPermitted, bearerToken, claimedSub, idOrNil } from "./gate.ts";
import { admitCaller, type SdkDependencies } from "./identify-caller.ts";
import { toWireCredential } from "./wire-credential.ts";

const MAX_BODY = 256 * 1024;

/** POST /projects/{projectId}/sdk/resources/{resourceId}/connect (api.md, Connect). */
export function connect(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  return new Hono<ApiEnv>().post("/:resourceId/connect", async (context) => {
    const token = bearerToken(context.req.header("authorization"));
    const projectId = idOrNil(context.req.param("projectId" as never));
    const facts = await findConnectFacts(spine.sql, projectId, idOrNil(context.req.param("resourceId")), claimedSub(token));
    const claims = await admitCaller(dependencies, { projectId, token }, facts);
    const resourceId = facts?.resource?.id;
    if (resourceId) await assertPermitted(claims, resourceId, "connect", () => listNamesOf(spine.sql, projectId, resourceId));
    const body = await readJsonBody(context.req.raw, MAX_BODY);
    const credential = await connectUser(
      spine,
      { projectId },
      { facts: facts!, externalId: claims.sub, body, requestId: context.get("requestId") },
    );
    return context.json(toWireCredential(projectId, credential));
  });
}
