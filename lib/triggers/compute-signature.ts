import { createHmac, hash, timingSafeEqual } from "node:crypto";
import { headerOf, type ReceivedRequest } from "./received.ts";
import type { HmacVerification } from "./schema.ts";
import type { SecretEncoding } from "./words.ts";

/** What {timestamp} and {id} stand for in one request. */
export type SignedValues = { timestamp?: string; id?: string };

/** The signed bytes: the template's own text, values, and the body's bytes as they came. Null when a value is missing. */
export function signedBytes(template: string, received: ReceivedRequest, url: string, { timestamp, id }: SignedValues): Uint8Array | null {
  const parts: Uint8Array[] = [];
  for (const part of template.split(/(\{(?:body|timestamp|id|method|url)\})/)) {
    const value =
      part === "{body}"
        ? received.body
        : part === "{timestamp}"
          ? timestamp
          : part === "{id}"
            ? id
            : part === "{method}"
              ? received.method
              : part === "{url}"
                ? url
                : part;
    if (value === undefined) return null;
    parts.push(typeof value === "string" ? Buffer.from(value, "utf8") : value);
  }
  return Buffer.concat(parts);
}

export function readKey(secret: string, encoding: SecretEncoding): Uint8Array {
  return encoding === "text" ? Buffer.from(secret, "utf8") : Buffer.from(secret, encoding);
}

export const sign = (
  { algorithm, encoding }: Pick<HmacVerification, "algorithm" | "encoding">,
  key: Uint8Array,
  bytes: Uint8Array,
): string => createHmac(algorithm, key).update(bytes).digest(encoding);

/**
 * Whether two texts are the same, in a time that tells nothing of where they differ, nor of their lengths: digests are compared.
 */
export const isSame = (given: string, expected: string): boolean =>
  timingSafeEqual(hash("sha256", given, "buffer"), hash("sha256", expected, "buffer"));

/** As isSame; hex in capitals, and base64 without its padding, are the same signature. */
export const isSameSignature = (given: string, expected: string, encoding: HmacVerification["encoding"]): boolean =>
  encoding === "hex" ? isSame(given.toLowerCase(), expected) : isSame(given.replace(/=+$/, ""), expected.replace(/=+$/, ""));

/** Signatures of the header that the scheme names, and the time, where it holds one. */
export function readSignatures(scheme: HmacVerification, received: ReceivedRequest): { signatures: string[]; timestamp?: string } | null {
  const header = headerOf(received, scheme.header)?.trim();
  if (!header) return null;
  if (scheme.format === "plain") {
    return header.startsWith(scheme.prefix) ? { signatures: [header.slice(scheme.prefix.length)] } : { signatures: [] };
  }
  const pairs = header.split(",").map((pair) => {
    const at = pair.indexOf("=");
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  return {
    signatures: pairs
      .filter(([key, value]) => key === scheme.signatureKey && value.startsWith(scheme.prefix))
      .map(([, value]) => value.slice(scheme.prefix.length)),
    timestamp: pairs.find(([key]) => key === scheme.timestampKey)?.[1],
  };
}

/** Seconds since 1970 of a time in seconds or milliseconds, or as RFC 3339. */
export function readSeconds(timestamp: string): number | null {
  if (/^\d{1,11}(\.\d+)?$/.test(timestamp)) return Number(timestamp);
  if (/^\d{12,14}$/.test(timestamp)) return Number(timestamp) / 1000;
  const parsed = /^\d{4}-\d\d-\d\d/.test(timestamp) ? Date.parse(timestamp) : Number.NaN;
  return Number.isNaN(parsed) ? null : parsed / 1000;
}
