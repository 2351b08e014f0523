/**
 * User tokens: RS256 JWTs (RFC 7519, RFC 7515) by which a customer's back end names one of its users (api.md, User token).
 * The one verifier: the machine doors ask for `ok`, the token doctor shows `checks`. Pure, without I/O, for server and browser.
 *
 * The key is chosen by the project, never by the token: RS256 is the only algorithm, and headers that bring a key or change
 * what is signed are refused.
 */
import { describePermissions, isPermissions, PERMISSIONS_CLAIM } from "./token-permissions.ts";

/** Longer tokens are refused unread. */
export const MAX_TOKEN_LENGTH = 8192;
export const MAX_LIFETIME_SECONDS = 24 * 60 * 60;
export const LEEWAY_SECONDS = 60;
/** Without a `kid` each active key is tried: this many at most, newest first. */
export const MAX_KEYS_TRIED = 10;

/** A signing key of the project. The doors pass active ones only; the doctor passes all, to say why one is refused. */
export type UserTokenKey = {
  id: string;
  kid: string;
  /** The only `sub` that the key may sign for (test tokens). */
  boundSub: string | null;
  expiresAt: Date | null;
  revokedAt: Date | null;
};

export type UserTokenClaims = { sub: string; iat: number; exp: number; nbf?: number; aud?: string | string[]; [name: string]: unknown };

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

export type UserTokenVerdict = {
  ok: boolean;
  /** Whose token it is: only when `ok`. */
  claims?: UserTokenClaims;
  /** The signing key that made the signature: only when `ok`. */
  keyId?: string;
  /** One row a check, worded when first read: the doors never do. */
  readonly checks: TokenCheck[];
};

/** RSASSA-PKCS1-v1_5 with SHA-256 of `signingInput` (ASCII). Must answer false, not throw, for any bytes. */
export type VerifySignature<K, R> = (key: K, signingInput: string, signature: Uint8Array) => R;

export type UserTokenQuestion<K extends UserTokenKey, R> = {
  token: string;
  projectId: string;
  /** Refuse tokens without `aud`. */
  requireAudience: boolean;
  keys: readonly K[];
  /** Milliseconds since 1970. */
  now: number;
  verifySignature: VerifySignature<K, R>;
};

/** The audience that a token for this project may name; `useparagon.com/<id>` counts as well. */
export const projectAudience = (projectId: string) => `patchbay/${projectId}`;

/** Answers at once when `verifySignature` does (Node), else by promise (WebCrypto). */
export function verifyUserToken<K extends UserTokenKey>(question: UserTokenQuestion<K, boolean>): UserTokenVerdict;
export function verifyUserToken<K extends UserTokenKey>(question: UserTokenQuestion<K, Promise<boolean>>): Promise<UserTokenVerdict>;
export function verifyUserToken<K extends UserTokenKey>(
  question: UserTokenQuestion<K, boolean | Promise<boolean>>,
): UserTokenVerdict | Promise<UserTokenVerdict> {
  const token = readToken(question.token);
  const candidates = candidateKeys(token, question);
  const judge = (signer: K | undefined) => new Verdict(question, token, candidates, signer);

  const tryFrom = (index: number): UserTokenVerdict | Promise<UserTokenVerdict> => {
    for (let next = index; next < candidates.length; next++) {
      const key = candidates[next]!;
      const answer = question.verifySignature(key, token.signingInput, token.signature);
      if (answer === true) return judge(key);
      if (answer !== false) return answer.then((valid) => (valid ? judge(key) : tryFrom(next + 1)));
    }
    return judge(undefined);
  };
  return tryFrom(0);
}

type Json = Record<string, unknown>;
type Token = { defect: string | null; header: Json; claims: Json; signingInput: string; signature: Uint8Array };

