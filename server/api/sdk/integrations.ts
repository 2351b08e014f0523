import { Hono } from "hono";
import { authenticateUserToken } from "#lib/projects/authenticate-user-token.ts";
import type { ApiDependencies, ApiEnv } from "../create-api.ts";
import { bearerToken, idOrNil } from "./gate.ts";

/** GET /projects/{projectId}/sdk/integrations: the published client asks for it beside `me`. */
export function integrations({ spine }: ApiDependencies): Hono<ApiEnv> {
  return new Hono<ApiEnv>().get("/", async (context) => {
    const token = bearerToken(context.req.header("authorization"));
    await authenticateUserToken(spine, { projectId: idOrNil(context.req.param("projectId" as never)), token });
    return context.json([{ type: "_api", configs: [{ values: { workflowMeta: {} } }] }]);
  });
}
