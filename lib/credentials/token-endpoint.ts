/**
 * The token endpoint, as request/process pairs: nothing here reaches the network. RFC 6749: section 4.4 (client credentials),
 * section 6 (refresh), section 2.3.1 (client authentication), section 5 (answers).
 */
import type { HostRule } from "#lib/resources/host-rule.ts";
import { readJsonPath } from "#lib/resources/read-json-path.ts";
import type { OAuthSettings } from "#lib/resources/schema.ts";
import { renderTemplate } from "#lib/template/render-template.ts";
import { renderUrl, userChoosesHost } from "#lib/template/render-url.ts";
import type { TemplateScope } from "#lib/template/variables.ts";
import type { HttpRequest, Outcome } from "#lib/transport/schema.ts";

export type TokenGrant = { type: "refresh_token"; refreshToken: string } | { type: "client_credentials" };

export type TokenRequestInput = {
  oauth: OAuthSettings;
  grant: TokenGrant;
  /** `inputs`, `credentials` (client_id, client_secret, refresh_token) and `secrets`: nothing else exists during the token call. */
  scope: TemplateScope;
  clientSecret: string | undefined;
  hostRule: HostRule;
};

/** Puts the client's proof on a token request: Basic header, body, or nothing. Swapping one for another changes nothing else. */
type ClientAuthenticator = (clientId: string, clientSecret: string, headers: [string, string][], body: URLSearchParams) => void;

/** RFC 6749, section 2.3.1: id and secret are form-encoded before they go into the Basic header. */
const formEncode = (text: string): string => new URLSearchParams({ "": text }).toString().slice(1);

const AUTHENTICATORS: Record<OAuthSettings["clientAuthentication"], ClientAuthenticator> = {
  basic: (clientId, clientSecret, headers) => {
    headers.push(["Authorization", `Basic ${base64(`${formEncode(clientId)}:${formEncode(clientSecret)}`)}`]);
  },
  body: (clientId, clientSecret, _headers, body) => {
    body.set("client_id", clientId);
    body.set("client_secret", clientSecret);
  },
  none: (clientId, _clientSecret, _headers, body) => {
    body.set("client_id", clientId);
  },
};

const base64 = (text: string): string => btoa(String.fromCharCode(...new TextEncoder().encode(text)));

export function buildTokenRequest({ oauth, grant, scope, clientSecret = "", hostRule }: TokenRequestInput): HttpRequest {
  const template = oauth.accessTokenUrl.trim();
  const url = new URL(renderUrl(template, scope, hostRule));
  const host = userChoosesHost(template, hostRule) ? ({ isUsersHost: true } as const) : {};
  // Revisions published before there was a choice hold none.
  const isJson = oauth.bodyFormat === "json";
  const headers: [string, string][] = [
    ["Accept", "application/json"],
    ["Content-Type", isJson ? "application/json" : "application/x-www-form-urlencoded"],
  ];
  const body = new URLSearchParams({ grant_type: grant.type });
  if (grant.type === "refresh_token") body.set("refresh_token", grant.refreshToken);
  const tokenScope = renderTemplate(oauth.scope, scope, "text").trim();
  if (tokenScope) body.set("scope", tokenScope);
  AUTHENTICATORS[oauth.clientAuthentication](renderTemplate(oauth.clientId, scope, "text"), clientSecret, headers, body);
  // An own parameter replaces the one that is there already (RFC 6749, section 3.2: none is repeated); own ones may repeat, as
  // RFC 8707's `resource` does.
  for (const { name, place } of oauth.parameters) if (place === "body") body.delete(name);
  const replaced = new Set(oauth.parameters.filter(({ place }) => place === "header").map(({ name }) => name.toLowerCase()));
  const sent = headers.filter(([name]) => !replaced.has(name.toLowerCase()));
  for (const { name, value, place } of oauth.parameters) {
    if (place === "header") sent.push([name, renderTemplate(value, scope, "header")]);
    else (place === "query" ? url.searchParams : body).append(name, renderTemplate(value, scope, "text"));
  }
  return { method: "POST", url: url.href, headers: sent, ...host, body: isJson ? toJson(body) : body.toString() };
}

/** The same fields as one JSON object of strings; a name that comes twice holds a list. */
function toJson(fields: URLSearchParams): string {
  const byName = Object.fromEntries([...new Set(fields.keys())].map((name) => [name, fields.getAll(name)]));
  return JSON.stringify(byName, (_, value) => (Array.isArray(value) && value.length === 1 ? value[0] : value));
}

export type IssuedTokens = {
  accessToken: string;
  /** Absent when the server keeps the old one valid (RFC 6749, section 6). */
  refreshToken?: string;
  tokenType?: string;
  scope?: string;
  /** RFC 3339. Absent when nothing told a lifetime. */
  expiresAt?: string;
  lifetimeSeconds?: number;
  /** Where the lifetime came from. */
  lifetimeFrom: "answer" | "jwt" | "default" | "nothing";
};

