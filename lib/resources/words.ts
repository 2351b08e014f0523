/**
 * The words of a resource that screens, snippets and schemas share. Without zod, so that pages that only show them carry none of it.
 */
export const RESOURCE_LEVELS = ["user", "app"] as const;
export type ResourceLevel = (typeof RESOURCE_LEVELS)[number];
export const LEVEL_LABELS: Record<ResourceLevel, string> = { user: "User-Level Resource", app: "App-Level Resource" };

export const AUTH_TYPES = ["oauth2_refresh_token", "oauth2_client_credentials", "api_key"] as const;
export type AuthType = (typeof AUTH_TYPES)[number];
export const AUTH_TYPE_LABELS: Record<AuthType, string> = {
  oauth2_refresh_token: "OAuth 2.0 (Refresh Token)",
  oauth2_client_credentials: "OAuth 2.0 (Client Credentials)",
  api_key: "API Key",
};

export const REQUEST_AUTHENTICATION_KINDS = ["none", "bearer", "basic", "query", "headers"] as const;
export type RequestAuthenticationKind = (typeof REQUEST_AUTHENTICATION_KINDS)[number];
export const REQUEST_AUTHENTICATION_LABELS: Record<RequestAuthenticationKind, string> = {
  none: "None",
  bearer: "Bearer Token",
  basic: "Basic",
  query: "Query Parameters",
  headers: "Headers",
};

export const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] as const;
export type Method = (typeof METHODS)[number];

/** Under which the published client and the claims of user tokens know a project's workflows: no resource's name. */
export const WORKFLOWS_NAME = "_api";

const UNITS: [seconds: number, one: string, many: string][] = [
  [604_800, "week", "weeks"],
  [86_400, "day", "days"],
  [3_600, "hour", "hours"],
  [60, "minute", "minutes"],
];

/** How often something is done, in the largest unit that says it exactly: 86,400 → "Every day"; 0 → "Never". */
export function describeInterval(seconds: number): string {
  if (seconds === 0) return "Never";
  const unit = UNITS.find(([length]) => seconds % length === 0);
  if (!unit) return `Every ${seconds.toLocaleString("en")} s`;
  const [length, one, many] = unit;
  return seconds === length ? `Every ${one}` : `Every ${seconds / length} ${many}`;
}

/** Names that callers send beside inputs and keys in the flat connect body (RFC 6749, section 5.1). */
export const TOKEN_RESPONSE_KEYS = [
  "access_token",
  "refresh_token",
  "expires_in",
  "expires_at",
  "token_type",
  "scope",
  "id_token",
] as const;
