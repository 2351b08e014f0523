/** Words for a field of the draft, as the screen calls it. Pure. */

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