export type TokenFailureKind =
  | "unreachable"
  | "invalid_grant"
  | "invalid_client"
  | "rate_limited"
  | "server_error"
  | "refused"
  | "no_token"
  | "not_understood";
export type TokenFailure = { kind: TokenFailureKind; message: string; fix: string };
export type TokenResult = { ok: true; tokens: IssuedTokens } | { ok: false; failure: TokenFailure };

/** Longer ones fit into no header. */
const MAX_TOKEN = 65_536;

const UNIT_SECONDS: Record<OAuthSettings["response"]["lifetimeUnit"], number> = { seconds: 1, milliseconds: 0.001, minutes: 60 };

/** Reads a token answer. JSON or form; a 200 without a token is a failure. `now` in milliseconds is the time of receipt. */
export function processTokenResponse(oauth: OAuthSettings, grant: TokenGrant["type"], outcome: Outcome, now: number): TokenResult {
  if (outcome.kind === "failure") return failed("unreachable", `The token call got no answer. ${outcome.message}`, outcome.fix);
  const answer = readAnswer(outcome);
  if (outcome.status < 200 || outcome.status > 299) return { ok: false, failure: explainRefusal(outcome.status, answer, grant) };
  if (answer === undefined) {
    return failed(
      "not_understood",
      `The token call answered ${outcome.status} with ${describeBody(outcome)}, not with a token.`,
      "Check the Access Token URL: it must be the token endpoint, not a page.",
    );
  }
  // Some servers answer 200 to a refusal: RFC 6749 names the field `error`.
  if (typeof (answer as { error?: unknown }).error === "string" && readJsonPath(answer, oauth.response.accessToken) === undefined) {
    return { ok: false, failure: explainRefusal(outcome.status, answer, grant) };
  }
  const accessToken = readJsonPath(answer, oauth.response.accessToken);
  if (typeof accessToken !== "string" || accessToken === "") {
    const near = findTokenPath(answer);
    return failed(
      "no_token",
      `The token call answered ${outcome.status}, but no token is at ${oauth.response.accessToken}.`,
      near
        ? `There is one at ${near}: put that into Token answer, Access Token.`
        : "Look at the answer and set Token answer, Access Token to where the token is.",
    );
  }
  if (accessToken.length > MAX_TOKEN) {
    return failed(
      "not_understood",
      `The access token has ${accessToken.length} characters; at most ${MAX_TOKEN} are kept.`,
      "Check Token answer, Access Token: it should lead to the token alone.",
    );
  }
  const issued = readJsonPath(answer, oauth.response.refreshToken);
  const refreshToken = typeof issued === "string" && issued !== "" && issued.length <= MAX_TOKEN ? issued : undefined;
  const { token_type: tokenType, scope } = answer as { token_type?: unknown; scope?: unknown };
  return {
    ok: true,
    tokens: {
      accessToken,
      ...(refreshToken ? { refreshToken } : {}),
      ...(typeof tokenType === "string" ? { tokenType } : {}),
      ...(typeof scope === "string" ? { scope } : {}),
      ...readLifetime(oauth, answer, accessToken, now),
    },
  };
}

/** `expires_in` as a number or a string, in the unit the admin named; capped by a JWT's own `exp`; else the default lifetime. */
function readLifetime(
  oauth: OAuthSettings,
  answer: unknown,
  accessToken: string,
  now: number,
): Pick<IssuedTokens, "expiresAt" | "lifetimeSeconds" | "lifetimeFrom"> {
  const raw = readJsonPath(answer, oauth.response.lifetime);
  const amount = typeof raw === "number" ? raw : typeof raw === "string" && /^\s*\d+(\.\d+)?\s*$/.test(raw) ? Number(raw) : undefined;
  const told =
    amount !== undefined && Number.isFinite(amount) && amount >= 0 ? amount * UNIT_SECONDS[oauth.response.lifetimeUnit] : undefined;
  const exp = jwtExpiry(accessToken);
  const fromJwt = exp === undefined ? undefined : exp - now / 1000;
  if (told !== undefined && (fromJwt === undefined || told <= fromJwt)) return lifetime(told, "answer", now);
  if (fromJwt !== undefined) return lifetime(Math.max(0, fromJwt), "jwt", now);
  if (oauth.defaultLifetime !== undefined) return lifetime(oauth.defaultLifetime, "default", now);
  return { lifetimeFrom: "nothing" };
}

function lifetime(
  seconds: number,
  from: "answer" | "jwt" | "default",
  now: number,
): Pick<IssuedTokens, "expiresAt" | "lifetimeSeconds" | "lifetimeFrom"> {
  const capped = Math.min(seconds, 10 * 365 * 86_400);
  return { expiresAt: new Date(now + capped * 1000).toISOString(), lifetimeSeconds: Math.round(capped), lifetimeFrom: from };
}

