import { createHash, randomBytes } from "node:crypto";

/** 32 random bytes for a link, of which only the SHA-256 is kept: reading the database gives nobody a link. */
export function makeOneTimeToken(): { token: string; hash: Uint8Array } {
  const token = randomBytes(32).toString("base64url");
  return { token, hash: hashOneTimeToken(token) };
}

export const hashOneTimeToken = (token: string): Uint8Array => new Uint8Array(createHash("sha256").update(token).digest());
