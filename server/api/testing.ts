import { generateKeyPairSync, randomBytes, sign } from "node:crypto";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import { afterAll } from "vitest";
import { bodyVersion } from "#db/bodies.ts";
import type { Connection } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import { testDatabase } from "#db/testing.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { openSpine } from "#lib/connections/open-spine.ts";
import { testResource } from "#lib/connections/test-resource.ts";
import { createFirstAdmin } from "#lib/projects/create-first-admin.ts";
import { createProject } from "#lib/projects/create-project.ts";
import { createSigningKey } from "#lib/projects/create-signing-key.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { emptyDraft, ResourceDraft } from "#lib/resources/schema.ts";
import type { WorkflowDefinition } from "#lib/workflows/schema.ts";
import { startTasklab } from "../../examples/tasklab/start-tasklab.ts";
import { createApi } from "./create-api.ts";

/** Claims that a real back end would sign: valid for five minutes. */
const claimsNow = () => ({ iat: Math.floor(Date.now() / 1000), exp: Math.floor(Date.now() / 1000) + 300 });

const base64url = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** What answers of the doors may hold. */
export type WireBody = {
  id?: string;
  message?: string;
  code?: string;
  status?: string;
  personaId?: string;
  providerId?: string | null;
  providerData?: Record<string, unknown>;
  fields?: Record<string, string>;
  meta?: Record<string, unknown>;
};

export type TestSigner = { publicPem: string; sign: (claims: Record<string, unknown>, header?: Record<string, unknown>) => string };

export function makeSigner(): TestSigner {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return {
    publicPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    sign: (claims, header = {}) => {
      const input = `${base64url({ alg: "RS256", typ: "JWT", ...header })}.${base64url({ ...claimsNow(), ...claims })}`;
      return `${input}.${sign("sha256", Buffer.from(input), privateKey).toString("base64url")}`;
    },
  };
}

/**
 * Everything that stands behind a machine door, for real: a database, TaskLab, a project with an admin and a signing key, and the
 * router itself. Call it at the top of a test file.
 */
export async function testApi() {
  process.env.PATCHBAY_KEYS ??= `k1:${randomBytes(32).toString("base64")}`;
  const database = await testDatabase();
  const tasklab = await startTasklab({ port: 0 });
  const errors: unknown[] = [];
  const spine = openSpine(database as Connection, {
    outboundAllow: `127.0.0.1/32:${tasklab.port},[::1/128]:${tasklab.port}`,
    onError: (error) => errors.push(error),
  });
  const api = createApi({ spine, onError: (error) => errors.push(error) });
  afterAll(async () => {
    await spine.close();
    await tasklab.close();
  });

  const admin = await createFirstAdmin(database.db, { email: "admin@example.com", password: "correct horse battery" });
  const actor: Actor = { kind: "member", id: admin!.memberId };
  const scope: Scope = { projectId: admin!.projectId };
  const signer = makeSigner();
  await createSigningKey(scope, database.db, actor, { publicKeyPem: signer.publicPem });

  const publish = async (name: string, draft: unknown, clientSecret?: string): Promise<string> => {
    const { id } = await createResource(scope, database.db, actor, { name });
    const body = ResourceDraft.parse({ ...emptyDraft(), ...(draft as object) });
    await saveDraft(scope, database.db, actor, { resourceId: id, version: 1, body, secrets: clientSecret ? { clientSecret } : {} });
    await publishResource(scope, database.db, actor, { resourceId: id, allowsHttp: spine.allowsHttp });
    return id;
  };

  return {
    ...database,
    api,
    spine,
    tasklab,
    scope,
    actor,
    signer,
    errors,
    publish,
    /** A workflow that is live, as publishing and switching on leave it. */
    publishWorkflow: async (name: string, definition: WorkflowDefinition): Promise<string> => {
      const { trigger } = definition;
      const key = { resource: "triggerId", event: "name", user_connected: "resourceId", request: "", schedule: "" }[trigger.type];
      const [row] = await database.sql<{ id: string }[]>`
        with made as (
          insert into workflow (project_id, name, live_version, is_enabled, trigger_type, trigger_key)
          values (${scope.projectId}, ${name}, 1, true, ${trigger.type}, ${(trigger as Record<string, string>)[key] ?? null}) returning id
        )
        insert into workflow_version (project_id, workflow_id, number, schema_version, body)
        select ${scope.projectId}, id, 1, ${bodyVersion("workflow")}, ${database.sql.json(definition as never)} from made returning workflow_id as id`;
      return row!.id;
    },
    /** The router on a port of its own, as the gateway serves it: for clients. */
    listen: async (): Promise<string> => {
      const server = serve({ fetch: api.fetch, port: 0, hostname: "127.0.0.1" });
      await new Promise((resolve) => server.once("listening", resolve));
      afterAll(() => void server.close());
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    test: (resourceId: string, values: Record<string, string | null>) =>
      testResource(spine, scope, actor, { resourceId, values, allowsHttp: spine.allowsHttp }),
    secondProject: async () => ({
      projectId: (await createProject(database.db, actor, { name: "Other", adminId: admin!.memberId })).id,
    }),
    connect: async (resourceId: string, body: unknown, token = signer.sign({ sub: "user-1" }), projectId = scope.projectId) => {
      const response = await api.request(`/projects/${projectId}/sdk/resources/${resourceId}/connect`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: typeof body === "string" ? body : JSON.stringify(body),
      });
      return { status: response.status, headers: response.headers, body: (await response.json()) as WireBody };
    },
  };
}

/** Definitions for TaskLab, as an admin would write them. */
export const tasklabDraft = {
  apiKey: (url: string) => ({
    level: "user",
    authType: "api_key",
    inputs: [{ key: "tenant", title: "Tenant", placeholder: "northgate", accepts: { kind: "pattern", pattern: "[a-z][a-z0-9-]{1,30}" } }],
    apiKeys: [
      { name: "username", label: "Username", secret: false },
      { name: "password", label: "Password" },
    ],
    request: { baseUrl: `${url}/{{inputs.tenant}}/basic` },
    test: { request: { path: "/tasks" } },
    profile: {
      enabled: true,
      source: "request",
      request: { path: "/me" },
      idPath: "$.data.id",
      fields: [{ name: "email", path: "$.data.email" }],
    },
  }),
  refreshToken: (url: string) => ({
    level: "user",
    authType: "oauth2_refresh_token",
    inputs: [{ key: "tenant", title: "Tenant", placeholder: "northgate", accepts: { kind: "pattern", pattern: "[a-z][a-z0-9-]{1,30}" } }],
    oauth: { accessTokenUrl: `${url}/{{inputs.tenant}}/oauth/token`, clientId: "tasklab-web", clientAuthentication: "basic" },
    request: { baseUrl: `${url}/{{inputs.tenant}}/v3` },
    test: { request: { path: "/tasks" } },
    profile: {
      enabled: true,
      source: "request",
      request: { path: "/me" },
      idPath: "$.data.id",
      fields: [{ name: "email", path: "$.data.email" }],
    },
  }),
  clientCredentials: (url: string) => ({
    level: "user",
    authType: "oauth2_client_credentials",
    inputs: [{ key: "tenant", title: "Tenant", placeholder: "northgate" }],
    oauth: { accessTokenUrl: `${url}/{{inputs.tenant}}/oauth/token`, clientId: "tasklab-service", clientAuthentication: "basic" },
    request: { baseUrl: `${url}/{{inputs.tenant}}/v3` },
    test: { request: { path: "/tasks" } },
  }),
};
