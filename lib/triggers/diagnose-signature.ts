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
  may: Pick<HmacVerification, "algorithm" | "encoding">[];
};

/** What the doctor found; `isWhole`: whatever it knows was tried, so that null means that nothing fits. */
export type Examined = { diagnosis: Diagnosis | null; isWhole: boolean };

/**
 * Of what a sender chose to send, the likeliest: the headers of one request may be thousands, each with many values, and its body 1 MiB.
 * Some tenths of a second in all.
 */
const MOST_CANDIDATES = 8;
const MOST_VALUES = 4;
const MOST_DIGESTS = 5_000;
const MOST_BYTES = 134_217_728;

/**
 * The signature doctor: how a delivery is signed, found by trying algorithm × encoding × signed string × prefix with its secret on the
 * headers that may hold a signature. The first that fits. Pure; the time isn't judged.
 */
export function diagnoseSignature(received: ReceivedRequest, secret: string): Examined {
  const found = findPlain(received, secret) ?? findStandard(received, secret);
  return found ? { diagnosis: found, isWhole: true } : findHmac(received, secret);
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

function findHmac(received: ReceivedRequest, secret: string): Examined {
  const { headers, urls } = received;
  const candidates = takeBest(
    headers.flatMap(([name, value]) => (USUAL.test(name) ? [] : readCandidates(name, value))),
    MOST_CANDIDATES,
    ({ header }) => /sig|hmac|digest|hash/i.test(header),
  );
  const times = takeBest(
    namedValues(headers, (_, value) => /^\d{10}(\d{3})?$|^\d{4}-\d\d-\d\dT/.test(value)),
    MOST_VALUES,
    ({ name }) => /time|date/i.test(name),
  );
  const ids = takeBest(
    namedValues(headers, (name, value) => /(^|-)id$|delivery/i.test(name) && value.length <= 200),
    MOST_VALUES,
    ({ name }) => /webhook|message|delivery|event/i.test(name),
  );
  const keys = readKeys(secret);
  const isCut = candidates.isCut || times.isCut || ids.isCut;
  const nothing = (isWhole: boolean): Examined => ({ diagnosis: null, isWhole });

  let [digests, bytesLeft] = [MOST_DIGESTS, MOST_BYTES];
  for (const signed of SIGNED)
    for (const candidate of candidates.best) {
      const inHeader = candidate.pairs?.timestamp;
      const timeChoices = signed.includes("{timestamp}")
        ? [...(inHeader ? [{ name: "", value: inHeader }] : []), ...times.best]
        : [undefined];
      const idChoices = signed.includes("{id}") ? ids.best : [undefined];
      for (const time of timeChoices)
        for (const id of idChoices)
          for (const url of signed.includes("{url}") ? urls : urls.slice(0, 1)) {
            const bytes = signedBytes(signed, received, url, { timestamp: time?.value, id: id?.value });
            if (!bytes) continue;
            for (const { encoding: secretEncoding, key } of keys)
              for (const { algorithm, encoding } of candidate.may) {
                digests -= 1;
                bytesLeft -= bytes.byteLength;
                if (digests < 0 || bytesLeft < 0) return nothing(false);
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
                return { diagnosis: { verification, words: inWords(verification) }, isWhole: true };
              }
          }
    }
  return nothing(!isCut);
}

/** The likely ones first, each in the order in which it came. */
function takeBest<Value>(all: Value[], most: number, isLikely: (value: Value) => boolean): { best: Value[]; isCut: boolean } {
  const best = [...all.filter(isLikely), ...all.filter((value) => !isLikely(value))].slice(0, most);
  return { best, isCut: all.length > most };
}

const namedValues = (headers: ReceivedRequest["headers"], fits: (name: string, value: string) => boolean) =>
  headers.filter(([name, value]) => fits(name, value)).map(([name, value]) => ({ name, value }));

function readKeys(secret: string) {
  return SECRET_ENCODINGS.flatMap((encoding) => {
    const key = readKey(secret, encoding);
    const fits = encoding === "text" || (encoding === "hex" ? /^([0-9a-f]{2})+$/i : /^[A-Za-z0-9+/]{8,}={0,2}$/).test(secret);
    return fits && key.length > 0 ? [{ encoding, key }] : [];
  });
}

const BYTES_OF = { sha256: 32, sha1: 20, sha512: 64, sha384: 48 } as const;

/** By its length, a signature is of one or two kinds: the others needn't be computed. */
function kindsOf(signature: string): Candidate["may"] {
  const { length } = signature.replace(/=+$/, "");
  return HMAC_ALGORITHMS.flatMap((algorithm) =>
    SIGNATURE_ENCODINGS.filter((encoding) => {
      const bytes = BYTES_OF[algorithm];
      if (encoding === "hex") return length === 2 * bytes;
      return length === Math.ceil((bytes * 4) / 3) && !(encoding === "base64" ? /[-_]/ : /[+/]/).test(signature);
    }).map((encoding) => ({ algorithm, encoding })),
  );
}

function readCandidates(header: string, value: string): Candidate[] {
  return readSigned(header, value)
    .map((one) => ({ ...one, may: kindsOf(one.signature) }))
    .filter(({ may }) => may.length > 0);
}

function readSigned(header: string, value: string): Omit<Candidate, "may">[] {
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
