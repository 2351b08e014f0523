/**
 * User tokens: RS256 JWTs (RFC 7519, RFC 7515) by which a customer's back end names one of its users (api.md, User token).
 * The one verifier: the machine doors ask for `ok`, the token doctor shows `checks`. Pure, without I/O, for server and browser.
 *
 * The key is chosen by the project, never by the token: RS256 is the only algorithm, and headers that bring a key or change
 * what is signed are refused.
 */
import {
  CHECKS,
  isActive,
  type Json,
  MAX_TOKEN_LENGTH,
  refusedHeader,
  type Token,
  type TokenCheck,
  type TokenContext,
  type UserTokenKey,
  wordCheck,
} from "./user-token-checks.ts";

/** Without a `kid` each active key is tried: this many at most, newest first. */
export const MAX_KEYS_TRIED = 10;

export type UserTokenClaims = { sub: string; iat: number; exp: number; nbf?: number; aud?: string | string[]; [name: string]: unknown };

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

/** The keys whose signature would count. None when the header is refused: nothing is computed for such a token. */
function candidateKeys<K extends UserTokenKey>({ defect, header }: Token, { keys, now }: { keys: readonly K[]; now: number }): K[] {
  if (defect || header.alg !== "RS256" || refusedHeader(header)) return [];
  const { kid } = header;
  // A test key is found by its id only, so that it never takes the place of a real one.
  if (kid === undefined) return keys.filter((key) => !key.boundSub && isActive(key, now)).slice(0, MAX_KEYS_TRIED);
  return keys.filter((key) => key.kid === kid && isActive(key, now)).slice(0, MAX_KEYS_TRIED);
}

class Verdict implements UserTokenVerdict {
  readonly ok: boolean;
  readonly claims?: UserTokenClaims;
  readonly keyId?: string;
  readonly #context: TokenContext;
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
