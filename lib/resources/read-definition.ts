/** Parts of a definition, whatever its level and type. Pure. */
import type { ApiKeyField, OAuthSettings, RequiredInput, ResourceDefinition } from "./schema.ts";
import type { AuthType, RequestAuthenticationKind } from "./words.ts";

/** The API Authentication that fits the authentication type, until the admin chooses one. */
export function defaultAuthenticationKind(resource: { authType?: AuthType; apiKeys?: { name: string }[] }): RequestAuthenticationKind {
  if (resource.authType !== "api_key") return "bearer";
  const names = new Set(resource.apiKeys?.map((key) => key.name));
  return names.has("username") && names.has("password") ? "basic" : "headers";
}

/** Required Inputs; app level has none. */
export const inputsOf = (definition: ResourceDefinition): RequiredInput[] => (definition.level === "user" ? definition.inputs : []);

/** Key names of an API-key resource; the other types have none. */
export const apiKeysOf = (definition: ResourceDefinition): ApiKeyField[] => (definition.authType === "api_key" ? definition.apiKeys : []);

export const oauthOf = (definition: ResourceDefinition): OAuthSettings | null =>
  definition.authType === "api_key" ? null : definition.oauth;