/** The claims of a JWT, unverified: what the API says of its own token. Undefined when it isn't one. */
export function readJwtClaims(token: string): Record<string, unknown> | undefined {
  const parts = token.split(".");
  if (parts.length !== 3 || token.length > 65_536) return undefined;
  try {
    const bytes = Uint8Array.from(atob(parts[1]!.replaceAll("-", "+").replaceAll("_", "/")), (char) => char.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null && !Array.isArray(claims) ? (claims as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** A JWT's `exp` in seconds since 1970 (RFC 7519, section 4.1.4). */
export function jwtExpiry(token: string): number | undefined {
  const exp = readJwtClaims(token)?.exp;
  return typeof exp === "number" && Number.isFinite(exp) ? exp : undefined;
}

function readAnswer(outcome: Extract<Outcome, { kind: "answer" }>): object | undefined {
  const text = new TextDecoder().decode(outcome.body).trim();
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {}
  // Form answers, as GitHub gives by default.
  if (/^[A-Za-z0-9_.-]+=[^\s<>]*$/.test(text)) return Object.fromEntries(new URLSearchParams(text));
  return undefined;
}

function describeBody(outcome: Extract<Outcome, { kind: "answer" }>): string {
  if (outcome.body.length === 0) return "an empty body";
  const type = outcome.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  return /html/i.test(type) ? "an HTML page" : /json/i.test(type) ? "JSON that doesn't parse" : "text that is neither JSON nor a form";
}

function explainRefusal(status: number, answer: unknown, grant: TokenGrant["type"]): TokenFailure {
  const error = typeof answer === "object" && answer !== null ? (answer as { error?: unknown }).error : undefined;
  // Only a code's own shape: what isn't one may be the echo of a secret, and cut short it couldn't be told any more.
  const code = typeof error === "string" && /^[A-Za-z0-9_.-]{1,60}$/.test(error) ? error : undefined;
  const said = code ? `${status}, ${code}` : `${status}`;
  if (code === "invalid_grant") {
    return {
      kind: "invalid_grant",
      message: `The token call was refused (${said}): the refresh token isn't valid any more.`,
      fix:
        grant === "refresh_token"
          ? "Get a new pair of tokens from the API: a refresh token that was already used, revoked or issued to another client ends this way."
          : "Check which grant this client may use.",
    };
  }
  if (code === "invalid_client" || status === 401) {
    return {
      kind: "invalid_client",
      message: `The token call was refused (${said}): the API doesn't accept this client.`,
      fix: "Check Client ID and Client Secret, and how they travel: switch Include Client ID and Secret (Basic header) to the request body, or back.",
    };
  }
  if (code === "unauthorized_client" || code === "unsupported_grant_type") {
    return {
      kind: "refused",
      message: `The token call was refused (${said}): this client may not use the ${grant} grant.`,
      fix: "Allow that grant for the client at the API, or choose another authentication type.",
    };
  }
  if (code === "invalid_scope")
    return {
      kind: "refused",
      message: `The token call was refused (${said}).`,
      fix: "Check Scope: the API doesn't know one of them, or this client may not have it.",
    };
  if (status === 429)
    return {
      kind: "rate_limited",
      message: `The token endpoint says there were too many calls (${said}).`,
      fix: "Wait a minute, then test again.",
    };
  if (status >= 500)
    return {
      kind: "server_error",
      message: `The token endpoint failed (${said}).`,
      fix: "This is the API's own fault. Try again, or ask its support; Copy redacted report has what they need.",
    };
  if (status === 404)
    return { kind: "refused", message: `Nothing is at the Access Token URL (${said}).`, fix: "Check the address and its Required Inputs." };
  return { kind: "refused", message: `The token call was refused (${said}).`, fix: "Look at the answer: it says what the API expects." };
}

const failed = (kind: TokenFailureKind, message: string, fix: string): TokenResult => ({ ok: false, failure: { kind, message, fix } });

/** Where something that looks like an access token stands, for "There is one at ...". */
function findTokenPath(value: unknown, path = "$", depth = 0): string | undefined {
  if (typeof value !== "object" || value === null || depth > 4) return undefined;
  const entries = Object.entries(value);
  const named = entries.find(
    ([key, item]) => /^(access_?token|token|id_?token|jwt)$/i.test(key) && typeof item === "string" && item !== "",
  );
  const member = (key: string) =>
    Array.isArray(value) ? `${path}[${key}]` : /^[A-Za-z_]\w*$/.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
  if (named) return member(named[0]);
  for (const [key, item] of entries.slice(0, 50)) {
    const found = findTokenPath(item, member(key), depth + 1);
    if (found) return found;
  }
  return undefined;
}
