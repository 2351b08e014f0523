import { readHeader } from "./own-headers.ts";
import type { BodyStream } from "./schema.ts";
import { SendFailure } from "./send-failure.ts";

/** One exchange on the wire: after a redirect there is another. */
export type WireCall = { method: string; url: URL; headers: [name: string, value: string][]; body?: string | Uint8Array | BodyStream };

/** The headers that may follow a redirect to another origin. Any other may be a credential, so none of them goes. */
const HARMLESS_HEADERS = new Set(["accept", "accept-language", "content-type", "user-agent"]);

/** Where an answer redirects to, if it does. */
export function redirectOf({ statusCode, headers }: { statusCode: number; headers: [string, string][] }): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? readHeader(headers, "location") : undefined;
}

export function resolveLocation(location: string, from: URL): string {
  const url = URL.parse(location, from);
  if (url) return url.href;
  throw new SendFailure("bad_redirect", "The server redirects to something that isn't a URL.", "Ask the API's operator.");
}

/**
 * The next call after a redirect, as the Fetch Standard has it (section 4.5): 303, and 301 or 302 after POST, become GET.
 * To another origin no credential follows; and since a body may hold one, a call that would take its body there ends. A body that
 * was streamed is gone, so such a call ends too.
 */
export function followRedirect(call: WireCall, status: number, url: URL): WireCall {
  const becomesGet = status === 303 ? call.method !== "HEAD" : status < 303 && call.method === "POST";
  const isSameOrigin = call.url.origin === url.origin;
  if (!isSameOrigin && !becomesGet && call.body !== undefined) {
    const fix = `If that is right, set the URL to ${url.origin}.`;
    throw new SendFailure(
      "bad_redirect",
      `The server redirects to ${url.host}, and the body, which may hold secrets, doesn't go along.`,
      fix,
    );
  }
  if (!becomesGet && isStream(call.body)) {
    throw new SendFailure(
      "bad_redirect",
      `The server redirects to ${url.pathname}, and the body, which was streamed, can't be sent twice.`,
      "Send it to that path at once.",
    );
  }
  const headers = call.headers.filter(([name]) => {
    const key = name.toLowerCase();
    if (becomesGet && key.startsWith("content-")) return false;
    return isSameOrigin || HARMLESS_HEADERS.has(key) || key === "accept-encoding";
  });
  return becomesGet ? { method: "GET", url, headers } : { ...call, url, headers };
}

export const isStream = (body: WireCall["body"]): body is BodyStream =>
  typeof body === "object" && body !== null && !(body instanceof Uint8Array);

export function tooManyRedirects(limit: number): SendFailure {
  return new SendFailure(
    "too_many_redirects",
    `The server redirected more than ${limit} times.`,
    "Check the URL: it may lead in a circle.",
  );
}
