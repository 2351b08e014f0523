import { Hono } from "hono";
import { findConnectFacts, listConnectable } from "#db/queries/connections.ts";
import { statusOf } from "#lib/credentials/schema.ts";
import { AppError } from "#lib/errors.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import type { ApiEnv } from "../create-api.ts";
import { assertSelected, listVisible } from "./gate.ts";
import { identifyCaller, type SdkDependencies } from "./identify-caller.ts";
import { toWireCredential } from "./wire-credential.ts";

/**
 * GET /projects/{projectId}/sdk/credentials?integration=<name or id of a resource>: the user's own credential for it, never its
 * secrets. `includeAccountAuth`, by which the published client asks for the tokens, changes nothing.
 */
export function credentials(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  return new Hono<ApiEnv>().get("/", async (context) => {
    const { scope, externalId, permissions } = await identifyCaller(dependencies, context);
    const { projectId } = scope;
    const asked = integrationAsked(context.req.url);
    if (asked.length === 0)
      throw new AppError("bad_input", "Say of which resource: ?integration=<its name or id>. GET /sdk/me lists all that is connected.");
    const resources = listVisible(permissions, await listConnectable(spine.sql, projectId));
    const resource = asked.flatMap((wanted) => resources.filter(({ id, name }) => name === wanted || id === wanted.toLowerCase()))[0];
    const facts = resource ? await findConnectFacts(spine.sql, projectId, resource.id, externalId) : null;
    if (!resource || !facts?.resource)
      throw new AppError("not_found", "There is no such resource in this project, or it isn't published. GET /sdk/me lists their names.");
    if (!facts.credential)
      throw new AppError("not_found", "This user isn't connected to that resource. Connect them first: POST .../connect.");
    assertSelected(context.req.header("x-paragon-credential"), facts.credential);
    const definition = await loadRevision(scope, spine.sql, facts.resource.id, facts.resource.liveRevision);
    const { status } = statusOf(definition, facts.credential);
    return context.json({
      ...toWireCredential(projectId, { ...facts.credential, status, resourceId: resource.id }),
      type: resource.name,
      name: resource.name,
      isActive: true,
      hasCredential: true,
    });
  });
}

/**
 * The resource that the query names. The published client writes a name as it is, "Tom & Jerry" included, with
 * `&includeAccountAuth=` after it; everybody else encodes it, a space as %20 or as +.
 */
function integrationAsked(url: string): string[] {
  const { searchParams, search } = new URL(url);
  const encoded = searchParams.get("integration");
  const verbatim = /[?&]integration=(.*?)(?:&includeAccountAuth=[^&]*)?$/.exec(search)?.[1];
  return [...new Set([verbatim === undefined ? null : decode(verbatim), encoded])].filter(
    (name) => name !== null && name !== "",
  ) as string[];
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
