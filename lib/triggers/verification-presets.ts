/** How well-known senders sign, as forms fill it in. Each links to the page that says so. Light and browser-safe. */
import type { Dedupe, TriggerResponse, Verification } from "./schema.ts";

export type VerificationPreset = {
  id: "github" | "stripe" | "slack" | "shopify" | "standard_webhooks";
  name: string;
  verification: Verification;
  dedupe: Dedupe;
  response: TriggerResponse;
  /** Where the secret is found. */
  secretHint: string;
  documentation: string;
};

const hmac = {
  scheme: "hmac",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "",
  format: "plain",
  signatureKey: "v1",
  timestampKey: "t",
  timestampHeader: "",
  idHeader: "",
  tolerance: 300,
  secretEncoding: "text",
} as const;

export const VERIFICATION_PRESETS: readonly VerificationPreset[] = [
  {
    id: "github",
    name: "GitHub",
    verification: { ...hmac, header: "X-Hub-Signature-256", prefix: "sha256=", signed: "{body}" },
    dedupe: { by: "header", name: "X-GitHub-Delivery" },
    response: { kind: "empty" },
    secretHint: "The secret that you give the webhook at GitHub.",
    documentation: "https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries",
  },
  {
    id: "stripe",
    name: "Stripe",
    verification: { ...hmac, header: "Stripe-Signature", format: "pairs", signed: "{timestamp}.{body}" },
    dedupe: { by: "field", path: "$.id" },
    response: { kind: "empty" },
    secretHint: "The endpoint’s signing secret, whsec_ and all.",
    documentation: "https://docs.stripe.com/webhooks/signature",
  },
  {
    id: "slack",
    name: "Slack",
    verification: {
      ...hmac,
      header: "X-Slack-Signature",
      prefix: "v0=",
      signed: "v0:{timestamp}:{body}",
      timestampHeader: "X-Slack-Request-Timestamp",
    },
    dedupe: { by: "field", path: "$.event_id" },
    response: { kind: "echo", what: "field", path: "$.challenge", query: "" },
    secretHint: "The app’s Signing Secret, from its Basic Information.",
    documentation: "https://docs.slack.dev/authentication/verifying-requests-from-slack",
  },
  {
    id: "shopify",
    name: "Shopify",
    verification: { ...hmac, encoding: "base64", header: "X-Shopify-Hmac-SHA256", signed: "{body}" },
    dedupe: { by: "header", name: "X-Shopify-Webhook-Id" },
    response: { kind: "empty" },
    secretHint: "The app’s client secret.",
    documentation: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
  },
  {
    id: "standard_webhooks",
    name: "Standard Webhooks",
    verification: { scheme: "standard_webhooks" },
    dedupe: { by: "header", name: "webhook-id" },
    response: { kind: "empty" },
    secretHint: "It starts with whsec_.",
    documentation: "https://www.standardwebhooks.com",
  },
];
