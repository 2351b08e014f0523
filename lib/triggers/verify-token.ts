import { createHash } from "node:crypto";
import { createLocalJWKSet, errors, type JSONWebKeySet, jwtVerify } from "jose";
import type { Send } from "#lib/transport/schema.ts";
import { isSame } from "./compute-signature.ts";
import { headerOf, type ReceivedRequest } from "./received.ts";
import type { Verification } from "./schema.ts";
import { checkAddress, type Refusal, type Verdict } from "./verify-signature.ts";

/** Asymmetric ones only: a public key must never be taken for a shared secret. */
const ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"];
const KEPT_MS = 600_000;
/** Between two look-ups for a key that isn't there, or of keys that can't be had: whoever sends made-up tokens must not make us call. */
const COOLDOWN_MS = 30_000;
const MOST_KEPT = 500;

type Kept = { at: number; keys: ReturnType<typeof createLocalJWKSet> };
const kept = new Map<string, Kept>();
/** When a URL was last asked, with or without success. */
const asked = new Map<string, number>();
/** Whoever needs the same keys at once waits for one call. */
const loading = new Map<string, Promise<Kept | null>>();

const refuse = (reason: Refusal["reason"], message: string): Refusal => ({ ok: false, reason, message });

/**
 * A JWT (RFC 7519) in a header, signed by a key of the sender's JWKS (RFC 7517), which is fetched through the guarded transport and kept
 * for ten minutes by the clock. `now`, when the request came, judges the claims alone: a re-check may be days later. `exp` is required; where a claim for the body's digest is set, the body has to be the one that was signed.
 */
export async function verifyToken(
  send: Send,
  received: ReceivedRequest,
  { verification, networks, now }: { verification: Extract<Verification, { scheme: "jwt" }>; networks: readonly string[]; now: Date },
): Promise<Verdict> {
  const blocked = checkAddress(received, networks);
  if (blocked) return blocked;
  const { header, jwksUrl, issuer, audience, bodyHashClaim } = verification;
  const token = headerOf(received, header)
    ?.replace(/^bearer\s+/i, "")
    .trim();
  if (!token) return refuse("no_signature", `There is no token in ${header}.`);
  if (token.length > 16_384) return refuse("bad_token", "The token is longer than 16 KiB.");

  const options = {
    algorithms: ALGORITHMS,
    requiredClaims: ["exp"],
    clockTolerance: 60,
    currentDate: now,
    ...(issuer ? { issuer } : {}),
    ...(audience ? { audience } : {}),
  };
  for (const refetch of [false, true]) {
    const keys = await loadKeys(send, jwksUrl, refetch);
    if (!keys) return refuse("keys_unavailable", `The keys at ${jwksUrl} can’t be fetched just now. The sender will try again.`);
    try {
      const { payload } = await jwtVerify(token, keys.keys, options);
      return bodyHashClaim ? checkBody(payload[bodyHashClaim], received.body, bodyHashClaim) : { ok: true };
    } catch (error) {
      const isUnknownKey = error instanceof errors.JWKSNoMatchingKey;
      if (isUnknownKey && !refetch && mayAsk(jwksUrl)) continue;
      return refuse("bad_token", inWords(error));
    }
  }
  return refuse("bad_token", "The token’s key isn’t among the sender’s.");
}

async function loadKeys(send: Send, url: string, refetch: boolean): Promise<Kept | null> {
  const known = kept.get(url);
  if (known && !refetch && Date.now() - known.at < KEPT_MS) return known;
  if (!loading.has(url) && !mayAsk(url)) return known ?? null;
  const pending = loading.get(url) ?? fetchKeys(send, url).finally(() => loading.delete(url));
  loading.set(url, pending);
  return (await pending) ?? known ?? null;
}

const mayAsk = (url: string): boolean => Math.abs(Date.now() - (asked.get(url) ?? 0)) > COOLDOWN_MS;

async function fetchKeys(send: Send, url: string): Promise<Kept | null> {
  if (asked.size >= MOST_KEPT) asked.delete(asked.keys().next().value ?? "");
  asked.set(url, Date.now());
  const outcome = await send({ method: "GET", url, headers: [["Accept", "application/json"]] }, { timeoutMs: 5_000, maxBytes: 262_144 });
  if (outcome.kind === "failure" || outcome.status !== 200) return null;
  try {
    const keys = createLocalJWKSet(JSON.parse(Buffer.from(outcome.body).toString("utf8")) as JSONWebKeySet);
    const fresh = { at: Date.now(), keys };
    if (kept.size >= MOST_KEPT) kept.delete(kept.keys().next().value ?? "");
    kept.set(url, fresh);
    return fresh;
  } catch {
    return null;
  }
}

function checkBody(claim: unknown, body: Uint8Array, name: string): Verdict {
  const digest = createHash("sha256").update(body).digest();
  const given = typeof claim === "string" ? claim : "";
  const fits = [isSame(given.toLowerCase(), digest.toString("hex")), isSame(given.replace(/=+$/, ""), digest.toString("base64url"))];
  return fits.includes(true) ? { ok: true } : refuse("bad_token", `The claim ${name} isn’t the SHA-256 of the body.`);
}

function inWords(error: unknown): string {
  if (error instanceof errors.JWTExpired) return "The token has ended. Check the sender’s clock.";
  if (error instanceof errors.JWTClaimValidationFailed) return `The token’s ${error.claim} isn’t the one that is set, or is missing.`;
  if (error instanceof errors.JWSSignatureVerificationFailed) return "The token’s signature doesn’t fit its key.";
  if (error instanceof errors.JWKSNoMatchingKey) return "The token’s key isn’t among the sender’s.";
  if (error instanceof errors.JOSEAlgNotAllowed) return "The token is signed by an algorithm that isn’t taken: RS, PS, ES and EdDSA are.";
  return "The header holds no valid token.";
}
