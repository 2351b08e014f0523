/** What a request must carry to pass a verification, for the preview. Pure. */
import type { VerificationDraft } from "#lib/triggers/schema.ts";

export type SignedEvent = { headers: [name: string, value: string][]; query: string; notes: string[] };

const JSON_BODY: [string, string] = ["Content-Type", "application/json"];

export function describeSignedEvent(verification: VerificationDraft): SignedEvent {
  const event = (headers: [string, string][], notes: string[] = [], query = ""): SignedEvent => ({
    headers: [...headers.filter(([name]) => name), JSON_BODY],
    query,
    notes,
  });
  switch (verification.scheme) {
    case "none":
      return event([], ["Nothing is asked: whoever knows the URL passes."]);
    case "ip":
      return event([], ["It must come from one of the allowed networks."]);
    case "shared_secret":
      return verification.place === "query" ? event([], [], `?${verification.name}=<secret>`) : event([[verification.name, "<secret>"]]);
    case "basic":
      return event([["Authorization", `Basic <base64 of ${verification.username || "username"}:password>`]]);
    case "jwt":
      return event(
        [[verification.header, "Bearer <token>"]],
        [
          `The token is signed by a key of ${verification.jwksUrl || "the JWKS URL"}.`,
          ...(verification.issuer ? [`Its iss is ${verification.issuer}.`] : []),
          ...(verification.audience ? [`Its aud is ${verification.audience}.`] : []),
          ...(verification.bodyHashClaim ? [`Its ${verification.bodyHashClaim} is the SHA-256 of the body.`] : []),
        ],
      );
    case "standard_webhooks":
      return event(
        [
          ["webhook-id", "<id>"],
          ["webhook-timestamp", "<seconds since 1970>"],
          ["webhook-signature", "v1,<base64 of HMAC SHA-256 of id.timestamp.body>"],
        ],
        ["The time is at most 5 minutes off."],
      );
    case "hmac":
      return describeHmac(verification, event);
  }
}

function describeHmac(
  verification: Extract<VerificationDraft, { scheme: "hmac" }>,
  event: (headers: [string, string][], notes?: string[]) => SignedEvent,
): SignedEvent {
  const { algorithm, encoding, header, prefix, format, signatureKey, timestampKey, signed, timestampHeader, idHeader, tolerance } =
    verification;
  const signature = `<${encoding} of HMAC ${algorithm.toUpperCase().replace("SHA", "SHA-")} of ${signed}>`;
  const time = "<seconds since 1970>";
  const hasTime = signed.includes("{timestamp}");
  return event(
    [
      [header, format === "pairs" ? `${timestampKey}=${time},${signatureKey}=${signature}` : `${prefix}${signature}`],
      ...(hasTime && format !== "pairs" ? [[timestampHeader, time] as [string, string]] : []),
      ...(signed.includes("{id}") ? [[idHeader, "<id>"] as [string, string]] : []),
    ],
    hasTime && tolerance > 0 ? [`The time is at most ${tolerance} s off.`] : [],
  );
}
