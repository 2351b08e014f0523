/**
 * Takes secrets out of what people and tables get to see. Pure. A secret is found by its value in every spelling that an API may
 * echo (plain, URL- and form-encoded, base64 and base64url at any alignment, JSON-escaped), and by its place (header and field
 * names), so that a secret nobody has told us about is masked too.
 */
import type { HttpRequest, Outcome } from "#lib/transport/schema.ts";
import type { SeenRequest, SeenResponse } from "./schema.ts";

export const MASK = "••••••";
/** `•••••• 9f2c` for tokens of 20 characters or more, dots alone for anything shorter. */
export const maskOf = (secret: string): string => (secret.length >= 20 ? `${MASK} ${secret.slice(-4)}` : MASK);

const SECRET_HEADERS =
  /^(authorization|proxy-authorization|cookie|set-cookie|www-authenticate-secret)$|api[-_]?key|token|secret|password|signature|session/i;
const PUBLIC_HEADERS = /^(content-type|x-token-type|www-authenticate)$/i;
const SECRET_FIELDS =
  /^(.*(access|refresh|id|bearer|auth|session|csrf)_?-?token|token|client_?secret|secret|password|passwd|api_?key|private_?key|assertion|code_verifier)$/i;

export type Redactor = (text: string) => string;

/** Spellings of one secret, the longest first where one holds another. */
function spellings(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const url = encodeURIComponent(secret);
  const form = new URLSearchParams({ "": secret }).toString().slice(1);
  return [
    secret,
    json,
    json.replaceAll("/", "\\/"),
    url,
    url.toLowerCase(),
    form,
    url.replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`),
    ...base64Spellings(secret),
  ];
}

/** Base64 of the secret inside longer text depends on its offset modulo 3: what is certain at each offset is looked for. */
function base64Spellings(secret: string): string[] {
  const bytes = new TextEncoder().encode(secret);
  const found: string[] = [];
  for (const offset of [0, 1, 2]) {
    const padded = new Uint8Array(offset + bytes.length);
    padded.set(bytes, offset);
    const whole = toBase64(padded);
    const from = Math.ceil((offset * 8) / 6);
    const certain = whole.slice(from, Math.floor(((offset + bytes.length) * 8) / 6));
    if (certain.length >= 8) found.push(certain, certain.replaceAll("+", "-").replaceAll("/", "_"));
  }
  return found;
}

function toBase64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Masks these values wherever they stand. Values under 4 characters are left: they would mask half the page. */
export function redactorOf(secrets: Iterable<string | undefined | null>): Redactor {
  const masks = new Map<string, string>();
  for (const secret of secrets) {
    if (!secret || secret.length < 4) continue;
    for (const spelling of spellings(secret)) if (!masks.has(spelling)) masks.set(spelling, maskOf(secret));
  }
  if (masks.size === 0) return (text) => text;
  const pattern = new RegExp(
    [...masks.keys()]
      .sort((a, b) => b.length - a.length)
      .map(escapeRegExp)
      .join("|"),
    "g",
  );
  return (text) => text.replace(pattern, (found) => masks.get(found) ?? MASK);
}

const escapeRegExp = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");

/** A request as people may see it. */
export function redactRequest(request: HttpRequest, redact: Redactor, maxBody = 65_536): SeenRequest {
  const body =
    request.body === undefined ? undefined : typeof request.body === "string" ? request.body : new TextDecoder().decode(request.body);
  return {
    method: request.method,
    url: redactUrl(request.url, redact),
    headers: redactHeaders(request.headers, redact),
    ...(body ? { body: cut(redactBody(body, redact), maxBody) } : {}),
  };
}

export function redactResponse(outcome: Extract<Outcome, { kind: "answer" }>, redact: Redactor, maxBody = 65_536): SeenResponse {
  const { status, statusText, headers, body } = outcome;
  const isText = !/^(image|audio|video|font)\/|octet-stream|zip|pdf/i.test(
    headers.find(([name]) => name.toLowerCase() === "content-type")?.[1] ?? "",
  );
  // A secret that straddles the cut must not survive in part: redact first, then cut.
  const text = isText ? redactBody(new TextDecoder().decode(body.subarray(0, 1_048_576)), redact) : `(${body.length} bytes, not text)`;
  return {
    status,
    statusText: redact(statusText),
    headers: redactHeaders(headers, redact),
    body: cut(text, maxBody),
    size: body.length,
    ...(text.length > maxBody ? { truncated: true } : {}),
  };
}

const cut = (text: string, max: number): string => (text.length > max ? text.slice(0, max) : text);

function redactHeaders(headers: [string, string][], redact: Redactor): [string, string][] {
  return headers.map(([name, value]) => [
    name,
    SECRET_HEADERS.test(name) && !PUBLIC_HEADERS.test(name) ? maskHeader(value, redact) : redact(value),
  ]);
}

/** Keeps the scheme (`Bearer`), which helps, and masks what follows. A value that is known keeps its last four characters. */
function maskHeader(value: string, redact: Redactor): string {
  const scheme = /^(Bearer|Basic|Token|Digest|ApiKey)\s+/i.exec(value)?.[0] ?? "";
  const rest = redact(value.slice(scheme.length));
  return scheme + (/^•+( \S{4})?$/.test(rest) ? rest : MASK);
}

export function redactUrl(url: string, redact: Redactor): string {
  const query = url.indexOf("?");
  if (query < 0) return redact(url);
  const pairs = url
    .slice(query + 1)
    .split("&")
    .map((pair) => maskPair(pair, redact));
  return `${redact(url.slice(0, query))}?${pairs.join("&")}`;
}

function maskPair(pair: string, redact: Redactor): string {
  const equals = pair.indexOf("=");
  if (equals < 0) return redact(pair);
  const name = pair.slice(0, equals);
  const seen = redact(pair.slice(equals + 1));
  return `${redact(name)}=${SECRET_FIELDS.test(name) && seen && !seen.includes(MASK) ? MASK : seen}`;
}

/** JSON by field name and value, form by field name and value, else by value. Keeps the text's own layout where it can. */
export function redactBody(text: string, redact: Redactor): string {
  const trimmed = text.trimStart();
  if (trimmed.startsWith("{") || trimmed.startsWith("[")) {
    return redact(text).replace(
      /("((?:[^"\\]|\\.){1,64})"\s*:\s*)"((?:[^"\\]|\\.)*)"/g,
      (whole, head: string, name: string, value: string) =>
        SECRET_FIELDS.test(name) && value && !value.includes(MASK) ? `${head}"${maskOf(value)}"` : whole,
    );
  }
  if (/^[A-Za-z0-9_.~%+-]+=[^\s<>]*$/.test(trimmed))
    return text
      .split("&")
      .map((pair) => maskPair(pair, redact))
      .join("&");
  return redact(text);
}
