import type { Context } from "hono";
import type { Scope } from "#db/queries/scope.ts";
import type { ActiveKeyIds } from "#db/queries/signing-keys.ts";
import { authenticateUserToken } from "#lib/projects/authenticate-user-token.ts";
import { PERMISSIONS_CLAIM } from "#lib/projects/token-permissions.ts";
import type { UserTokenClaims } from "#lib/projects/verify-user-token.ts";
import type { Spine } from "#lib/requests/perform-request.ts";
import type { ApiEnv } from "../create-api.ts";
import type { Limits } from "../limit-calls.ts";
import { bearerToken, idOrNil } from "./gate.ts";

/** What the doors of the SDK work with. */
export type SdkDependencies = { spine: Spine; limits: Limits };

export type Caller = {
  scope: Scope;
  externalId: string;
  /** The token's own claim, which may narrow what it names. */
  permissions: unknown;
};

/** Who calls, by the verified user token: the project in the address, and the token's `sub` in it. */
export async function identifyCaller(dependencies: SdkDependencies, context: Context<ApiEnv>): Promise<Caller> {
  const token = bearerToken(context.req.header("authorization"));
  const projectId = idOrNil(context.req.param("projectId"));
  const claims = await admitCaller(dependencies, { projectId, token });
  return { scope: { projectId }, externalId: claims.sub, permissions: claims[PERMISSIONS_CLAIM] };
}

/**
 * Where every call with a user token passes: the token is verified, and the call counted against its user and project, before anything
 * else of it is read. `active`, where the door has read the keys with something else, saves a statement.
 */
export async function admitCaller(
  { spine, limits }: SdkDependencies,
  { projectId, token }: { projectId: string; token: string },
  active?: ActiveKeyIds | null,
): Promise<UserTokenClaims> {
  const { claims } = await authenticateUserToken(spine, { projectId, token }, active);
  limits.call(projectId, claims.sub);
  return claims;
}
