import { MASK } from "./encode-value.ts";

export type DigestEncoding = "hex" | "base64" | "base64url";
export const DIGEST_ENCODINGS: readonly string[] = ["hex", "base64", "base64url"] satisfies DigestEncoding[];

/**
 * Node's own crypto, reached without an import, so that a browser bundle doesn't pull in a stand-in for it. Filters are
 * synchronous and the browser's digests aren't: there, in the live preview, a digest shows as the mask.
 */
const crypto = globalThis.process?.getBuiltinModule?.("node:crypto");

export function sha256(text: string, encoding: DigestEncoding): string {
  return crypto ? crypto.createHash("sha256").update(text).digest(encoding) : MASK;
}

/** RFC 2104. */
export function hmacSha256(text: string, key: string, encoding: DigestEncoding): string {
  return crypto ? crypto.createHmac("sha256", key).update(text).digest(encoding) : MASK;
}
