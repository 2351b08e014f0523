import type { Endpoint } from "#db/queries/webhook-endpoints.ts";
import { restoreRequest, type StoredDelivery } from "./load-delivery.ts";
import type { Verification, VerificationScheme } from "./schema.ts";
import { openEndpointSecrets } from "./verify-delivery.ts";
import { verifySignature } from "./verify-signature.ts";
import { VERIFICATION_LABELS } from "./words.ts";

/** What these look at is kept as it came: signatures prove one body only, and aren't masked. */
const CAN_BE_SEEN_AGAIN: readonly VerificationScheme[] = ["hmac", "standard_webhooks", "ip"];

/**
 * Why a delivery that was taken must not start anything today, or null. A trigger takes whatever comes until its verification is set up,
 * and whoever knew its URL then must not have left events that a replay makes real. What was verified by another scheme is looked at again
 * by today's, where enough of it is kept.
 */
export function whyUnproven(endpoint: Endpoint, row: StoredDelivery): string | null {
  const { verification, networks } = endpoint.body;
  const { scheme } = verification;
  if (scheme === "none" || row.verifiedBy === scheme) return null;
  if (endpoint.ready && CAN_BE_SEEN_AGAIN.includes(scheme)) {
    const secrets = openEndpointSecrets(endpoint);
    const given = { verification: verification as Exclude<Verification, { scheme: "jwt" }>, networks, secrets, now: row.at };
    // By which address it came isn't kept: what signs that isn't found again.
    if (verifySignature({ ...restoreRequest(row), urls: [""] }, given).ok) return null;
  }
  const before =
    row.verifiedBy === "none"
      ? "before the trigger verified anything"
      : row.verifiedBy
        ? `when it verified by ${label(row.verifiedBy)}`
        : null;
  return `It isn’t verified by ${label(scheme)}${before ? `: it came ${before}` : ""}. Have the API send it again.`;
}

/** By what one is verified that passes whyUnproven. */
export const provenBy = ({ body }: Endpoint, { verifiedBy }: StoredDelivery): VerificationScheme | null =>
  body.verification.scheme === "none" ? verifiedBy : body.verification.scheme;

const label = (scheme: VerificationScheme): string => VERIFICATION_LABELS[scheme];
