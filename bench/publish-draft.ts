import type { Database } from "#db/client.ts";
import type { Scope } from "#db/queries/scope.ts";
import type { Actor } from "#lib/audit/record-audit.ts";
import { createResource } from "#lib/resources/create-resource.ts";
import { publishResource } from "#lib/resources/publish-resource.ts";
import { saveDraft } from "#lib/resources/save-draft.ts";
import { ResourceDraft } from "#lib/resources/schema.ts";

/** A live resource with this draft; gives its id. `http:` is let through, since what is measured stands on loopback. */
export async function publishDraft(
  { db, actor }: { db: Database; actor: Actor },
  scope: Scope,
  name: string,
  draft: object,
  clientSecret?: string,
): Promise<string> {
  const { id } = await createResource(scope, db, actor, { name });
  const body = ResourceDraft.parse(draft);
  await saveDraft(scope, db, actor, { resourceId: id, version: 1, body, secrets: clientSecret ? { clientSecret } : {} });
  await publishResource(scope, db, actor, { resourceId: id, allowsHttp: () => true });
  return id;
}

/** TaskLab's OAuth client with rotating refresh tokens, and its API, both behind `origin`. */
export const refreshTokenDraft = (origin: string) => ({
  level: "user",
  authType: "oauth2_refresh_token",
  oauth: { accessTokenUrl: `${origin}/northgate/oauth/token`, clientId: "tasklab-web", clientAuthentication: "basic" },
  request: { baseUrl: `${origin}/northgate/v3` },
  test: { request: { path: "/tasks" } },
});

/** An API that tells its callers by a key in X-Key. Checked each `verifyEvery` seconds; 0 = never. */
export const apiKeyDraft = (origin: string, verifyEvery = 0) => ({
  level: "user",
  authType: "api_key",
  apiKeys: [{ name: "key", label: "Key" }],
  request: {
    baseUrl: origin,
    authentication: { kind: "headers", headers: [{ name: "X-Key", value: "{{credentials.key}}" }] },
  },
  test: { request: { path: "/tasks" } },
  behaviour: { verifyEvery },
});
