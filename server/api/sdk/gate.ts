import { AppError } from "#lib/errors.ts";
import { type Operation, PERMISSIONS_CLAIM, permits } from "#lib/projects/token-permissions.ts";
import type { UserTokenClaims } from "#lib/projects/verify-user-token.ts";
import { WORKFLOWS_NAME } from "#lib/resources/words.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const NIL = "00000000-0000-0000-0000-000000000000";

/** An id from the URL that is safe to ask the database for: a malformed one is as unknown as the nil UUID. */
export const idOrNil = (id: string | undefined): string => (id && isId(id) ? id.toLowerCase() : NIL);

export const isId = (text: string): boolean => UUID.test(text);

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

/** The published client says which credential it means: a page that is behind must not read or end a newer connection. */
export function assertSelected(credentialId: string | undefined, credential: { id: string } | null | undefined): void {
  if (credentialId && credential && credentialId.toLowerCase() !== credential.id)
    throw new AppError("not_found", "X-Paragon-Credential names no credential of this user. Read GET /sdk/me again and use the id in it.");
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

/**
 * The token's own claim may narrow what it may do. `readNames` is asked only when there is such a claim: the resource's current and old
 * names. 403 with "7210" (answerError): the published client then doesn't sign its user out.
 */
export async function assertPermitted(
  claims: UserTokenClaims,
  resourceId: string,
  operation: Operation,
  readNames: () => Promise<string[]>,
): Promise<void> {
  const claim = claims[PERMISSIONS_CLAIM];
  if (claim === undefined || permits(claim, { id: resourceId, names: await readNames() }, operation)) return;
  throw new AppError(
    "not_permitted",
    `This user token may not ${operation === "call" ? "send requests through" : "connect"} this resource: its claim ${PERMISSIONS_CLAIM} doesn’t say so. Sign a token that names it.`,
  );
}

/** Those of the project's names of resources that the token may name. */
export function listVisible<Named extends { id: string; name: string }>(claim: unknown, connectable: readonly Named[]): Named[] {
  if (claim === undefined) return [...connectable];
  const byId = Map.groupBy(connectable, ({ id }) => id);
  return connectable.filter(({ id }) => permits(claim, { id, names: byId.get(id)!.map(({ name }) => name) }, "see"));
}

const ALL_WORKFLOWS = { id: NIL, names: [WORKFLOWS_NAME] };

/** Whether the token's own claim lets it start workflows, or at least see them. */
export const mayRun = (claim: unknown, operation: Operation = "see"): boolean => permits(claim, ALL_WORKFLOWS, operation);

/**
 * Refuses a token that may not start workflows ("call") or switch them for its user ("connect"). They belong to no resource: a claim
 * names them as the published client does, by `integration:_api`, or grants everything by `integration:*`.
 */
export function assertMayRun(claim: unknown, operation: "call" | "connect"): void {
  if (mayRun(claim, operation)) return;
  throw new AppError(
    "not_permitted",
    `This user token may not ${operation === "call" ? "start workflows" : "switch workflows on and off"}: its claim ${PERMISSIONS_CLAIM} doesn’t say so. Sign a token that names integration:${WORKFLOWS_NAME}.`,
  );
}
