import { Hono } from "hono";
import { z } from "zod";
import { listConnectable, listUserCredentials } from "#db/queries/connections.ts";
import { listLiveWorkflows } from "#db/queries/workflow-doors.ts";
import { findUser } from "#lib/connections/find-user.ts";
import { saveUserMetadata } from "#lib/connections/save-user-metadata.ts";
import { statusOf } from "#lib/credentials/schema.ts";
import { AppError } from "#lib/errors.ts";
import { loadRevision } from "#lib/resources/load-revision.ts";
import { WORKFLOWS_NAME } from "#lib/resources/words.ts";
import { isStorable, UNSTORABLE } from "#lib/storable.ts";
import type { ApiEnv } from "../create-api.ts";
import { readJsonBody } from "../read-body.ts";
import { listVisible, mayRun } from "./gate.ts";
import { type Caller, identifyCaller, type SdkDependencies } from "./identify-caller.ts";
import { toWireCredential } from "./wire-credential.ts";
import { toIntegrationState, toWorkflowsState } from "./wire-integration.ts";

const MAX_METADATA = 32 * 1024;

const NewMetadata = z.object({ meta: z.record(z.string().max(200), z.unknown()) });

/** GET and PATCH /projects/{projectId}/sdk/me: who the user is, which resources there are, what is connected. */
export function me(dependencies: SdkDependencies): Hono<ApiEnv> {
  const { spine } = dependencies;
  return new Hono<ApiEnv>()
    .get("/", async (context) => {
      return context.json(await describeUser(spine, await identifyCaller(dependencies, context)));
    })
    .patch("/", async (context) => {
      const caller = await identifyCaller(dependencies, context);
      const body = await readJsonBody(context.req.raw, MAX_METADATA);
      if (!isStorable(body)) throw new AppError("bad_input", `The metadata holds ${UNSTORABLE}. Send plain JSON.`);
      const parsed = NewMetadata.safeParse(body);
      if (!parsed.success) throw new AppError("bad_input", 'Send { "meta": { ... } }: an object with what your app knows about the user.');
      await saveUserMetadata(caller.scope, spine.sql, { externalId: caller.externalId, metadata: parsed.data.meta });
      return context.json(await describeUser(spine, caller));
    });
}

async function describeUser({ sql }: SdkDependencies["spine"], { scope, externalId, permissions }: Caller) {
  const { projectId } = scope;
  const user = await findUser(scope, sql, externalId);
  const [connectable, stored, workflows] = await Promise.all([
    listConnectable(sql, projectId),
    listUserCredentials(sql, projectId, user.id),
    mayRun(permissions) ? listLiveWorkflows(scope, sql, user.id) : [],
  ]);
  const resources = listVisible(permissions, connectable);
  const revisions = new Map(resources.map(({ id, liveRevision }) => [id, liveRevision]));
  const credentials = new Map(
    await Promise.all(
      stored
        .filter(({ resourceId }) => revisions.has(resourceId))
        .map(async (credential) => {
          const { resourceId } = credential;
          const { status } = statusOf(await loadRevision(scope, sql, resourceId, revisions.get(resourceId)!), credential);
          return [resourceId, toWireCredential(projectId, { ...credential, status })] as const;
        }),
    ),
  );
  return {
    authenticated: true,
    id: user.id,
    userId: externalId,
    meta: user.metadata,
    integrations: {
      ...Object.fromEntries(
        resources.filter(({ level }) => level === "user").map(({ id, name }) => [name, toIntegrationState(credentials.get(id))]),
      ),
      // Last: whatever a resource was named before names were checked for it.
      [WORKFLOWS_NAME]: toWorkflowsState(user.id, workflows),
    },
    // A resource's slug is its name; old names go on working.
    resources: resources.map(({ id, name }) => {
      const credential = credentials.get(id);
      const standing = credential ? { credentialId: credential.id, credentialStatus: credential.status } : {};
      return { id, slug: name, integrationId: id, ...standing };
    }),
    workflows,
    project: { id: projectId, accessibleFeatures: ["headless-cp"] },
  };
}