function readToken(token: string): Token {
  const unreadable = (defect: string): Token => ({ defect, header: {}, claims: {}, signingInput: "", signature: new Uint8Array() });
  if (token.length > MAX_TOKEN_LENGTH) return unreadable(`${token.length} characters`);
  const parts = token.split(".");
  const [head = "", body = "", sign = ""] = parts;
  if (parts.length !== 3) return unreadable(parts.length === 5 ? "five parts: an encrypted token" : `${parts.length} of 3 parts`);
  const header = readJson(head);
  if (!header) return unreadable("a header that is not base64url of a JSON object");
  const claims = readJson(body);
  if (!claims) return { ...unreadable("claims that are not base64url of a JSON object"), header };
  const signature = decodeBase64Url(sign);
  if (!signature?.length) return { ...unreadable("a signature that is not base64url"), header, claims };
  return { defect: null, header, claims, signingInput: token.slice(0, head.length + 1 + body.length), signature };
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readJson(part: string): Json | null {
  const bytes = decodeBase64Url(part);
  if (!bytes) return null;
  try {
    const value: unknown = JSON.parse(utf8.decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : null;
  } catch {
    return null;
  }
}

const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** Strict (RFC 7515, section 2): no padding, no other alphabet, no stray bits in the last character. */
function decodeBase64Url(text: string): Uint8Array | null {
  const rest = text.length % 4;
  if (rest === 1 || !BASE64URL.test(text)) return null;
  if (rest === 2 && !"AQgw".includes(text.at(-1)!)) return null;
  if (rest === 3 && !"AEIMQUYcgkosw048".includes(text.at(-1)!)) return null;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = new Uint8Array(binary.length);
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index);
  return bytes;
}

/** RFC 7515, section 4.1: `alg` is judged by itself; these would choose the key or change what is signed. */
const REFUSED_HEADERS = ["jwk", "jku", "x5c", "x5u", "crit", "b64"];
const refusedHeader = (header: Json) => REFUSED_HEADERS.find((name) => Object.hasOwn(header, name));

const isActive = (key: UserTokenKey, now: number) => !key.revokedAt && (!key.expiresAt || key.expiresAt.getTime() > now);

/** The keys whose signature would count. None when the header is refused: nothing is computed for such a token. */
function candidateKeys<K extends UserTokenKey>({ defect, header }: Token, { keys, now }: { keys: readonly K[]; now: number }): K[] {
  if (defect || header.alg !== "RS256" || refusedHeader(header)) return [];
  const { kid } = header;
  // A test key is found by its id only, so that it never takes the place of a real one.
  if (kid === undefined) return keys.filter((key) => !key.boundSub && isActive(key, now)).slice(0, MAX_KEYS_TRIED);
  return keys.filter((key) => key.kid === kid && isActive(key, now)).slice(0, MAX_KEYS_TRIED);
}

type Context = {
  token: Token;
  projectId: string;
  requireAudience: boolean;
  keys: readonly UserTokenKey[];
  /** Seconds. */
  now: number;
  candidates: readonly UserTokenKey[];
  signer: UserTokenKey | undefined;
};

class Verdict implements UserTokenVerdict {
  readonly ok: boolean;
  readonly claims?: UserTokenClaims;
  readonly keyId?: string;
  readonly #context: Context;
  #checks: TokenCheck[] | undefined;

  constructor(
    question: Omit<UserTokenQuestion<UserTokenKey, unknown>, "verifySignature">,
    token: Token,
    candidates: readonly UserTokenKey[],
    signer: UserTokenKey | undefined,
  ) {
    const { projectId, requireAudience, keys, now } = question;
    this.#context = { token, projectId, requireAudience, keys, now: now / 1000, candidates, signer };
    this.ok = signer !== undefined && CHECKS.every((check) => check.passes(this.#context));
    if (!this.ok) return;
    this.claims = token.claims as UserTokenClaims;
    this.keyId = signer!.id;
  }

  get checks(): TokenCheck[] {
    this.#checks ??= CHECKS.map((check) => wordCheck(check, this.#context));
    return this.#checks;
  }
}

type Check = {
  id: TokenCheckId;
  label: string;
  passes(context: Context): boolean;
  /** Why there is nothing to judge. */
  skipped?(context: Context): string | null;
  seen(context: Context): string;
  fix(context: Context): string;
};

function wordCheck(check: Check, context: Context): TokenCheck {
  const { id, label } = check;
  const reason = id !== "format" && context.token.defect ? "The token can’t be read" : check.skipped?.(context);
  if (reason) return { id, label, status: "skipped", seen: reason };
  if (check.passes(context)) return { id, label, status: "passed", seen: check.seen(context) };
  return { id, label, status: "failed", seen: check.seen(context), fix: check.fix(context) };
}

// What each check does. `passes` runs on every call and builds no string.

const CHECKS: Check[] = [
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

function headerRefused({ token: { header } }: Context): string | null {
  if (header.alg !== "RS256") return "Not looked at, because of the algorithm";
  return refusedHeader(header) ? "Not looked at, because of the header" : null;
}

const CONTROL = /\p{Cc}/u;

/** Lone surrogates are refused too: they have no UTF-8, so two subjects would become one in the database. */
export const isSubject = (sub: unknown): sub is string =>
  typeof sub === "string" && sub.length >= 1 && sub.length <= 255 && !CONTROL.test(sub) && sub.isWellFormed();

const isTime = (value: unknown): value is number => Number.isSafeInteger(value);
const isLifetime = (seconds: number) => seconds > 0 && seconds <= MAX_LIFETIME_SECONDS;

function namesProject(aud: unknown, projectId: string): boolean {
  if (Array.isArray(aud)) return aud.every((one) => typeof one === "string") && aud.some((one) => namesProject(one, projectId));
  return typeof aud === "string" && (aud === `patchbay/${projectId}` || aud === `useparagon.com/${projectId}`);
}

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
