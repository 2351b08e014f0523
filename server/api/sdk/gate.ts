import { AppError } from "#lib/errors.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NIL = "00000000-0000-0000-0000-000000000000";

/** An id from the URL that is safe to ask the database for: a malformed one is as unknown as the nil UUID. */
export const idOrNil = (id: string | undefined): string => (id && UUID.test(id) ? id.toLowerCase() : NIL);

/** The token of `Authorization: Bearer ...` (RFC 6750, section 2.1). */
export function bearerToken(header: string | undefined): string {
  const token = /^Bearer +([^\s]+)$/i.exec(header?.trim() ?? "")?.[1];
  if (!token)
    throw new AppError(
      "unauthenticated",
      "There is no user token. Send it as Authorization: Bearer <user token>; your back end signs it with the project's private key.",
    );
  return token;
}

/**
 * The `sub` that a token claims, before anything is verified: so that one statement can read the user's rows together with the
 * keys that decide whether it counts. Empty when it can't be read; then the verification says why.
 */
export function claimedSub(token: string): string {
  if (token.length > 8192) return "";
  try {
    const { sub } = JSON.parse(Buffer.from(token.split(".", 2)[1] ?? "", "base64url").toString("utf8")) as { sub?: unknown };
    // Postgres can't hold NUL in text; such a `sub` is refused by the verification anyway.
    return typeof sub === "string" && sub.length <= 255 && !sub.includes("\u0000") ? sub : "";
  } catch {
    return "";
  }
}
