/**
 * The checks of a user token, in the order in which the token doctor shows them. `passes` runs on every call and builds no string;
 * the words are for people, and made when asked for. Pure.
 */
import { describePermissions, isPermissions, PERMISSIONS_CLAIM } from "./token-permissions.ts";
import { isSubject, isTime, namesProject, projectAudience } from "./user-token-claims.ts";

/** Longer tokens are refused unread. */
export const MAX_TOKEN_LENGTH = 8192;
const MAX_LIFETIME_SECONDS = 24 * 60 * 60;
const LEEWAY_SECONDS = 60;

/** A signing key of the project. The doors pass active ones only; the doctor passes all, to say why one is refused. */
export type UserTokenKey = {
  id: string;
  kid: string;
  /** The only `sub` that the key may sign for (test tokens). */
  boundSub: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
};

export type TokenCheckId = "format" | "algorithm" | "header" | "key" | "signature" | "sub" | "aud" | "iat" | "exp" | "nbf" | "permissions";
export type TokenCheck = {
  id: TokenCheckId;
  label: string;
  status: "passed" | "failed" | "skipped";
  /** What the token holds, in words. */
  seen: string;
  /** What to change, for a failed check. */
  fix?: string;
};

export type Json = Record<string, unknown>;
export type Token = { defect: string | null; header: Json; claims: Json; signingInput: string; signature: Uint8Array };

export type TokenContext = {
  token: Token;
  projectId: string;
  requireAudience: boolean;
  keys: readonly UserTokenKey[];
  /** Seconds. */
  now: number;
  candidates: readonly UserTokenKey[];
  signer: UserTokenKey | undefined;
};

/** RFC 7515, section 4.1: `alg` is judged by itself; these would choose the key or change what is signed. */
const REFUSED_HEADERS = ["jwk", "jku", "x5c", "x5u", "crit", "b64"];
export const refusedHeader = (header: Json) => REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));

export const isActive = (key: UserTokenKey, now: number) => !key.revokedAt && (!key.expiresAt || key.expiresAt.getTime() > now);

type Check = {
  id: TokenCheckId;
  label: string;
  passes(context: TokenContext): boolean;
  /** Why there is nothing to judge. */
  skipped?(context: TokenContext): string | null;
  seen(context: TokenContext): string;
  fix(context: TokenContext): string;
};

export function wordCheck(check: Check, context: TokenContext): TokenCheck {
  const { id, label } = check;
  const reason = id !== "format" && context.token.defect ? "The token can’t be read" : check.skipped?.(context);
  if (reason) return { id, label, status: "skipped", seen: reason };
  if (check.passes(context)) return { id, label, status: "passed", seen: check.seen(context) };
  return { id, label, status: "failed", seen: check.seen(context), fix: check.fix(context) };
}

