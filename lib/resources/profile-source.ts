import type { AuthType, ResourceLevel } from "./words.ts";

type Described = {
  level?: ResourceLevel | undefined;
  authType?: AuthType | undefined;
  profile?: { enabled: boolean; source: "request" | "jwt" } | undefined;
};

/**
 * Where the User Profile comes from; null where there is none. API keys are no tokens with claims, so there it is the request: what was
 * chosen for tokens is kept for when the authentication type changes back (rules.md, Resources 1). Pure.
 */
export function profileSourceOf({ level, authType, profile }: Described): "request" | "jwt" | null {
  if (level === "app" || !profile?.enabled) return null;
  return authType === "api_key" ? "request" : profile.source;
}
