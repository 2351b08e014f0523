import { type Context, Hono } from "hono";
import { z } from "zod";
import { listConnectable, listUserCredentials } from "#db/queries/connections.ts";
import { findUser } from "#lib/connections/find-user.ts";
import { saveUserMetadata } from "#lib/connections/save-user-metadata.ts";
import { statusOf } from "#lib/credentials/schema.ts";
import { AppError } from "#lib/errors.ts";
import { authenticateUserToken } from "#lib/projects/authenticate-user-token.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { isStorable } from "#lib/storable.ts";
import type { ApiDependencies, ApiEnv } from "../create-api.ts";
import { readJsonBody } from "../read-body.ts";
import { bearerToken, idOrNil } from "./gate.ts";

const MAX_METADATA = 32 * 1024;

const NewMetadata = z.object({ meta: z.record(z.string().max(200), z.json()) });

/** GET and PATCH /projects/{projectId}/sdk/me: who the user is, which resources there are, what is connected. */
export function me({ spine }: ApiDependencies): Hono<ApiEnv> {
  const who = async (context: Context<ApiEnv>) => {
    const token = bearerToken(context.req.header("authorization"));
    const projectId = idOrNil(context.req.param("projectId" as never));
    const { claims } = await authenticateUserToken(spine, { projectId, token });
    return { projectId, externalId: claims.sub };
  };

  return new Hono<ApiEnv>()
    .get("/", async (context) => {
      const { projectId, externalId } = await who(context);
      return context.json(await describeUser(spine, projectId, externalId));
    })
    .patch("/", async (context) => {
      const { projectId, externalId } = await who(context);
      const body = await readJsonBody(context.req.raw, MAX_METADATA);
      if (!isStorable(body))
        throw new AppError("bad_input", "The metadata holds U+0000, half a character, or more than 60 levels. Send plain JSON.");
      const parsed = NewMetadata.safeParse(body);
      if (!parsed.success) throw new AppError("bad_input", 'Send { "meta": { ... } }: an object with what your app knows about the user.');
      await saveUserMetadata({ projectId }, spine.sql, { externalId, metadata: parsed.data.meta });
      return context.json(await describeUser(spine, projectId, externalId));
    });
}

async function describeUser({ sql }: ApiDependencies["spine"], projectId: string, externalId: string) {
  const user = await findUser({ projectId }, sql, externalId);
  const [resources, credentials] = await Promise.all([listConnectable(sql, projectId), listUserCredentials(sql, projectId, user.id)]);
  const byResource = new Map(credentials.map((credential) => [credential.resourceId, credential]));
  return {
    authenticated: true,
    id: user.id,
    userId: externalId,
    meta: user.metadata,
    // The published client looks workflows up through integrations: resource-only projects need one of their own.
    integrations: { _api: { enabled: true, allCredentials: [{ status: "VALID", configurations: [] }] } },
    // A resource's slug is its name; old names go on working.
    resources: await Promise.all(
      resources.map(async ({ id, name, liveRevision }) => {
        const credential = byResource.get(id);
        if (!credential) return { id, slug: name, integrationId: id };
        const { status } = statusOf(await loadRevision({ projectId }, sql, id, liveRevision), credential);
        return { id, slug: name, integrationId: id, credentialId: credential.id, credentialStatus: status };
      }),
    ),
    project: { id: projectId, accessibleFeatures: ["headless-cp"] },
  };
}
