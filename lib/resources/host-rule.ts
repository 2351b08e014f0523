/** Who may choose the host (rules.md). Pure: publishing checks with it, rendering obeys it. */
import { secretsOf } from "./list-secret-references.ts";
import type { ResourceDefinition, ResourceDraft } from "./schema.ts";

type Described = Pick<ResourceDraft, "level" | "authType" | "oauth"> & ResourceDraft;

/**
 * Whether a secret that isn't the end user's own goes to this host: the client secret, a project secret, the app's credential, or a
 * token that was obtained with a shared client.
 */
export function sharedSecretTravels(draft: Described, place: "token" | "request"): boolean {
  if (draft.level === "app") return true;
  if (secretsOf(draft, place).length > 0) return true;
  const hasSharedClient =
    draft.authType !== "api_key" && draft.oauth.clientSecret?.kind === "sealed" && draft.oauth.clientAuthentication !== "none";
  if (place === "token") return hasSharedClient;
  return draft.authType === "oauth2_client_credentials" && (hasSharedClient || secretsOf(draft, "token").length > 0);
}

export type HostRule = {
  /** `label`: each value is one DNS label. `hostname`: the user's own whole hostname. */
  hostValues: "label" | "hostname";
  /** Values that the admin listed, by variable: these may be anything the list holds. */
  choices: Record<string, string[]>;
};

/** What rendering holds values in the host to. */
export function hostRuleOf(definition: ResourceDefinition | ResourceDraft, place: "token" | "request"): HostRule {
  const draft = definition as Described;
  const inputs = draft.level === "app" ? [] : (draft.inputs ?? []);
  return {
    hostValues: sharedSecretTravels(draft, place) ? "label" : "hostname",
    choices: Object.fromEntries(
      inputs.flatMap(({ key, accepts }) => (accepts.kind === "choices" ? [[`inputs.${key}`, accepts.choices]] : [])),
    ),
  };
}
