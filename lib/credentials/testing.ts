import { emptyDraft, ResourceDefinition, ResourceDraft, type OAuthSettings as Settings } from "#lib/resources/schema.ts";

/** OAuth settings as published, with the defaults of the wizard. For tests. */
export const OAuthSettings = (given: object): Settings => ResourceDraft.parse({ ...emptyDraft(), oauth: given }).oauth;

/** A definition as published, from what a test cares about. */
export function definitionOf(given: object): ResourceDefinition {
  const base = { level: "user", authType: "api_key", apiKeys: [{ name: "key" }], request: { baseUrl: "https://api.example" } };
  const draft = ResourceDraft.parse({ ...base, ...given });
  return ResourceDefinition.parse(draft);
}
