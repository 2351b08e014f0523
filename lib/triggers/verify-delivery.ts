import type { Endpoint } from "#db/queries/webhook-endpoints.ts";
import type { Send } from "#lib/transport/schema.ts";
import { open } from "#lib/vault/seal.ts";
import { SEALED_FIELD } from "#lib/vault/sealed-columns.ts";
import { openTriggerSecret } from "./change-trigger-secrets.ts";
import type { ReceivedRequest } from "./received.ts";
import type { Verification } from "./schema.ts";
import { readSubscriptionSecret } from "./subscription-answer.ts";
import { type LiveSecret, type Verdict, verifySignature } from "./verify-signature.ts";
import { verifyToken } from "./verify-token.ts";

/** Whatever this trigger counts as a secret: its own, and the one that the API gave this user's subscription. */
export function openEndpointSecrets({ projectId, secrets, subscription, body }: Endpoint): LiveSecret[] {
  const scope = { projectId };
  const own = secrets.map(({ id, ...sealed }) => ({ id, value: openTriggerSecret(scope, id, sealed) }));
  const { secretPath } = body.subscription;
  if (!secretPath || !subscription?.answerCiphertext || !subscription.answerKeyId) return own;
  const answer = open(
    { ciphertext: subscription.answerCiphertext, keyId: subscription.answerKeyId },
    { projectId, rowId: subscription.id, field: SEALED_FIELD.subscriptionAnswer },
  );
  const given = readSubscriptionSecret(answer, secretPath);
  return given ? [{ id: subscription.id, value: given }, ...own] : own;
}

/** Judges a request by the trigger as it is now. `now`: when it came. */
export async function verifyDelivery(
  send: Send,
  { body, ready }: Endpoint,
  received: ReceivedRequest,
  secrets: readonly LiveSecret[],
  now: Date,
): Promise<Verdict> {
  if (!ready)
    return {
      ok: false,
      reason: "not_ready",
      message: "The trigger isn’t set up yet. Complete it, then re-check and release this delivery.",
    };
  // Ready ones were checked as definitions: what the draft's looser fields hold is sound.
  const verification = body.verification as Verification;
  const { networks } = body;
  return verification.scheme === "jwt"
    ? await verifyToken(send, received, { verification, networks, now })
    : verifySignature(received, { verification, networks, secrets, now });
}