export const CHECKS: Check[] = [
  {
    id: "format",
    label: "Format",
    passes: ({ token }) => token.defect === null,
    seen: ({ token }) => (token.defect ? `The token has ${token.defect}` : "A signed JWT of three parts"),
    fix: ({ token }) =>
      token.defect?.endsWith("characters")
        ? `A user token may have ${MAX_TOKEN_LENGTH} characters at most. Move what isn’t needed out of its claims.`
        : "Paste the whole token: three parts of base64url with two dots, without “Bearer” and without line breaks.",
  },
  {
    id: "algorithm",
    label: "Algorithm",
    passes: ({ token }) => token.header.alg === "RS256",
    seen: ({ token }) => show(token.header.alg),
    fix: () => "Sign with RS256 and the private key of this project. No other algorithm is accepted.",
  },
  {
    id: "header",
    label: "Header",
    passes: ({ token }) => refusedHeader(token.header) === undefined,
    seen: ({ token }) => {
      const refused = refusedHeader(token.header);
      return refused ? `Brings its own “${refused}”` : "Nothing that would choose a key";
    },
    fix: ({ token }) => `Leave “${refusedHeader(token.header)}” out of the header. The project chooses the key, not the token.`,
  },
  {
    id: "key",
    label: "Key",
    passes: ({ candidates }) => candidates.length > 0,
    skipped: headerRefused,
    seen: ({ token, candidates, keys, now, signer }) => {
      const { kid } = token.header;
      if (signer) return `${signer.kid}, active`;
      if (kid === undefined) return candidates.length ? `No kid: ${candidates.length} active keys tried` : "No active key";
      if (candidates.length) return `${show(kid)}, active`;
      const known = keys.find((key) => key.kid === kid);
      if (known?.revokedAt) return `${show(kid)}, revoked`;
      if (known && !isActive(known, now * 1000)) return `${show(kid)}, expired`;
      return `${show(kid)} is not a key of this project`;
    },
    fix: ({ token }) =>
      token.header.kid === undefined
        ? "Generate a signing key, or add the public half of yours."
        : "Set kid to the Key ID of an active key, sign with that key’s private half, or leave kid out.",
  },
  {
    id: "signature",
    label: "Signature",
    passes: ({ signer }) => signer !== undefined,
    skipped: (context) => headerRefused(context) ?? (context.candidates.length ? null : "There is no key to check it with"),
    seen: ({ signer, candidates }) => {
      if (signer) return "Made with that key";
      return candidates.length > 1 ? "Not made with any of these keys, or changed since" : "Not made with that key, or changed since";
    },
    fix: () => "Sign with the private key that was downloaded with this key, and don’t change the token afterwards.",
  },
  {
    id: "sub",
    label: "sub",
    passes: ({ token, signer }) => isSubject(token.claims.sub) && (signer?.boundSub ?? token.claims.sub) === token.claims.sub,
    seen: ({ token }) => show(token.claims.sub),
    fix: ({ token, signer }) =>
      isSubject(token.claims.sub)
        ? `This is a test key: it signs for ${show(signer?.boundSub)} only. Use a signing key of the project instead.`
        : "Set sub to your user’s id: a string of 1 to 255 characters without control characters.",
  },
  {
    id: "aud",
    label: "aud",
    passes: ({ token, projectId, requireAudience }) =>
      token.claims.aud === undefined ? !requireAudience : namesProject(token.claims.aud, projectId),
    skipped: ({ token, requireAudience }) => (token.claims.aud === undefined && !requireAudience ? "Not set, and not required here" : null),
    seen: ({ token, projectId }) =>
      token.claims.aud === undefined || namesProject(token.claims.aud, projectId)
        ? show(token.claims.aud)
        : `${show(token.claims.aud)} is not this project`,
    fix: ({ projectId }) => `Set aud to ${projectAudience(projectId)}.`,
  },
  {
    id: "iat",
    label: "iat",
    passes: ({ token: { claims }, now }) => isTime(claims.iat) && claims.iat <= now + LEEWAY_SECONDS,
    seen: ({ token: { claims }, now }) =>
      isTime(claims.iat)
        ? `${showTime(claims.iat)}, ${showSpan(Math.abs(claims.iat - now))} ${claims.iat > now ? "ahead" : "ago"}`
        : show(claims.iat),
    fix: ({ token: { claims } }) =>
      isTime(claims.iat)
        ? `Set the clock of your server, and write iat in seconds, not milliseconds. ${LEEWAY_SECONDS} s ahead are let through.`
        : "Set iat to the time of signing: whole seconds since 1970, as a number.",
  },
  {
    id: "exp",
    label: "exp",
    passes: ({ token: { claims }, now }) =>
      isTime(claims.exp) && claims.exp > now - LEEWAY_SECONDS && (!isTime(claims.iat) || isLifetime(claims.exp - claims.iat)),
    seen: ({ token: { claims }, now }) => {
      if (!isTime(claims.exp)) return show(claims.exp);
      const when = claims.exp > now ? `In ${showSpan(claims.exp - now)}` : `Passed ${showSpan(now - claims.exp)} ago`;
      const lifetime = isTime(claims.iat) ? `. Lifetime ${showSpan(claims.exp - claims.iat)}` : "";
      return `${when}, at ${showTime(claims.exp)}${lifetime}`;
    },
    fix: ({ token: { claims }, now }) => {
      if (!isTime(claims.exp)) return "Set exp: whole seconds since 1970, as a number, at most 24 h after iat.";
      if (claims.exp <= now - LEEWAY_SECONDS)
        return "Sign a new token at each sign-in, or when fewer than 60 s are left. At most 24 h are accepted.";
      return "Set exp after iat, by 24 h at most, and sign a new token when it has passed.";
    },
  },
  {
    id: "nbf",
    label: "nbf",
    passes: ({ token: { claims }, now }) => claims.nbf === undefined || (isTime(claims.nbf) && claims.nbf <= now + LEEWAY_SECONDS),
    skipped: ({ token }) => (token.claims.nbf === undefined ? "Not set" : null),
    seen: ({ token: { claims } }) => (isTime(claims.nbf) ? showTime(claims.nbf) : show(claims.nbf)),
    fix: () => "Leave nbf out, or set it to the time of signing: whole seconds since 1970, as a number.",
  },
  {
    id: "permissions",
    label: "Permissions",
    passes: ({ token: { claims } }) => claims[PERMISSIONS_CLAIM] === undefined || isPermissions(claims[PERMISSIONS_CLAIM]),
    skipped: ({ token: { claims } }) => (claims[PERMISSIONS_CLAIM] === undefined ? "Not set: every resource of the project" : null),
    seen: ({ token: { claims } }) => show(describePermissions(claims[PERMISSIONS_CLAIM])),
    fix: () => `Leave ${PERMISSIONS_CLAIM} out, or name resources in it: { "integration:TaskLab": true }.`,
  },
];

function headerRefused({ token: { header } }: TokenContext): string | null {
  if (header.alg !== "RS256") return "Not looked at, because of the algorithm";
  return refusedHeader(header) ? "Not looked at, because of the header" : null;
}

const isLifetime = (seconds: number) => seconds > 0 && seconds <= MAX_LIFETIME_SECONDS;

/** For people: the value as JSON, cut. */
function show(value: unknown): string {
  if (value === undefined) return "Not set";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const kind = typeof value === "string" ? "" : ` (${Array.isArray(value) ? "a list" : value === null ? "null" : `a ${typeof value}`})`;
  return `${text.length > 120 ? `${text.slice(0, 120)}…` : text}${kind}`;
}

function showTime(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function showSpan(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 120 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
