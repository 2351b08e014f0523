import { type Redactor, redactorOf } from "#lib/activity/redact.ts";
import { storableText } from "#lib/storable.ts";
import type { ReceivedRequest } from "./received.ts";
import type { VerificationDraft } from "./schema.ts";

/** Headers that authenticate by themselves. A signature proves one body only: the doctor and people need to see it. */
const SECRET_HEADERS = /^(authorization|proxy-authorization|cookie)$/;
const MASK = "••••••";

/** Headers and query as they are kept for people to see. */
export function redactDelivery(
  { headers, query }: Pick<ReceivedRequest, "headers" | "query">,
  verification: VerificationDraft,
  secrets: readonly string[],
): { headers: [string, string][]; query: [string, string][] } {
  const redact = redactorOf(secrets);
  const secretName = (place: "header" | "query"): string | null =>
    verification.scheme === "shared_secret" && verification.place === place
      ? place === "header"
        ? verification.name.toLowerCase()
        : verification.name
      : verification.scheme === "jwt" && place === "header"
        ? verification.header.toLowerCase()
        : null;
  const pairs = (list: readonly [string, string][], isSecret: (name: string) => boolean): [string, string][] =>
    list.map(([name, value]) => [storableText(name), isSecret(name) ? MASK : storableText(redact(value))]);
  const [header, parameter] = [secretName("header"), secretName("query")];
  return {
    headers: pairs(headers, (name) => SECRET_HEADERS.test(name) || name === header),
    query: pairs(query, (name) => name === parameter),
  };
}

/** A payload for people and samples: each text in it redacted by value. Null where masking took its form: a secret may spell like JSON's own signs. */
export function redactPayload<Value>(value: Value, redact: Redactor): Value | null {
  try {
    return JSON.parse(storableText(redact(JSON.stringify(value)))) as Value;
  } catch {
    return null;
  }
}
