/** Which headers of a caller reach the API, and which of the API's come back. Pure. */

type Headers = [name: string, value: string][];

/** RFC 9110, section 7.6.1: of one connection. Besides these, whatever `Connection` names. */
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
];

const NEVER_SENT = new Set([
  ...HOP_BY_HOP,
  // Ours: they say who calls Patchbay, not who calls the API.
  "authorization",
  "cookie",
  "cookie2",
  // Written by the connection, or decided here.
  "host",
  "content-length",
  "expect",
  "accept-encoding",
  // Where the caller sits is not the API's to know, nor a caller's to claim.
  "forwarded",
  "via",
  "x-real-ip",
  "x-client-ip",
  "x-cluster-client-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "fastly-client-ip",
  "x-original-url",
  "x-rewrite-url",
  // Of the page that calls, not of the call.
  "origin",
  "referer",
]);
const NEVER_SENT_FAMILY = /^(x-forwarded-|x-paragon-|sec-|access-control-|proxy-)/;

const NEVER_RETURNED = new Set([
  ...HOP_BY_HOP,
  "set-cookie",
  "set-cookie2",
  // Ours.
  "x-request-id",
  "cache-control",
  "x-content-type-options",
  // They would speak for this whole address.
  "content-security-policy",
  "content-security-policy-report-only",
  "strict-transport-security",
  "public-key-pins",
  "alt-svc",
  "clear-site-data",
  "nel",
  "report-to",
  "reporting-endpoints",
  "expect-ct",
  "service-worker-allowed",
]);
const NEVER_RETURNED_FAMILY = /^(access-control-|x-middleware-|x-nextjs-)/;

/** What Node and web Headers take. undici hands on what the API sent. */
const SOUND_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

export function headersToSend(headers: Headers): Headers {
  const named = namedByConnection(headers);
  return headers.filter(([name]) => {
    const key = name.toLowerCase();
    return !NEVER_SENT.has(key) && !NEVER_SENT_FAMILY.test(key) && !named?.has(key);
  });
}

export function headersToReturn(headers: Headers): Headers {
  const named = namedByConnection(headers);
  return headers.filter(([name, value]) => isReturned(name) && !named?.has(name.toLowerCase()) && SOUND_VALUE.test(value));
}

export function isReturned(name: string): boolean {
  const key = name.toLowerCase();
  return !NEVER_RETURNED.has(key) && !NEVER_RETURNED_FAMILY.test(key);
}

function namedByConnection(headers: Headers): Set<string> | null {
  let named: Set<string> | null = null;
  for (const [name, value] of headers) {
    if (name.length !== 10 || name.toLowerCase() !== "connection") continue;
    named ??= new Set();
    for (const each of value.split(",")) named.add(each.trim().toLowerCase());
  }
  return named;
}
