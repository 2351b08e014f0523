/**
 * Takes secrets out of what people and tables get to see. Pure. A secret is found by its value, however an API has written it
 * (find-secrets), and by its place (header and field names), so that a secret nobody has told us about is masked too.
 */
import { cutText, storableText } from "#lib/storable.ts";
import type { HttpRequest, Outcome } from "#lib/transport/schema.ts";
import { addNeedle, createIndex, type Hidden, MASK, maskNeedles, needlesOf } from "./find-secrets.ts";
import type { SeenRequest, SeenResponse } from "./schema.ts";

const SECRET_HEADERS = /^(authorization|proxy-authorization|cookie|set-cookie)$|api[-_]?key|token|secret|password|signature|session/i;
const PUBLIC_HEADERS = /^(content-type|x-token-type|www-authenticate)$/i;
const SECRET_FIELDS =
  /^(.*(access|refresh|id|bearer|auth|session|csrf)_?-?token|token|(.*[-_])?(client_?)?secret|password|passwd|passphrase|(x-)?api[-_]?key|private[-_]?key|assertion|code_verifier|signature|(proxy-)?authorization|(set-)?cookie)$/i;

export type Redactor = (text: string) => string;

/** Values of more characters in all aren't looked for one by one: a text that may hold one of them is masked whole. */
const MOST_SOUGHT = 524_288;

/**
 * Masks these values wherever they stand; those of one to three characters where they stand alone. Of one named twice, the mask that
 * shows less holds. No spelling is shorter than the value, so long tokens cost a short text nothing: most calls show a path only.
 */
export function redactorOf(secrets: Iterable<Hidden | undefined | null>): Redactor {
  const showsEnd = new Map<string, boolean>();
  for (const secret of secrets) {
    const hidden = typeof secret === "string" ? { value: secret, showsEnd: true } : secret;
    if (hidden?.value) showsEnd.set(hidden.value, hidden.showsEnd && (showsEnd.get(hidden.value) ?? true));
  }
  const shortestFirst = [...showsEnd.keys()].sort((a, b) => a.length - b.length);
  const tooLong = lengthBeyond(shortestFirst);
  const index = createIndex();
  let indexed = 0;
  return (text) => {
    if (text.length >= tooLong) return MASK;
    for (; indexed < shortestFirst.length && shortestFirst[indexed]!.length <= text.length; indexed++) {
      const value = shortestFirst[indexed]!;
      for (const needle of needlesOf({ value, showsEnd: showsEnd.get(value)! })) addNeedle(index, needle);
    }
    return indexed === 0 ? text : maskNeedles(text, index);
  };
}

