import type { VerificationDraft } from "#lib/triggers/schema.ts";
import type { VerificationScheme } from "#lib/triggers/words.ts";

const NEW: { [Scheme in VerificationScheme]: Extract<VerificationDraft, { scheme: Scheme }> } = {
  none: { scheme: "none" },
  shared_secret: { scheme: "shared_secret", place: "header", name: "X-Webhook-Secret" },
  basic: { scheme: "basic", username: "" },
  hmac: {
    scheme: "hmac",
    algorithm: "sha256",
    encoding: "hex",
    header: "X-Signature",
    prefix: "",
    format: "plain",
    signatureKey: "v1",
    timestampKey: "t",
    signed: "{body}",
    timestampHeader: "",
    idHeader: "",
    tolerance: 300,
    secretEncoding: "text",
  },
  standard_webhooks: { scheme: "standard_webhooks" },
  jwt: { scheme: "jwt", header: "Authorization", jwksUrl: "", issuer: "", audience: "", bodyHashClaim: "" },
  ip: { scheme: "ip" },
};

/** What a scheme begins with. Without the schema, whose library no page needs before it is saved. */
export const newVerification = (scheme: VerificationScheme): VerificationDraft => NEW[scheme];
