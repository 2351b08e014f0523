/** Words for a field of the draft and its value, as the screen calls them. Pure. */
import { AUTH_TYPE_LABELS, type AuthType, LEVEL_LABELS, type ResourceLevel } from "#lib/resources/words.ts";

const NAMES: Record<string, string> = {
  level: "Level",
  authType: "Authentication type",
  inputs: "Required Inputs",
  apiKeys: "API Keys",
  "oauth.accessTokenUrl": "Access Token URL",
  "oauth.clientId": "Client ID",
  "oauth.clientSecret": "Client Secret",
  "oauth.clientAuthentication": "Include Client ID and Secret",
  "oauth.bodyFormat": "Body of the token call",
  "oauth.scope": "Scope",
  "oauth.parameters": "Extra token parameters",
  "oauth.defaultLifetime": "Default lifetime",
  "request.baseUrl": "API Base URL",
  "request.authentication.kind": "API Authentication",
  "request.authentication.token": "Token",
  "request.authentication.username": "Username",
  "request.authentication.password": "Password",
  "request.headers": "Default headers",
  "profile.enabled": "User Profile",
  "profile.idPath": "Path of the user id",
  "profile.fields": "Saved profile fields",
  "test.request.path": "Path of the test request",
  "test.request.method": "Method of the test request",
  "test.expectPath": "Path that must exist",
  "test.verifyOnConnect": "Verify on connect",
  "behaviour.timeoutMs": "Time-out",
  "behaviour.verifyEvery": "Check interval",
};

export function describeField(path: string): string {
  const known = NAMES[path];
  if (known) return known;
  const words = (path.split(".").at(-1) ?? path).replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.replace(/^./, (letter) => letter.toUpperCase());
}

export function describeValue(value: unknown): string {
  if (value === undefined || value === null || value === "") return "Empty";
  if (typeof value === "boolean") return value ? "On" : "Off";
  if (typeof value === "string") return AUTH_TYPE_LABELS[value as AuthType] ?? LEVEL_LABELS[value as ResourceLevel] ?? value;
  if (typeof value === "number") return String(value);
  if (Array.isArray(value)) return value.length === 0 ? "None" : value.map(describeRow).join(", ");
  if (typeof value === "object" && "kind" in value) return value.kind === "sealed" ? "A stored secret" : String(value.kind);
  return JSON.stringify(value);
}

function describeRow(row: unknown): string {
  if (typeof row !== "object" || row === null) return String(row);
  const { key, name, value } = row as { key?: string; name?: string; value?: string };
  const title = key ?? name ?? "";
  return value ? `${title}: ${value}` : title || JSON.stringify(row);
}