/** From this length on, a text may hold more than is looked for. */
function lengthBeyond(shortestFirst: readonly string[]): number {
  let sought = 0;
  for (const { length } of shortestFirst) {
    sought += length;
    if (sought > MOST_SOUGHT) return length;
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * What a request carries in its secret headers, for redactors: a Basic header holds a password in a spelling of its own. A bearer
 * token may show its end, as tokens do elsewhere.
 */
export const secretHeaderValues = ({ headers }: Pick<HttpRequest, "headers">): Hidden[] =>
  headers
    .filter(([name]) => SECRET_HEADERS.test(name) && !PUBLIC_HEADERS.test(name))
    .map(([, value]) => ({ value: value.slice(schemeOf(value).length), showsEnd: /^bearer\b/i.test(value) }))
    .filter(({ value }) => value.length >= 4);

/** A request as people may see it. */
export function redactRequest(request: HttpRequest, redact: Redactor, maxBody = 65_536): SeenRequest {
  const { body = "" } = request;
  const decoded = typeof body === "string" ? body : new TextDecoder().decode(body.subarray(0, MOST_READ));
  return {
    method: request.method,
    url: redactUrl(request.url, redact),
    headers: redactHeaders(request.headers, redact),
    ...(decoded ? { body: cutText(redactStart(decoded, { size: body.length, maxBody, redact }).text, maxBody) } : {}),
  };
}

export function redactResponse(outcome: Extract<Outcome, { kind: "answer" }>, redact: Redactor, maxBody = 65_536): SeenResponse {
  const { status, statusText, headers, body } = outcome;
  const type = headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "";
  const isText = !/^(image|audio|video|font)\/|octet-stream|zip|pdf/i.test(type);
  const { text, isWhole } = isText
    ? redactStart(decodeText(body.subarray(0, MOST_READ), type), { size: body.length, maxBody, redact })
    : { text: `(${body.length} bytes, not text)`, isWhole: true };
  return {
    status,
    statusText: storableText(redact(statusText)),
    headers: redactHeaders(headers, redact),
    body: cutText(text, maxBody),
    size: body.length,
    ...(text.length > maxBody || !isWhole ? { truncated: true } : {}),
  };
}

/**
 * An answer without its secrets, for rules that somebody may write who must not know them: a path that looks for a value would tell them
 * letter by letter.
 */
export function redactAnswer(outcome: Extract<Outcome, { kind: "answer" }>, redact: Redactor): Extract<Outcome, { kind: "answer" }> {
  return {
    ...outcome,
    headers: outcome.headers.map(([name, value]) => [name, redact(value)]),
    body: new TextEncoder().encode(redact(new TextDecoder().decode(outcome.body))),
  };
}

/** Bytes of a body that are decoded. Nobody is shown more than 64 KiB of them. */
const MOST_READ = 1_048_576;
/** A secret that the reading ended in isn't found; no secret is longer than this in any spelling. */
export const UNCERTAIN_END = 65_536;

/**
 * Redacted first and cut later, so that no part of a secret survives a cut. Looks at little more than is shown: an API may answer with
 * what is slow to read in every way, and other calls wait meanwhile.
 */
function redactStart(decoded: string, { size, maxBody, redact }: { size: number; maxBody: number; redact: Redactor }) {
  const most = 2 * maxBody + UNCERTAIN_END;
  const isWhole = size <= MOST_READ && decoded.length <= most;
  const read = decoded.slice(0, most);
  return { text: storableText(isWhole ? redactBody(read, redact) : redactBeginning(read, redact)), isWhole };
}

/** Of a text that goes on: without its own end, where a secret may have been cut. */
export function redactBeginning(read: string, redact: Redactor): string {
  const redacted = redactBody(read, redact);
  return cutText(redacted, Math.max(0, redacted.length - UNCERTAIN_END));
}

function decodeText(bytes: Uint8Array, contentType: string): string {
  try {
    return new TextDecoder(/charset="?([\w-]+)/i.exec(contentType)?.[1] ?? "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

function redactHeaders(headers: [string, string][], redact: Redactor): [string, string][] {
  return headers.map(([name, value]) => [
    name,
    storableText(SECRET_HEADERS.test(name) && !PUBLIC_HEADERS.test(name) ? maskHeader(value, redact) : redact(value)),
  ]);
}

/** Keeps the scheme (`Bearer`), which helps, and masks what follows. A value that is known keeps its last four characters. */
function maskHeader(value: string, redact: Redactor): string {
  const scheme = schemeOf(value);
  const rest = redact(value.slice(scheme.length));
  return scheme + (isMask(rest) ? rest : MASK);
}

const schemeOf = (value: string): string => /^(Bearer|Basic|Token|Digest|ApiKey)\s+/i.exec(value)?.[0] ?? "";

const isMask = (text: string): boolean => /^•+( \S{4})?$/.test(text);

export function redactUrl(url: string, redact: Redactor): string {
  const redacted = redact(url);
  const query = redacted.indexOf("?");
  return query < 0 ? redacted : `${redacted.slice(0, query)}?${maskPairs(redacted.slice(query + 1))}`;
}

/** Pair by pair: an expression over the whole would look for the end of each name from every character of a long text. */
const maskPairs = (pairs: string): string =>
  pairs
    .split(/([&#])/)
    .map(maskPair)
    .join("");

function maskPair(pair: string): string {
  const end = pair.indexOf("=");
  const [name, value] = [pair.slice(Math.max(0, end - 200), end), pair.slice(end + 1)];
  return end > 0 && value && SECRET_FIELDS.test(name) && !isMask(value) ? `${pair.slice(0, end)}=${MASK}` : pair;
}

/** By value, then by field name in JSON and in forms. Keeps the text's own layout where it can. */
export function redactBody(text: string, redact: Redactor): string {
  const redacted = redact(text);
  const trimmed = redacted.trimStart();
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) {
    return redacted.replace(/("((?:[^"\\]|\\.){1,64})"\s*:\s*)"((?:[^"\\]|\\.)*)"/g, (whole, head: string, name: string, value: string) =>
      SECRET_FIELDS.test(name) && value && !isMask(value) ? `${head}"${MASK}"` : whole,
    );
  }
  return /^[A-Za-z0-9_.~%+-]+=[^<>]*$/.test(trimmed) ? maskPairs(redacted) : redacted;
}
