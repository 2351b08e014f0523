import { isSame, isSameSignature, readKey, sign, signedBytes } from "./compute-signature.ts";
import { headerOf, type ReceivedRequest } from "./received.ts";
import type { Diagnosis, HmacVerification } from "./schema.ts";
import { verifySignature } from "./verify-signature.ts";
import { HMAC_ALGORITHMS, SECRET_ENCODINGS, SIGNATURE_ENCODINGS } from "./words.ts";

/** As senders write them, the most usual first. */
const SIGNED = [
  "{body}",
  "{timestamp}.{body}",
  "v0:{timestamp}:{body}",
  "{timestamp}:{body}",
  "{timestamp}{body}",
  "{id}.{timestamp}.{body}",
  "{id}{timestamp}{body}",
  "{id}.{body}",
  "{body}{timestamp}",
  "{body}.{timestamp}",
  "{url}{body}",
  "{body}{url}",
  "{method}{url}{body}",
  "{method}{url}{body}{timestamp}",
  "{method}{url}{timestamp}{body}",
  "{timestamp}{method}{url}{body}",
];
const ENCODED = /[A-Za-z0-9+/_-]{27,}={0,2}|[0-9a-fA-F]{40,}/;
/** Headers of every request, which hold no signature. */
const USUAL =
  /^(accept.*|connection|content-.*|host|user-agent|cache-control|x-forwarded-.*|x-request-id|via|forwarded|traceparent|tracestate)$/;

type Candidate = {
  header: string;
  prefix: string;
  signature: string;
  pairs?: { signatureKey: string; timestampKey: string; timestamp?: string };
};

/**
 * The signature doctor: how a delivery is signed, found by trying algorithm × encoding × signed string × prefix with its secret on every
 * header that may hold a signature. The first that fits, or null. Pure; a few thousand digests at most. The time isn't judged.
 */
export function diagnoseSignature(received: ReceivedRequest, secret: string): Diagnosis | null {
  return findPlain(received, secret) ?? findStandard(received, secret) ?? findHmac(received, secret);
}

function findPlain({ headers, query }: ReceivedRequest, secret: string): Diagnosis | null {
  const header = headers.find(([, value]) => isSame(value, secret))?.[0];
  if (header)
    return {
      verification: { scheme: "shared_secret", place: "header", name: header },
      words: `The secret itself, in the header ${header}`,
    };
  const parameter = query.find(([, value]) => isSame(value, secret))?.[0];
  return parameter
    ? {
        verification: { scheme: "shared_secret", place: "query", name: parameter },
        words: `The secret itself, in the query as ${parameter}`,
      }
    : null;
}

function findStandard(received: ReceivedRequest, secret: string): Diagnosis | null {
  const sent = Number(headerOf(received, "webhook-timestamp"));
  const verdict = verifySignature(received, {
    verification: { scheme: "standard_webhooks" },
    networks: [],
    secrets: [{ id: "tried", value: secret }],
    now: new Date(Number.isFinite(sent) ? sent * 1000 : 0),
  });
  return verdict.ok ? { verification: { scheme: "standard_webhooks" }, words: "Standard Webhooks" } : null;
}

function findHmac(received: ReceivedRequest, secret: string): Diagnosis | null {
  const candidates = received.headers.flatMap(([name, value]) => (USUAL.test(name) ? [] : readCandidates(name, value)));
  if (candidates.length === 0) return null;
  const times = received.headers
    .filter(([, value]) => /^\d{10}(\d{3})?$|^\d{4}-\d\d-\d\dT/.test(value))
    .map(([name, value]) => ({ name, value }));
  const ids = received.headers
    .filter(([name, value]) => /(^|-)id$|delivery/i.test(name) && value.length <= 200)
    .map(([name, value]) => ({ name, value }));
  const keys = SECRET_ENCODINGS.flatMap((encoding) => {
    const key = readKey(secret, encoding);
    const fits = encoding === "text" || (encoding === "hex" ? /^([0-9a-f]{2})+$/i : /^[A-Za-z0-9+/]{8,}={0,2}$/).test(secret);
    return fits && key.length > 0 ? [{ encoding, key }] : [];
  });

  for (const candidate of candidates) {
    const inHeader = candidate.pairs?.timestamp;
    for (const signed of SIGNED) {
      const timeChoices = signed.includes("{timestamp}") ? [...(inHeader ? [{ name: "", value: inHeader }] : []), ...times] : [undefined];
      const idChoices = signed.includes("{id}") ? ids : [undefined];
      for (const time of timeChoices)
        for (const id of idChoices)
          for (const url of signed.includes("{url}") ? received.urls : received.urls.slice(0, 1)) {
            const bytes = signedBytes(signed, received, url, { timestamp: time?.value, id: id?.value });
            if (!bytes) continue;
            for (const { encoding: secretEncoding, key } of keys)
              for (const algorithm of HMAC_ALGORITHMS)
                for (const encoding of SIGNATURE_ENCODINGS) {
                  if (!isSameSignature(candidate.signature, sign({ algorithm, encoding }, key, bytes), encoding)) continue;
                  const verification: HmacVerification = {
                    scheme: "hmac",
                    algorithm,
                    encoding,
                    header: candidate.header,
                    prefix: candidate.prefix,
                    format: candidate.pairs ? "pairs" : "plain",
                    signatureKey: candidate.pairs?.signatureKey ?? "v1",
                    timestampKey: candidate.pairs?.timestampKey ?? "t",
                    signed,
                    timestampHeader: time?.name ?? "",
                    idHeader: id?.name ?? "",
                    tolerance: 300,
                    secretEncoding,
                  };
                  return { verification, words: inWords(verification) };
                }
          }
    }
  }
  return null;
}

function readCandidates(header: string, value: string): Candidate[] {
  if (/^[\w-]+=[^,]*(,\s*[\w-]+=[^,]*)+$/.test(value)) {
    const pairs = value
      .split(",")
      .map((pair) => [pair.slice(0, pair.indexOf("=")).trim(), pair.slice(pair.indexOf("=") + 1).trim()] as const);
    const [timestampKey, timestamp] = pairs.find(([, one]) => /^\d{10}(\d{3})?$/.test(one)) ?? [];
    return pairs
      .filter(([, one]) => ENCODED.test(one))
      .map(([signatureKey, signature]) => ({
        header,
        prefix: "",
        signature,
        pairs: { signatureKey, timestampKey: timestampKey ?? "t", timestamp },
      }));
  }
  const whole = ENCODED.exec(value)?.[0] === value ? [{ header, prefix: "", signature: value }] : [];
  const [, prefix, signature] = /^([\w-]{1,30}[=:, ])(\S{20,})$/.exec(value) ?? [];
  return prefix && signature && ENCODED.test(signature) ? [...whole, { header, prefix, signature }] : whole;
}

function inWords({ algorithm, encoding, signed, header, prefix, format, signatureKey }: HmacVerification): string {
  const where = format === "pairs" ? `as ${signatureKey} in ${header}` : `in ${header}${prefix ? ` after ${prefix}` : ""}`;
  return `HMAC ${algorithm.toUpperCase().replace("SHA", "SHA-")} in ${encoding} of ${signed}, ${where}`;
}
