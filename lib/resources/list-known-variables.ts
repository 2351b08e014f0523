/** Which variables exist where (rules.md, Credentials 1). Pure; the variable menu, unknown-variable marks and publish use this. */
import type { KnownVariable, VariableCatalog } from "#lib/template/variables.ts";
import { profileSourceOf } from "./profile-source.ts";
import type { AuthType, ResourceLevel } from "./words.ts";

/** `token`: the token call. `profile`: the profile request, made before a profile exists. `request`: every other request. */
export type VariablePlace = "token" | "profile" | "request";

type Described = {
  level?: ResourceLevel;
  authType?: AuthType;
  inputs?: { key: string; title: string; secret: boolean }[];
  apiKeys?: { name: string; label: string; secret: boolean }[];
  oauth?: { clientSecret?: unknown };
  profile?: {
    enabled: boolean;
    source: "request" | "jwt";
    fields: { name: string }[];
    claims: { name: string }[];
  };
};

/** `secretNames`: the project's secrets, which every place may read. */
export function listKnownVariables(resource: Described, place: VariablePlace, secretNames: readonly string[]): VariableCatalog {
  return [
    ...inputVariables(resource),
    ...credentialVariables(resource, place),
    ...(place === "token" ? [] : userVariables(resource, place)),
    ...secretNames.map((name): KnownVariable => ({ name: `secrets.${name}`, description: "Secret of the project", secret: true })),
  ];
}

/** What to do about a secret that the project doesn't have; null for every other variable. */
export function explainUnknownSecret(variable: string): { message: string; name: string } | null {
  const name = /^secrets\.([A-Za-z_][A-Za-z0-9_]{0,63})$/.exec(variable)?.[1];
  return name ? { name, message: `There is no secret named ${name}. An admin adds it in Settings, Secrets.` } : null;
}

function inputVariables({ level, inputs = [] }: Described): KnownVariable[] {
  if (level === "app") return [];
  return inputs.filter(({ key }) => key).map(({ key, title, secret }) => ({ name: `inputs.${key}`, description: title, secret }));
}

function credentialVariables({ authType, apiKeys = [], oauth }: Described, place: VariablePlace): KnownVariable[] {
  if (authType === "api_key") {
    return apiKeys
      .filter(({ name }) => name)
      .map(({ name, label, secret }) => ({ name: `credentials.${name}`, description: label || name, secret }));
  }
  const tokens: KnownVariable[] = [
    { name: "credentials.access_token", description: "Access token", secret: true },
    ...(authType === "oauth2_client_credentials"
      ? []
      : [{ name: "credentials.refresh_token", description: "Refresh token", secret: true }]),
    { name: "credentials.client_id", description: "Client ID", secret: false },
  ];
  if (place === "token")
    return oauth?.clientSecret ? [...tokens, { name: "credentials.client_secret", description: "Client Secret", secret: true }] : tokens;
  return [...tokens, { name: "credentials.expires_at", description: "When the access token ends", secret: false }];
}

function userVariables({ level, authType, profile }: Described, place: VariablePlace): KnownVariable[] {
  const user: KnownVariable[] = [
    { name: "user.id", description: "The connected user's id", secret: false },
    { name: "user.metadata", description: "What your app saved about the user", secret: false, open: true },
  ];
  if (level === "app" || place === "profile" || !profile?.enabled) return user;
  const saved = profileSourceOf({ level, authType, profile }) === "request" ? profile.fields : profile.claims;
  return [
    ...user,
    { name: "profile.id", description: "The user's id at the API", secret: false },
    ...saved
      .filter(({ name }) => name && name !== "id")
      .map(({ name }) => ({ name: `profile.${name}`, description: "From the User Profile", secret: false })),
  ];
}
