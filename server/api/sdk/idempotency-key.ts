import { AppError } from "#lib/errors.ts";

/** A caller's own name for what it asks, so that asking twice starts nothing twice (draft-ietf-httpapi-idempotency-key-header). */
export function idempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const key = header.trim().replace(/^"(.*)"$/, "$1");
  if (/^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw new AppError("bad_input", "Idempotency-Key takes 1 to 255 printable characters without spaces, such as a UUID.");
}
