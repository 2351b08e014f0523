import type { Context } from "hono";
import type { Scope } from "#db/queries/scope.ts";
import { authenticateUserToken } from "#lib/projects/authenticate-user-token.ts";
import { PERMISSIONS_CLAIM } from "#lib/projects/token-permissions.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import type { ApiEnv } from "../create-api.ts";
import { bearerToken, idOrNil } from "./gate.ts";

export type Caller = {
  scope: Scope;
  externalId: string /** The token's own claim, which may narrow what it names. */;
  permissions: unknown;
};

/** Who calls, by the verified user token: the project in the address, and the token's `sub` in it. */
export async function identifyCaller(spine: Spine, context: Context<ApiEnv>): Promise<Caller> {
  const token = bearerToken(context.req.header("authorization"));
  const projectId = idOrNil(context.req.param("projectId"));
  const { claims } = await authenticateUserToken(spine, { projectId, token });
  return { scope: { projectId }, externalId: claims.sub, permissions: claims[PERMISSIONS_CLAIM] };
}
